// The first visit from another zone: the times are here already, under the days of the host's zone.
// They are put under the reader's own, as the server would, so that nothing is fetched again.
// Where that cannot be said for certain (the clocks change meanwhile, another month has begun
// there, a zone that the page does not name) nothing is touched, and false is returned.
import { ownName } from "../zone-names.js";

const DAY = 1440;

export function regroup(own) {
  const picker = document.querySelector("[data-days]");
  const select = document.getElementById("f-tz");
  const option = [...select.options].find(({ value }) => value === own || ownName(value) === own);
  const sample = document.querySelector("a.day");
  if (!picker || !option || !sample || new URLSearchParams(location.search).has("day")) return false;
  const said = JSON.parse(picker.dataset.days);
  const view = grouped(said, option.value);
  if (!view) return false;
  view.words = option.textContent;
  view.href = (more) => address(sample, { tz: view.zone, ...more });
  select.value = view.zone;
  for (const link of document.querySelectorAll('main a[href*="tz="], .languages a')) {
    link.href = address(link, { tz: view.zone });
  }
  fillGrid(picker, said, view);
  fillDay(picker, said, view);
  return true;
}

// The times by the days of the zone, if it is certain that they are all there.
function grouped(said, zone) {
  const { month, now, from, until, runs } = said;
  const by = offset(zone, now);
  // One distance from UTC from now on: no clock change to be told of, none to be reckoned with.
  if (offset(zone, until) !== by) return null;
  const [year, number] = month.split("-").map(Number);
  const first = Date.UTC(year, number - 1, 1) / 60000 - by;
  const end = Date.UTC(year, number, 1) / 60000 - by;
  const today = iso(now + by);
  if (from > Math.max(now, first) || until < end || !today.startsWith(said.present)) return null;
  const days = new Map();
  for (const [start, step, count] of runs) {
    for (let n = 0, at = start; n < count; n += 1, at += step) {
      if (at < first) return null; // in an earlier month: that one would be shown
      if (at >= end) continue;
      const day = iso(at + by);
      days.set(day, [...(days.get(day) ?? []), at]);
    }
  }
  return days.size ? { zone, by, today, days, chosen: days.keys().next().value } : null;
}

function fillGrid(picker, said, { today, days, chosen, href }) {
  const names = weekdays(picker);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  for (const row of picker.querySelectorAll("tbody tr")) {
    const last = row.lastElementChild.textContent;
    row.classList.toggle("over", last !== "" && date(said, last) < today);
    for (const cell of row.cells) {
      const number = cell.textContent;
      if (!number) continue;
      const day = date(said, number);
      const count = days.get(day)?.length;
      const made = document.createElement(count ? "a" : "span");
      made.className = day === today ? "day today" : "day";
      made.textContent = number;
      if (count) {
        const long = put(said.long, { w: names[cell.cellIndex], d: number });
        const words = put(said.count[plural.select(count)] ?? said.count.other, { n: count, d: long });
        made.href = href({ day, month: null });
        made.dataset.day = day;
        made.rel = "nofollow";
        made.setAttribute("aria-label", day === today ? put(said.today, { d: words }) : words);
        if (day === chosen) made.setAttribute("aria-current", "true");
      }
      cell.replaceChildren(made);
    }
  }
}

function fillDay(picker, said, { by, days, chosen, href, words }) {
  const cell = picker.querySelector("a.day[aria-current]").parentElement;
  const day = { w: weekdays(picker)[cell.cellIndex], d: cell.textContent };
  picker.querySelector("#day").textContent = put(said.middle, day);
  picker.querySelector("[data-zone-line]").textContent = put(said.line, { z: words });
  picker.querySelector("[data-clock-change]")?.remove();
  const list = picker.querySelector(".times");
  const times = days.get(chosen).map((at) => {
    const item = list.firstElementChild.cloneNode(true);
    const slot = item.firstElementChild;
    const start = `${new Date(at * 60000).toISOString().slice(0, 19)}Z`;
    slot.href = href({ month: null, day: chosen, start });
    slot.dataset.start = start;
    slot.textContent = clock(said.clock, (((at + by) % DAY) + DAY) % DAY);
    return item;
  });
  list.replaceChildren(...times);
}

// Minutes to add to UTC for the zone's wall time.
function offset(zone, at) {
  const shape = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" };
  const parts = new Intl.DateTimeFormat("en", { ...shape, hour: "numeric", minute: "numeric" })
    .formatToParts(at * 60000)
    .reduce((all, { type, value }) => ({ ...all, [type]: Number(value) }), {});
  const { year, month, day, hour, minute } = parts;
  return Date.UTC(year, month - 1, day, hour, minute) / 60000 - at;
}

function weekdays(picker) {
  return [...picker.querySelectorAll("thead th")].map((head) => head.abbr);
}

function iso(wall) {
  return new Date(wall * 60000).toISOString().slice(0, 10);
}

function date({ month }, number) {
  return `${month}-${number.padStart(2, "0")}`;
}

function clock(kind, minutes) {
  const [hour, minute] = [Math.floor(minutes / 60), String(minutes % 60).padStart(2, "0")];
  if (kind === "12") return `${hour % 12 || 12}:${minute} ${hour < 12 ? "am" : "pm"}`;
  return `${kind === "H" ? hour : String(hour).padStart(2, "0")}:${minute}`;
}

function put(words, values) {
  return words.replace(/\{(\w)\}/g, (_, name) => values[name]);
}

// As the server writes them; null takes a value away.
function address(link, more) {
  const url = new URL(link.href);
  for (const [name, value] of Object.entries(more)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}
