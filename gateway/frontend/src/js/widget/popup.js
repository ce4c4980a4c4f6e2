// The widget over the page: a modal dialog, opened by the site's own button or by one that floats.
import { css, dark, systemTheme } from "./look.js";
import { words } from "./words.js";

export function popup(widget, floats) {
  const opener = floats ? floating(widget) : widget.at;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(widget, opener);
  });
}

function floating({ at }) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = at.dataset.label || words(at).book;
  const [, digits] = /^#?([0-9a-f]{6})$/i.exec(at.dataset.color) ?? [0, "4f46e5"];
  const parts = digits.match(/../g).map((each) => parseInt(each, 16));
  css(button, {
    position: "fixed",
    "inset-block-end": "20px",
    "inset-inline-end": "20px",
    "z-index": "2147483000",
    "min-height": "48px",
    padding: "12px 22px",
    border: "0",
    "border-radius": "999px",
    background: `#${digits}`,
    color: dark(...parts) ? "#fff" : "#000",
    font: "600 16px/1.4 system-ui, sans-serif",
    "box-shadow": "0 2px 6px rgba(0,0,0,.2), 0 8px 28px rgba(0,0,0,.24)",
    cursor: "pointer",
  });
  at.append(button);
  return button;
}

const DIALOG = {
  position: "fixed",
  inset: "0",
  width: "100%",
  height: "100%",
  "max-width": "none",
  "max-height": "none",
  margin: "0",
  padding: "0",
  border: "0",
  overflow: "auto",
  "overscroll-behavior": "contain",
  background: "rgba(10,12,18,.6)",
};
const PANEL = {
  position: "relative",
  "box-sizing": "border-box",
  width: "min(1000px, 100%)",
  "min-height": "200px",
  margin: "clamp(0px, calc((100vw - 480px) * 99), 5vh) auto",
  padding: "52px clamp(4px, 3vw, 28px) 12px",
  "border-radius": "14px",
  font: "16px/1.5 system-ui, sans-serif",
};
const CLOSE = {
  position: "absolute",
  "inset-block-start": "6px",
  "inset-inline-end": "6px",
  width: "44px",
  height: "44px",
  padding: "0",
  border: "0",
  "border-radius": "8px",
  background: "transparent",
  color: "inherit",
  font: "28px/1 system-ui, sans-serif",
  cursor: "pointer",
};

function made(kind, look, attributes = {}) {
  const element = document.createElement(kind);
  css(element, look);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  return element;
}

function open(widget, opener) {
  if (widget.close) return;
  const { at } = widget;
  const theme = /^(light|dark)$/.test(at.dataset.theme) ? at.dataset.theme : systemTheme();
  const ground =
    theme === "dark"
      ? { background: "#181c26", color: "#e9ecf3" }
      : { background: "#fff", color: "#171b26" };
  const name = at.dataset.title || opener.textContent.trim() || words(at).book;
  const dialog = made("dialog", DIALOG, { "aria-label": name, "aria-modal": "true" });
  const panel = made("div", { ...PANEL, ...ground });
  const close = made("button", CLOSE, { type: "button", "aria-label": words(at).close });
  close.textContent = "\u00d7";
  close.addEventListener("click", () => dialog.close());
  widget.close = () => dialog.close();
  panel.append(close);
  dialog.append(panel);
  leave(widget, dialog, opener);
  document.body.append(dialog);
  document.documentElement.style.overflow = "hidden";
  dialog.showModal();
  widget.build(panel, () => theme);
}

// The ways out, and what is put back then.
function leave(widget, dialog, opener) {
  const { at } = widget;
  const root = document.documentElement.style;
  const scroll = root.overflow;
  let picked = false;
  const picks = () => (picked = true);
  at.addEventListener("workestra:slot_selected", picks);
  // Beside the panel is a way out too, but not from a form that somebody fills in.
  dialog.addEventListener("click", ({ target }) => target === dialog && !picked && dialog.close());
  dialog.addEventListener("close", () => {
    at.removeEventListener("workestra:slot_selected", picks);
    root.overflow = scroll;
    dialog.remove();
    widget.frame = widget.close = widget.top = widget.past = null;
    widget.told.clear();
    opener.focus();
    widget.tell("closed");
  });
}
