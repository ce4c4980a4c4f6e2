// What the components of macros/ui.html do: menus, dialogs, copying, revealing, sending once.
import { toast } from "./toasts.js";

export function startParts() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  document.querySelectorAll("[data-reveals]").forEach(reveal);
  document.querySelectorAll("dialog[data-open-now]").forEach((dialog) => dialog.showModal());
  document.querySelector("[data-takes-focus]")?.focus();
  // A page that comes back from the browser's memory must not keep its buttons off.
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
}

function onClick(event) {
  const { target } = event;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
  const opener = target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    const menu = opener.closest("[data-menu]");
    if (menu) menu.open = false;
    document.getElementById(opener.dataset.opens)?.showModal();
    return;
  }
  if (target.closest("[data-closes]") || target.matches("dialog")) {
    target.closest("dialog")?.close();
    return;
  }
  const copier = target.closest("[data-copy]");
  if (copier) copy(copier);
}

function onKey(event) {
  const menu = event.target.closest?.("[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const items = [...menu.querySelectorAll(".menu-item")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = items.indexOf(document.activeElement);
    items.at((at + step + (at < 0 && step < 0 ? 1 : 0)) % items.length)?.focus();
  }
}

function onChange(event) {
  const { target } = event;
  if (target.name && target.type === "radio") {
    document.querySelectorAll("[data-reveals]").forEach(reveal);
  } else if (target.matches("[data-reveals]")) {
    reveal(target);
  }
  if (target.matches("[data-autosubmit]")) target.form?.requestSubmit();
}

function reveal(control) {
  const part = document.getElementById(control.dataset.reveals);
  if (!part) return;
  const wanted = control.dataset.revealsValue;
  const shown = wanted === undefined ? control.checked : wanted.split(" ").includes(control.value);
  part.hidden = !shown;
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-submit-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // The clipboard is refused (no permission, no https): show the text to copy by hand.
    toast(button.dataset.copy);
    return;
  }
  const label = button.querySelector("[data-copy-label]");
  const words = label?.textContent;
  if (label) {
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = words), 1600);
  }
  toast("Copied");
}
