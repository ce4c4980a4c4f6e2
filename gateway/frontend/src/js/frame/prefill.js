// What the page around knows about its visitor, put into fields that are still empty; only by value.
const LONGEST = 5000;

export function fill(prefill) {
  const form = document.querySelector("[data-form]");
  // A form that came back with errors holds what its reader typed, empty fields too.
  if (!form || !prefill || form.dataset.filled || document.getElementById("errors")) return;
  form.dataset.filled = "1";
  for (const [name, value] of Object.entries(prefill)) {
    if (typeof value === "string" && value) put(form.elements[name], value.slice(0, LONGEST));
  }
}

function put(field, value) {
  if (!field) return;
  const boxes = field instanceof RadioNodeList ? [...field] : [field];
  if (boxes[0].type === "hidden" || boxes[0].type === "file") return;
  if (boxes[0].type === "checkbox" || boxes[0].type === "radio") {
    const wanted = value.split(",").map((each) => each.trim());
    const alone = boxes.length === 1 && /^(1|true|on|yes)$/i.test(value);
    for (const box of boxes) box.checked ||= alone || wanted.includes(box.value);
  } else if (!field.value) {
    field.value = value;
  } else {
    return;
  }
  boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
}
