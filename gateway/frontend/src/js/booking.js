// The attendee's pages. Each works without this file; with it they are pleasant: no page loads
// between month, day, time and form, and the time is kept while the form is filled in.
import { startParts } from "./parts.js";
import { beforeSend } from "./book/check.js";
import { showAsked } from "./book/conditions.js";
import { onFile, onRemove } from "./book/files.js";
import { gridKeys, tidyGrid } from "./book/grid.js";
import { overlayAgain, startOverlay } from "./book/overlay.js";
import { startHold, stopHold } from "./book/hold.js";
import { keepTyped, restoreTyped } from "./book/typed.js";
import { follow, onSwap } from "./book/swap.js";
import { choose } from "./book/times.js";
import { guessZone, onZone } from "./book/zone.js";

startParts();

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) {
    return;
  }
  const slot = event.target.closest("[data-start]");
  if (slot) {
    event.preventDefault();
    choose(slot);
    return;
  }
  const link = event.target.closest("[data-day], [data-month], [data-go], [data-change]");
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-change]")) keepTyped();
  follow(link.href, { focus: focusFor(link), show: link.matches("[data-day]") });
});

document.addEventListener("click", onRemove);
document.addEventListener("submit", beforeSend, true);
document.addEventListener("change", onFile);
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => showAsked(event.target.closest?.("[data-form]")));
}
document.addEventListener("keydown", gridKeys);
document.addEventListener("change", onZone);
addEventListener("popstate", () => {
  keepTyped();
  follow(location.href, { push: false });
});

onSwap(arrive);
onSwap(overlayAgain);
startOverlay();
arrive();
guessZone();

function arrive() {
  tidyGrid();
  restoreTyped();
  showAsked(document.querySelector("[data-form]"));
  if (document.querySelector("[data-step=form]")) startHold();
  else stopHold();
}

// Where the focus belongs once the page has changed under it.
function focusFor(link) {
  if (link.dataset.day) return `[data-day="${link.dataset.day}"]`;
  if (link.dataset.month) return `[data-month="${link.dataset.month}"], #day`;
  return "[data-continue], #day, h1";
}
