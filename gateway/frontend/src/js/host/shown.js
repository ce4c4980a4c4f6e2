// [data-shown-by="kind"][data-shown-for="group collective"]: shown while the form's control (or
// group of radio buttons) of that name has one of these values; without values, while it is empty.

export function startShown() {
  document.addEventListener("change", showParts);
  showParts();
}

function showParts() {
  for (const part of document.querySelectorAll("[data-shown-by]")) {
    const control = part.closest("form").elements[part.dataset.shownBy];
    part.hidden = !part.dataset.shownFor.split(" ").includes(control?.value ?? "");
  }
}
