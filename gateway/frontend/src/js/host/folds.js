// An address that names a fold opens it: the reader would else stand before a closed one.
export function startFolds() {
  addEventListener("hashchange", unfold);
  unfold();
}

function unfold() {
  const fold = document.getElementById(location.hash.slice(1));
  if (fold?.matches("details")) fold.open = true;
}
