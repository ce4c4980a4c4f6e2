// A page of ours in a widget's frame: tells the page around it how tall it is and what happened,
// ids and times only. It speaks to nobody before that page has said "hi" from an allowed origin.
import { matches } from "./frame/origins.js";
import { fill } from "./frame/prefill.js";

const { frame: link, parents } = document.body.dataset;
let origin = "";
let height = 0;
let prefill = null;

addEventListener("message", (event) => {
  const said = event.data;
  if (event.source !== parent || parent === window) return;
  if (said?.workestra === "theme" && event.origin === origin) dye(said.theme);
  if (said?.workestra !== "hi") return;
  if (origin ? event.origin !== origin : !parents.split(" ").some((one) => matches(one, event.origin))) {
    return;
  }
  const first = !origin;
  origin = event.origin;
  prefill = said.prefill;
  // Whoever answers "hi" also gives this page all the height that it asks for.
  document.documentElement.classList.add("connected");
  height = 0;
  measure();
  send("ready");
  if (first) arrive();
});

function dye(theme) {
  if (/^(light|dark)$/.test(theme)) document.documentElement.dataset.theme = theme;
}

function send(type, more) {
  if (origin) parent.postMessage({ workestra: type, ...more }, origin);
}

function tell(name, detail) {
  send("event", { name, detail: { link, ...detail } });
}

function arrive() {
  if (document.querySelector("[data-book]")) tell("link_viewed");
  const news = document.querySelector("[data-tell]")?.dataset;
  if (news) tell(news.tell, { booking: news.booking, start: news.from, end: news.until });
  const onward = document.querySelector("[data-onward]")?.dataset.onward;
  if (onward) send("go", { href: onward });
  fill(prefill);
}

// The height is the content's alone: nothing in here follows the frame's own height.
function measure() {
  const now = Math.ceil(document.body.getBoundingClientRect().height);
  if (now === height) return;
  height = now;
  send("height", { height });
}

new ResizeObserver(measure).observe(document.body);

let step = document.querySelector("[data-step]")?.dataset.step;

document.addEventListener("workestra:swap", () => {
  fill(prefill);
  const next = document.querySelector("[data-step]")?.dataset.step;
  if (next !== step) send("top");
  step = next;
});

document.addEventListener("click", (event) => {
  const slot = event.target.closest("[data-start]");
  if (slot) tell("slot_selected", { start: slot.dataset.start });
  const away = event.target.closest("a[href]");
  // What is no page of this widget would be refused in a frame, or would take its place.
  if (away && !away.target && !(away.origin === location.origin && inside(away.pathname))) {
    away.target = "_blank";
    away.rel = "noopener";
  }
});

function inside(path) {
  return path.startsWith("/embed/") || path.startsWith("/book/done/");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) send("escape");
});
