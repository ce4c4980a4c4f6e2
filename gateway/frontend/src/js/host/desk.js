// The host's pages: forms that answer while one types, the countdown, unsaved changes.
import { startFinds } from "./finds.js";
import { guessZone } from "./guess.js";
import { liveForm } from "./live.js";
import { startPanel } from "./panel.js";
import { startReorder } from "./reorder.js";
import { startShown } from "./shown.js";
import { startSnippet } from "./snippet.js";
import { startSoon } from "./soon.js";
import { warnUnsaved } from "./unsaved.js";

export function startDesk() {
  document.querySelectorAll("form:has([data-live-submit]), [data-live-form]").forEach(liveForm);
  document.querySelectorAll("[data-guess-zone]").forEach(guessZone);
  document.querySelectorAll("[data-warn-unsaved]").forEach(warnUnsaved);
  document.querySelectorAll("[data-picks]").forEach(picks);
  // On a phone the row of tabs is longer than the screen.
  const tab = document.querySelector(".tab[aria-current]");
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  startFinds();
  startPanel();
  startShown();
  startReorder();
  startSnippet();
  startSoon();
}

// Typing into a part chooses the radio button that stands for it.
function picks(part) {
  part.addEventListener("input", () => {
    document.getElementById(part.dataset.picks).checked = true;
  });
}
