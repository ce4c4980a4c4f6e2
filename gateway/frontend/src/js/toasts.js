// Short messages at the bottom; read out, gone after a while unless pointed at.
const LASTS_MS = 6000;

export function startToasts() {
  document.querySelectorAll("[data-toast]").forEach(expire);
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
  });
}

export function toast(words, kind = "") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = `toast ${kind}`;
  box.dataset.toast = "";
  const text = document.createElement("span");
  text.className = "grow";
  text.textContent = words;
  const close = document.createElement("button");
  close.className = "button slim";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = "Close";
  box.append(text, close);
  place.append(box);
  expire(box);
}

function expire(box) {
  if (box.classList.contains("danger")) return;
  let timer = setTimeout(() => box.remove(), LASTS_MS);
  const stay = () => clearTimeout(timer);
  const go = () => {
    stay();
    timer = setTimeout(() => box.remove(), LASTS_MS);
  };
  box.addEventListener("pointerenter", stay);
  box.addEventListener("focusin", stay);
  box.addEventListener("pointerleave", go);
  box.addEventListener("focusout", go);
}
