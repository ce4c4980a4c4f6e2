// A chosen file is sent at once, with its progress; what goes with the form is the upload's id.
import { mark, unmark } from "./check.js";
import { spoken } from "./spoken.js";

const sending = new Set();

export function filesAreOnTheirWay() {
  return sending.size ? Promise.allSettled(sending) : null;
}

export function onFile(event) {
  const input = event.target;
  const field = input.closest?.("[data-form] [data-file]");
  if (!field || input.type !== "file" || !input.files.length) return;
  const [file] = input.files;
  const says = input.form.dataset;
  unmark(input);
  if (file.size > Number(field.dataset.largest) * 1024 * 1024) {
    refuse(input, says.saysLarge.replace("#", field.dataset.largest));
    return;
  }
  const work = send(field, file)
    .then((made) => {
      attach(field, made.upload, made.name, words(made.size));
      say(field, says.saysSent.replace("#", made.name));
      input.value = "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    })
    .catch((problem) => refuse(input, problem.message || says.saysFailed))
    .finally(() => {
      sending.delete(work);
      field.querySelector("progress").hidden = true;
    });
  sending.add(work);
}

export function onRemove(event) {
  const button = event.target.closest?.("[data-file-remove]");
  if (!button) return;
  const field = button.closest("[data-file]");
  const input = field.querySelector("input[type=file]");
  attach(field, "", "", "");
  say(field, input.form.dataset.saysRemoved);
  input.focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function keepFiles(form) {
  return [...form.querySelectorAll("[data-file]")].map((field) => [
    field.dataset.file,
    field.querySelector("[data-file-id]").value,
    field.querySelector("[data-file-name]").textContent,
    field.querySelector("[data-file-size]").textContent,
  ]);
}

export function restoreFiles(form, kept) {
  for (const [question, id, name, size] of kept) {
    const field = form.querySelector(`[data-file="${question}"]`);
    if (field && id) attach(field, id, name, size);
  }
}

function attach(field, id, name, size) {
  field.querySelector("[data-file-id]").value = id;
  field.querySelector("[data-file-name]").textContent = name;
  field.querySelector("[data-file-size]").textContent = size;
  field.querySelector("[data-attached]").hidden = !id;
}

function refuse(input, words) {
  input.value = "";
  mark(input, words);
}

function say(field, words) {
  let status = field.querySelector("[role=status]");
  if (!status) {
    status = document.createElement("p");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    field.append(status);
  }
  status.textContent = words;
}

// XMLHttpRequest, since fetch tells nothing about what has been sent so far.
function send(field, file) {
  const slug = document.querySelector("[data-book]").dataset.book;
  const progress = field.querySelector("progress");
  const body = new FormData();
  body.set("question", field.dataset.file);
  body.set("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/links/${slug}/uploads?lang=${document.documentElement.lang}`);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
    };
    request.onload = () => {
      if (request.status === 201) resolve(request.response);
      else reject(new Error(problem(request.response)));
    };
    request.onerror = () => reject(new Error(""));
    progress.value = 0;
    progress.hidden = false;
    request.send(body);
  });
}

function problem(answer) {
  return answer?.error?.fields?.file || answer?.error?.message || "";
}

function words(size) {
  const mega = size / (1024 * 1024);
  const [value, unit] = mega < 1 ? [Math.max(1, size / 1024), "kilobyte"] : [mega, "megabyte"];
  const maximumFractionDigits = mega < 1 ? 0 : 1;
  const how = { style: "unit", unit, maximumFractionDigits };
  return new Intl.NumberFormat(spoken(), how).format(value);
}
