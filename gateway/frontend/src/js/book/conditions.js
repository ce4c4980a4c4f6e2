// Shows a question when the answer that it depends on matches. What is hidden counts as unanswered,
// and the server decides the same again.
export function showAsked(form) {
  if (!form) return;
  const met = new Map();
  for (const box of form.querySelectorAll(".asked")) {
    const before = box.dataset.if;
    const shown = !before || (met.has(before) && isMet(box.dataset.values, met.get(before)));
    if (shown) met.set(box.dataset.question, box);
    if (before) box.toggleAttribute("data-met", shown);
  }
}

function isMet(values, asked) {
  const said = answers(asked);
  const wanted = values.split("\n").filter(Boolean).map(folded);
  if (wanted.length) return said.some((each) => wanted.includes(each));
  return said.some((each) => asked.dataset.type !== "checkbox" || each === "true");
}

function answers(asked) {
  if (asked.dataset.type === "checkbox") return [String(asked.querySelector("input").checked)];
  if (asked.dataset.type === "multi_select") {
    return [...asked.querySelectorAll("input:checked")].map((box) => folded(box.value));
  }
  const control = asked.querySelector("[data-file-id], input, select, textarea");
  return [folded(control.value)].filter(Boolean);
}

function folded(value) {
  return value.trim().toLowerCase();
}
