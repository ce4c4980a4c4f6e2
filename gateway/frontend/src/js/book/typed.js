// What was typed, kept in this page's memory while another time is looked for.
let kept = null;

export function keepTyped() {
  const form = document.querySelector("[data-form]");
  if (form) kept = new FormData(form);
}

export function restoreTyped() {
  const form = document.querySelector("[data-form]");
  if (!form || !kept) return;
  for (const control of form.elements) {
    if (!control.name || control.type === "hidden" || control.type === "submit") continue;
    const values = kept.getAll(control.name);
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length) [control.value] = values;
  }
  if (kept.get("guests")) form.querySelector(".guests").open = true;
  kept = null;
}
