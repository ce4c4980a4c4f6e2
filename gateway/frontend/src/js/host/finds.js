// A long list of people to tick: a field that leaves those whose name has what is typed.
const MANY = 12;

export function startFinds() {
  document.querySelectorAll("[data-finds]").forEach(finds);
}

function finds(list) {
  if (list.dataset.finds || list.children.length <= MANY) return;
  list.dataset.finds = "1";
  const field = document.createElement("input");
  Object.assign(field, { type: "search", className: "input finds", placeholder: "Find people" });
  field.setAttribute("aria-label", "Find people");
  field.autocomplete = "off";
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    for (const each of list.children) each.hidden = !plain(each.textContent).includes(wanted);
  });
  // Enter would save the form around it, and what is typed here is no change of it.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  for (const kind of ["input", "change"]) field.addEventListener(kind, (e) => e.stopPropagation());
  list.before(field);
}

// Also without the accents that a keyboard may not have.
function plain(words) {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
