// Waits for a calendar file; only then is fetched what reads it.
let reader = null;

export function startOverlay() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-overlay] input")) take(event.target.files[0]);
  });
  document.addEventListener("dragover", (event) => {
    if (part() && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    // A form's own files go into their fields.
    if (!file || !part() || event.target.closest("[type=file], form[data-form]")) return;
    event.preventDefault();
    part().open = true;
    take(file);
  });
}

export function overlayAgain() {
  reader?.then(({ mark }) => mark());
}

function part() {
  return document.querySelector("[data-overlay]");
}

async function take(file) {
  if (!file) return;
  reader ??= import(part().dataset.overlay);
  try {
    (await reader).lay(file);
  } catch {
    reader = null;
  }
}
