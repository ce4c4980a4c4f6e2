// A time is one tap; it grows a "Continue" beside it, so that nothing is booked by a slip.
import { follow } from "./swap.js";

export function choose(slot) {
  const item = slot.closest(".time");
  for (const other of document.querySelectorAll(".time.chosen")) {
    other.classList.remove("chosen");
    other.querySelector("[data-continue]")?.remove();
    other.querySelector("[data-start]")?.removeAttribute("aria-current");
  }
  const next = document.createElement("a");
  next.className = "button primary";
  next.href = slot.href;
  next.dataset.continue = "";
  const says = slot.closest("[data-picker]").dataset;
  next.textContent = says.saysContinue;
  next.setAttribute("aria-label", says.saysWith.replace("#", slot.textContent.trim()));
  next.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    next.setAttribute("aria-busy", "true");
    // A keyboard is at hand where the pointer is fine; on a phone it would cover the page.
    const typing = matchMedia("(pointer: fine)").matches;
    follow(next.href, { focus: typing ? "#f-attendee-name, #move" : "h2, #move" });
    scrollTo(0, 0);
  });
  item.classList.add("chosen");
  slot.setAttribute("aria-current", "true");
  item.append(next);
  next.focus();
}
