// A meeting opens beside the picture or the list it stands in, instead of on a page of its own.
// Its address is the page's own: whatever goes wrong here, or is opened in another tab, is that page.

export function startPanel() {
  const place = document.querySelector("[data-panels]");
  if (!place || !window.HTMLDialogElement) return;
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
}

async function open(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = [...page.querySelectorAll("#main > *:not(.back)")];
  if (!parts.length) throw new Error("no page");
  show(link, parts.map((part) => document.adoptNode(part)));
}

function show(link, parts) {
  const panel = document.createElement("dialog");
  panel.className = "dialog side panel";
  const title = parts.map((part) => part.querySelector("h1")).find(Boolean);
  if (title) {
    title.id = "panel-title";
    panel.setAttribute("aria-labelledby", title.id);
  }
  const head = document.querySelector("#panel-head").content.cloneNode(true);
  head.querySelector("[data-panel-page]").href = link.href;
  panel.append(head, ...parts);
  panel.addEventListener("close", () => {
    panel.remove();
    link.focus();
  });
  document.body.append(panel);
  panel.showModal();
}
