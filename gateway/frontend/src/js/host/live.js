// A form that asks the server, which knows the rules, what it would say; nothing is saved.
// [data-live-form]: after each change. Buttons [data-live-submit]: instead of loading a page.
// Elements [data-live][id] of the answer take the place of ours; errors go to their fields.

export function liveForm(form) {
  let latest = 0;
  const ask = async (submitter) => {
    const mine = ++latest;
    const body = new FormData(form);
    if (submitter?.name) body.set(submitter.name, submitter.value);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Live": "1" } });
    // A slower answer to an earlier question is no longer true.
    if (!answer.ok || mine !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    replaceParts(page);
    if (form.matches("[data-live-form]")) showErrors(form, page);
  };
  form.addEventListener("change", () => {
    if (form.matches("[data-live-form]")) ask().catch(() => {});
  });
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    if (!submitter?.matches("[data-live-submit]")) return;
    event.preventDefault();
    const menu = submitter.closest("[data-menu]");
    if (menu) menu.open = false;
    // Without an answer the page is loaded the ordinary way.
    ask(submitter).then(() => focusNear(submitter), () => submitPlainly(form, submitter));
    form.dispatchEvent(new Event("live-changed"));
  });
}

function submitPlainly(form, submitter) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
  form.append(field);
  form.submit();
}

export function replaceParts(page) {
  for (const fresh of page.querySelectorAll("[data-live][id]")) {
    const old = document.getElementById(fresh.id);
    if (old) old.replaceWith(document.adoptNode(fresh));
  }
  document.querySelectorAll("[data-live] [data-reveals]").forEach((control) => {
    const part = document.getElementById(control.dataset.reveals);
    if (part) part.hidden = !control.checked;
  });
}

// After the replaced part the focus is where it was: the same button, or the new empty field.
function focusNear(submitter) {
  const day = submitter.value.split(":")[1];
  const added = submitter.value.startsWith("add") && newestField(day ?? "o");
  const same = document.querySelector(`[name="do"][value="${CSS.escape(submitter.value)}"]`);
  (added || same || document.querySelector(`[name="do"][value="add:${day}"]`))?.focus();
}

function newestField(suffix) {
  return [...document.querySelectorAll(`[name="start_${suffix}"]`)].pop();
}

function showErrors(form, page) {
  for (const input of form.querySelectorAll(".field > .input[id], .field > .affixed > .input[id]")) {
    const fresh = page.getElementById(input.id);
    if (!fresh) continue;
    const field = input.closest(".field");
    field.querySelector(":scope > .error")?.remove();
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (fresh.hasAttribute(name)) input.setAttribute(name, fresh.getAttribute(name));
      else input.removeAttribute(name);
    }
    const error = page.getElementById(`${input.id}-error`);
    if (error) (input.closest(".affixed") ?? input).after(document.adoptNode(error));
  }
}
