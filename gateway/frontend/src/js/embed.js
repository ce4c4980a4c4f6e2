// The script of the snippet, on other people's pages: no eval, no inline style (a page's strict
// policy allows what a script sets through the CSSOM), nothing global but `Workestra`.
import { css, skeleton, themeOf } from "./widget/look.js";
import { languageOf, words } from "./widget/words.js";
import { popup } from "./widget/popup.js";

const me = document.currentScript ?? document.querySelector('script[src*="/embed.js"]');
const home = new URL(me.src).origin;
const handlers = {};
let widgets = [];

if (window.Workestra) window.Workestra.scan();
else {
  window.Workestra = { on, scan };
  addEventListener("message", hear);
  scan();
  let due = 0;
  new MutationObserver(() => {
    due ||= setTimeout(() => {
      due = 0;
      scan();
    });
  }).observe(document, { childList: true, subtree: true });
}

// Returns what takes it back.
function on(name, fn) {
  (handlers[name] ??= new Set()).add(fn);
  return () => handlers[name].delete(fn);
}

function scan() {
  widgets = widgets.filter((widget) => widget.at.isConnected);
  for (const at of document.querySelectorAll("[data-workestra]")) {
    if (widgets.some((widget) => widget.at === at)) continue;
    const widget = { at, slug: at.dataset.workestra, home, told: new Set() };
    widget.tell = (name, detail) => tell(widget, name, detail);
    widget.build = (box, theme) => build(widget, box, theme);
    widgets.push(widget);
    const { mode } = at.dataset;
    if (mode === "popup" || mode === "float") popup(widget, mode === "float");
    else {
      css(at, { display: "block", position: "relative" });
      build(widget, at, () => themeOf(at));
    }
  }
}

function tell(widget, name, detail) {
  const news = JSON.stringify([name, detail]);
  // A page that is loaded again has nothing new to say.
  if (/^(ready|link|booking)/.test(name) && widget.told.has(news)) return;
  widget.told.add(news);
  const said = { link: widget.slug, ...detail };
  widget.at.dispatchEvent(new CustomEvent(`workestra:${name}`, { bubbles: true, detail: said }));
  for (const fn of handlers[name] ?? []) {
    try {
      fn(said, widget.at);
    } catch (error) {
      console.error(error);
    }
  }
}

// `theme` may change while the widget is there: the page's own switch, or the system's at night.
function build(widget, box, theme) {
  const frame = (widget.frame = document.createElement("iframe"));
  frame.title = widget.at.dataset.title || words(widget.at).book;
  css(frame, {
    display: "block",
    width: "100%",
    height: "0",
    border: "0",
    margin: "0",
    opacity: "0",
    background: "transparent",
    "max-width": "none",
  });
  const say = (what) => frame.contentWindow?.postMessage(what, home);
  const dye = () => {
    css(frame, { "color-scheme": theme() });
    say({ workestra: "theme", theme: theme() });
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dye);
  new MutationObserver(dye).observe(document.documentElement, { attributes: true });
  const rest = skeleton(box, words(widget.at).loading);
  const refuse = () => {
    if (!rest.isConnected) return;
    rest.replaceChildren(...refusal(widget));
    rest.removeAttribute("aria-label");
    css(rest, { display: "block", "min-height": "0" });
  };
  widget.shown = () => {
    rest.remove();
    css(frame, { opacity: "1" });
  };
  let patience = setTimeout(refuse, 20000);
  frame.addEventListener("load", () => {
    say({ workestra: "hi", prefill: prefill(widget.at) });
    dye();
    clearTimeout(patience);
    patience = setTimeout(refuse, 2500);
  });
  frame.src = address(widget, theme());
  box.append(frame, rest);
}

function refusal({ at, home, slug }) {
  const link = document.createElement("a");
  link.href = `${home}/${/^team\//.test(slug) ? "" : "book/"}${encodeURI(slug)}`;
  css(link, { color: "inherit" }); // a browser's own blue is not read on a dark ground
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = words(at).open;
  return [`${words(at).refused} `, link];
}

function address({ at, slug }, theme) {
  const url = new URL(`/embed/${encodeURI(slug)}`, home);
  const put = (name, value) => value && url.searchParams.set(name, value.slice(0, 200));
  new URLSearchParams(location.search).forEach((value, name) => {
    if (/^utm_[a-z_]+$/.test(name)) put(name, value);
  });
  for (const { name, value } of at.attributes) {
    if (name.startsWith("data-utm-")) put(name.slice(5).replace(/-/g, "_"), value);
  }
  const colour = /^#?([0-9a-f]{6})$/i.exec(at.dataset.color);
  put("color", colour?.[1]);
  put("theme", theme);
  put("lang", languageOf(at));
  put("tz", Intl.DateTimeFormat().resolvedOptions().timeZone);
  put("preview", at.dataset.preview);
  return url.href;
}

// Said to the frame, so that it stands in no address.
function prefill(at) {
  const known = { "attendee.name": at.dataset.name, "attendee.email": at.dataset.email };
  for (const { name, value } of at.attributes) {
    if (name.startsWith("data-answer-")) known[`answers.${name.slice(12)}`] = value;
  }
  return known;
}

function hear({ origin, source, data }) {
  if (origin !== home) return;
  const widget = widgets.find((one) => one.frame && one.frame.contentWindow === source);
  const what = widget && data?.workestra;
  if (what === "height") grow(widget, data.height);
  else if (what === "ready") {
    widget.shown();
    if (widget.told.has("shown")) widget.top();
    widget.told.add("shown");
    widget.tell("ready");
  } else if (what === "event") widget.tell(data.name, data.detail);
  else if (what === "escape") widget.close?.();
  else if (what === "top") widget.top();
  else if (what === "go" && /^https?:/.test(data.href)) location.assign(data.href);
}

// A height that would swing (taller, shorter, taller: a scroll bar that comes and goes) stays tall.
function grow(widget, height) {
  if (!(height > 0 && height < 30000)) return;
  const now = performance.now();
  const [last, before] = widget.past ?? [];
  if (last && before && height === before.height && height < last.height && now - before.now < 400) {
    return;
  }
  widget.past = [{ height, now }, last];
  css(widget.frame, { height: `${height}px` });
  widget.top ??= () => {
    if (widget.frame.getBoundingClientRect().top < 0) widget.frame.scrollIntoView();
  };
}
