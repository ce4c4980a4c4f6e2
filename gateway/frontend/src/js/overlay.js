// The visitor's own calendar over the times: a file that is dropped or chosen, read here and sent
// nowhere. Fetched when somebody wants it.
import { read } from "./ics/read.js";
import { busy } from "./ics/repeat.js";

export { busy, read };

const LARGEST = 20 * 1024 * 1024;
let events = null;
let words = "";

export async function lay(file) {
  const says = document.querySelector("[data-overlay]").dataset;
  if (file.size > LARGEST) return say(says.saysLarge);
  const text = await file.text();
  if (!/^\s*BEGIN:VCALENDAR/i.test(text.slice(0, 200))) {
    return say(says.saysNone);
  }
  events = read(text, Intl.DateTimeFormat().resolvedOptions().timeZone);
  words = file.name;
  mark();
}

// Marks the times that are shown; again after each change of the page.
export function mark() {
  const part = document.querySelector("[data-overlay]");
  if (!part || !events) return;
  part.open = true;
  const length = Number(part.dataset.minutes) * 60000;
  const slots = [...document.querySelectorAll("a[data-start]")];
  const starts = slots.map((slot) => Date.parse(slot.dataset.start));
  const taken = busy(events, Math.min(...starts), Math.max(...starts) + length);
  let clashes = 0;
  slots.forEach((slot, n) => {
    const clash = taken.some(([from, until]) => from < starts[n] + length && until > starts[n]);
    slot.classList.toggle("clash", clash);
    slot.querySelector("[data-clash]")?.remove();
    if (!clash) return;
    clashes += 1;
    const note = document.createElement("span");
    note.className = "seats";
    note.dataset.clash = "";
    note.textContent = part.dataset.saysBusy;
    slot.append(" ", note);
  });
  if (slots.length) say(told(part.dataset, clashes, slots.length));
}

function told(says, clashes, all) {
  if (!clashes) return says.saysFree.replace("#", words);
  if (clashes === all) return says.saysFull.replace("#", words);
  return says.saysSome.replace("###", all).replace("##", clashes).replace("#", words);
}

function say(text) {
  const place = document.querySelector("[data-overlay-says]");
  if (place) place.textContent = text;
}
