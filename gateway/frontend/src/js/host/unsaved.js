// Asks before a page with unsaved changes is left.

export function warnUnsaved(form) {
  let changed = false;
  const note = () => (changed = true);
  form.addEventListener("input", note);
  form.addEventListener("live-changed", note);
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) changed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
