// Follows a link of these pages without leaving: the server renders, the main part is replaced.
const listeners = [];
let latest = 0;

export function onSwap(listener) {
  listeners.push(listener);
}

// `focus` is a selector; `push` false keeps the history as it is; `replace` overwrites its top.
export async function follow(href, { focus = "", push = true, replace = false, show = false } = {}) {
  const turn = ++latest;
  const main = document.getElementById("main");
  main.dataset.loading = "";
  let page;
  try {
    const answer = await fetch(href, { headers: { Accept: "text/html" } });
    const kind = answer.headers.get("Content-Type") || "";
    if (!kind.startsWith("text/html") || answer.redirected) throw new Error("not a page");
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // Whatever it was, the browser's own way of loading shows it.
    location.assign(href);
    return;
  }
  if (turn !== latest) return;
  const next = page.getElementById("main");
  if (!next) {
    location.assign(href);
    return;
  }
  main.replaceChildren(...next.childNodes);
  main.className = next.className;
  delete main.dataset.loading;
  document.title = page.title;
  if (replace) history.replaceState(null, "", href);
  else if (push) history.pushState(null, "", href);
  tellSwapped();
  settle(main, focus, show);
}

// Whoever dresses the page does so again.
export function tellSwapped() {
  listeners.forEach((listener) => listener());
  document.dispatchEvent(new Event("workestra:swap"));
}

function settle(main, focus, show) {
  const asks = main.querySelector("[data-takes-focus]");
  const target = asks || (focus ? main.querySelector(focus) : null);
  target?.focus({ preventScroll: !asks });
  if (show) reveal(main.querySelector("[data-day-times]"));
}

// On a phone the times stand under the month: bring them in.
function reveal(times) {
  if (!times || times.getBoundingClientRect().top < innerHeight - 160) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  times.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
}
