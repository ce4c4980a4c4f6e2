// Rows of [data-reorder] are dragged by their grip; their order is the order of the inputs in them.
// Keys and everybody without a mouse use the buttons of the row.

let dragged = null;

export function startReorder() {
  document.addEventListener("pointerdown", grip);
  document.addEventListener("dragstart", start);
  document.addEventListener("dragover", over);
  document.addEventListener("drop", (event) => dragged && event.preventDefault());
  document.addEventListener("dragend", end);
}

// Only by the grip, so that text in the row's fields can still be marked.
function grip(event) {
  const row = event.target.closest?.("[data-reorder] > [data-member]");
  if (row) row.draggable = Boolean(event.target.closest(".grip"));
}

function start(event) {
  dragged = event.target.closest?.("[data-reorder] > [data-member]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("dragged");
}

function over(event) {
  const row = dragged && event.target.closest?.("[data-member]");
  if (!row || row.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (row === dragged) return;
  const { top, height } = row.getBoundingClientRect();
  row[event.clientY < top + height / 2 ? "before" : "after"](dragged);
}

function end() {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  dragged.closest("form")?.dispatchEvent(new Event("live-changed"));
  dragged = null;
}
