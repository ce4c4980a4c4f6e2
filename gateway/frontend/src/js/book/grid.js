// The month as a date grid (WAI-ARIA Authoring Practices): one stop for Tab, arrows inside.
import { follow } from "./swap.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function tidyGrid() {
  const days = all();
  const stop = days.find((day) => day.getAttribute("aria-current")) || days[0];
  for (const day of days) day.tabIndex = day === stop ? 0 : -1;
}

export function gridKeys(event) {
  const day = event.target.closest?.("[data-day]");
  if (!day || event.altKey || event.ctrlKey || event.metaKey) return;
  const { key } = event;
  if (key === "PageUp" || key === "PageDown") {
    event.preventDefault();
    turn(key === "PageUp" ? "left" : "right", "[data-day]");
  } else if (key === "Home" || key === "End") {
    event.preventDefault();
    const week = [...day.closest("tr").querySelectorAll("[data-day]")];
    move(week.at(key === "Home" ? 0 : -1));
  } else if (STEPS[key]) {
    event.preventDefault();
    step(day, STEPS[key] * (document.dir === "rtl" && Math.abs(STEPS[key]) === 1 ? -1 : 1));
  }
}

// To the next day with times in that direction; over the edge, into the next month.
function step(day, by) {
  const numbers = new Map(all().map((other) => [number(other), other]));
  const last = Math.max(...numbers.keys());
  for (let n = number(day) + by; n > 0 && n <= last; n += by) {
    if (numbers.has(n)) return move(numbers.get(n));
  }
  return turn(by < 0 ? "left" : "right", by < 0 ? "last" : "[data-day]");
}

function move(day) {
  for (const other of all()) other.tabIndex = other === day ? 0 : -1;
  day.focus();
}

async function turn(way, focus) {
  const link = document.querySelector(`a[data-month="${way}"]`);
  if (!link) return;
  await follow(link.href, { focus: focus === "last" ? "" : focus });
  const days = all();
  if (focus === "last" && days.length) move(days.at(-1));
  else if (days.length) move(days[0]);
  else document.querySelector(`[data-month="${way}"], [data-month]`)?.focus();
}

function number(day) {
  return Number(day.dataset.day.slice(8));
}

function all() {
  return [...document.querySelectorAll("a[data-day]")];
}
