// The page of the snippets: a choice changes them and the preview at once, without a page load.
import { replaceParts } from "./live.js";

export function startSnippet() {
  const form = document.querySelector("[data-snippet]");
  if (!form) return;
  let latest = 0;
  form.addEventListener("change", async () => {
    const mine = ++latest;
    const href = `?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(href).catch(() => null);
    if (!answer?.ok || mine !== latest) return;
    replaceParts(new DOMParser().parseFromString(await answer.text(), "text/html"));
    history.replaceState(null, "", href);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.dispatchEvent(new Event("change"));
  });
}
