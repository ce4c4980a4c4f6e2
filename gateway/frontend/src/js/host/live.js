// A form that asks the server, which knows the rules, what it would say; nothing is saved.
// [data-live-form]: after each change. Buttons [data-live-submit]: instead of loading a page.
// Elements [data-live][id] of the answer take the place of ours; errors go to their fields.
// [data-live="submit"], which holds fields, is replaced only when a button asked, or a control
// [data-live-look], on whose value the fields around it depend.

import { startFinds } from "./finds.js";

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
    replaceParts(page, Boolean(submitter));
    if (form.matches("[data-live-form]")) showErrors(form, page);
  };
  form.addEventListener("change", ({ target }) => {
    if (target.matches("[data-live-look]")) {
      const look = { name: "do", value: `look:${target.dataset.liveLook}` };
      ask(look).then(() => document.getElementById(target.id)?.focus(), () => {});
    } else if (form.matches("[data-live-form]")) ask().catch(() => {});
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

export function replaceParts(page, asked) {
  for (const fresh of page.querySelectorAll("[data-live][id]")) {
    const old = document.getElementById(fresh.id);
    if (!old || (fresh.dataset.live === "submit" && !asked)) continue;
    const open = [...old.querySelectorAll("details[open][id]")].map((each) => each.id);
    old.replaceWith(document.adoptNode(fresh));
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  }
  document.querySelectorAll("[data-live] [data-reveals]").forEach((control) => {
    const part = document.getElementById(control.dataset.reveals);
    if (part) part.hidden = !control.checked;
  });
  startFinds();
}

// After the replaced part the focus is where it was: the same button, or the new empty field.
function focusNear(submitter) {
  const day = submitter.value.split(":")[1];
  const added = submitter.value.startsWith("add") && newestField(day ?? "o");
  const fresh = submitter.value === "add" && document.querySelector("[data-live] [autofocus]");
  const same = document.querySelector(`[name="do"][value="${CSS.escape(submitter.value)}"]`);
  // At the end of its way a row's button is off: its neighbour is near.
  const near = same?.disabled ? same.parentElement.querySelector("button:enabled") : same;
  const more = [`add:${day}`, "add"].map((value) =>
    document.querySelector(`[name="do"][value="${CSS.escape(value)}"]`),
  );
  (added || fresh || near || more.find(Boolean))?.focus();
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
