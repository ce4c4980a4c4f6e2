// The widget over the page: a modal dialog, opened by the site's own button or by one that floats.
import { css, dark, systemTheme } from "./look.js";

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
  button.textContent = at.dataset.label || "Book a time";
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

function open(widget, opener) {
  if (widget.close) return;
  const theme = /^(light|dark)$/.test(widget.at.dataset.theme) ? widget.at.dataset.theme : systemTheme();
  const ink = theme === "dark";
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", widget.at.dataset.title || opener.textContent.trim() || "Book a time");
  dialog.setAttribute("aria-modal", "true");
  css(dialog, {
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
  });
  const panel = document.createElement("div");
  css(panel, {
    position: "relative",
    "box-sizing": "border-box",
    width: "min(1000px, 100%)",
    "min-height": "200px",
    margin: "clamp(0px, calc((100vw - 480px) * 99), 5vh) auto",
    padding: "52px clamp(4px, 3vw, 28px) 12px",
    "border-radius": "14px",
    background: ink ? "#181c26" : "#fff",
    color: ink ? "#e9ecf3" : "#171b26",
    font: "16px/1.5 system-ui, sans-serif",
  });
  const close = document.createElement("button");
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.textContent = "\u00d7";
  css(close, {
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
  });
  const root = document.documentElement.style;
  const scroll = root.overflow;
  let picked = false;
  const picks = () => (picked = true);
  widget.at.addEventListener("workestra:slot_selected", picks);
  widget.close = () => dialog.close();
  close.addEventListener("click", widget.close);
  // Beside the panel is a way out too, but not from a form that somebody fills in.
  dialog.addEventListener("click", ({ target }) => target === dialog && !picked && dialog.close());
  dialog.addEventListener("close", () => {
    widget.at.removeEventListener("workestra:slot_selected", picks);
    root.overflow = scroll;
    dialog.remove();
    widget.frame = widget.close = widget.top = widget.past = null;
    widget.told.clear();
    opener.focus();
    widget.tell("closed");
  });
  panel.append(close);
  dialog.append(panel);
  document.body.append(dialog);
  root.overflow = "hidden";
  dialog.showModal();
  widget.build(panel, theme);
}
