// What was typed, kept in this page's memory while another time is looked for.
import { keepFiles, restoreFiles } from "./files.js";

let kept = null;
let files = [];

export function keepTyped() {
  const form = document.querySelector("[data-form]");
  if (!form) return;
  kept = new FormData(form);
  files = keepFiles(form);
}

export function restoreTyped() {
  const form = document.querySelector("[data-form]");
  if (!form || !kept) return;
  for (const control of form.elements) {
    if (!control.name || control.type === "hidden" || control.type === "submit") continue;
    if (control.type === "file") continue;
    const values = kept.getAll(control.name);
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length) [control.value] = values;
  }
  if (kept.get("guests")) form.querySelector(".guests").open = true;
  restoreFiles(form, files);
  kept = null;
}
