// Looks a form over before it is sent: words at each field, and a summary that takes the focus.
// The server looks at everything again.
import { filesAreOnTheirWay } from "./files.js";

export function beforeSend(event) {
  const form = event.target;
  const { submitter } = event;
  if (!form.matches("[data-form]")) return;
  const way = filesAreOnTheirWay();
  if (way) {
    hold(event);
    submitter?.setAttribute("aria-busy", "true");
    way.then(() => {
      submitter?.removeAttribute("aria-busy");
      form.requestSubmit(submitter);
    });
    return;
  }
  if (submitter?.formNoValidate) return;
  document.getElementById("errors")?.remove();
  const wrong = [...form.elements].map((control) => [control, problem(form, control)]);
  const found = wrong.filter(([, words]) => words);
  for (const [control] of wrong) unmark(control);
  if (!found.length) return;
  hold(event);
  for (const [control, words] of found) mark(control, words);
  summary(form, found);
}

// Nobody else hears of a form that is not sent.
function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function problem(form, control) {
  const says = form.dataset;
  if (!control.name || control.disabled || !control.offsetParent) return "";
  if (control.type === "file") {
    const id = control.closest("[data-file]").querySelector("[data-file-id]").value;
    return control.dataset.required !== undefined && !id ? says.saysAttach : "";
  }
  if (control.dataset.required !== undefined) {
    const some = control.closest("fieldset").querySelector("input:checked");
    return some ? "" : says.saysSeveral;
  }
  return control.willValidate ? invalid(says, control) : "";
}

function invalid(says, control) {
  const { validity } = control;
  if (validity.valueMissing || (control.required && !control.value.trim())) {
    if (control.name === "attendee.name") return says.saysName;
    if (control.name === "attendee.email") return says.saysAddress;
    if (control.type === "checkbox") return says.saysTick;
    return control.tagName === "SELECT" ? says.saysChoose : says.saysMissing;
  }
  if (validity.typeMismatch) return control.type === "url" ? says.saysUrl : says.saysEmail;
  if (control.type === "url" && control.value && !/^\s*https?:\/\//i.test(control.value)) {
    return says.saysUrl;
  }
  return validity.patternMismatch ? says.saysNumber : "";
}

export function mark(control, words) {
  unmark(control);
  const error = document.getElementById("error-template").content.firstElementChild.cloneNode(true);
  error.id = `${control.id}-error`;
  error.querySelector("span").textContent = words;
  control.setAttribute("aria-invalid", "true");
  const others = control.getAttribute("aria-describedby") || "";
  control.setAttribute("aria-describedby", `${error.id} ${others}`.trim());
  const choice = control.closest(".choice");
  if (choice && !choice.closest("fieldset")) choice.append(error);
  else if (choice) choice.closest("fieldset").querySelector("legend").after(error);
  else control.after(error);
}

export function unmark(control) {
  if (!control.id) return;
  const id = `${control.id}-error`;
  const around = control.closest("fieldset, .field, .choice");
  around?.querySelectorAll(":scope > .error").forEach((error) => error.remove());
  document.getElementById(id)?.remove();
  if (control.getAttribute("aria-invalid") !== "true") return;
  control.removeAttribute("aria-invalid");
  const rest = (control.getAttribute("aria-describedby") || "").split(" ").filter((each) => each !== id);
  control.setAttribute("aria-describedby", rest.join(" ").trim());
}

function summary(form, found) {
  const box = document.getElementById("errors-template").content.firstElementChild.cloneNode(true);
  const says = form.dataset;
  const title = found.length === 1 ? says.saysOne : says.saysMore.replace("#", found.length);
  box.querySelector("strong").textContent = title;
  const list = box.querySelector("ul");
  list.replaceChildren();
  for (const [control, words] of found) {
    const link = document.createElement("a");
    link.href = `#${control.id}`;
    const name = document.createElement("bdi");
    // What is asked of everybody is named in the words already.
    const own = !control.name.startsWith("attendee.");
    if (own) name.textContent = label(control).replace(/[?:.]$/, "");
    link.append(...(own ? [name, ": "] : []), words);
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  form.querySelector(".chosen-time").after(box);
  box.focus();
}

function label(control) {
  const legend = control.closest("fieldset")?.querySelector("legend");
  const named = (legend || control.labels[0]).cloneNode(true);
  for (const each of named.querySelectorAll(".optional, .error, .help")) each.remove();
  return named.textContent.trim().replace(/\s+/g, " ");
}
