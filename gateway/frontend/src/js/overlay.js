// The visitor's own calendar over the times: a file that is dropped or chosen, read here and sent
// nowhere. Fetched when somebody wants it.
import { read } from "./ics/read.js";
import { busy } from "./ics/repeat.js";

export { busy, read };

const LARGEST = 20 * 1024 * 1024;
let events = null;
let words = "";

export async function lay(file) {
  if (file.size > LARGEST) return say("This file is too large to be read here.");
  const text = await file.text();
  if (!/^\s*BEGIN:VCALENDAR/i.test(text.slice(0, 200))) {
    return say("This is no calendar file. It should end in .ics.");
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
    note.textContent = "busy";
    slot.append(" ", note);
  });
  if (slots.length) say(told(clashes, slots.length));
}

function told(clashes, all) {
  if (!clashes) return `${words}: you are free at all of these times.`;
  if (clashes === all) return `${words}: you are busy at all of these times.`;
  return `${words}: you are busy at ${clashes} of these ${all} times.`;
}

function say(text) {
  const place = document.querySelector("[data-overlay-says]");
  if (place) place.textContent = text;
}
