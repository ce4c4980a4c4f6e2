// A calendar file (RFC 5545) taken apart: what blocks time in it. Nothing of it leaves the browser.
import { known } from "./zones.js";

const DAY = 86400000;

// Events with `start` (wall time, see zones.js), `zone`, `length` (ms), `rules`, `dates` (RDATE),
// `without` (EXDATE) and `instead` (RECURRENCE-ID), each as {wall, zone}; `free` ones are there only
// because they take the place of another.
export function read(text, home) {
  const events = [];
  let open = null;
  let depth = 0;
  for (const line of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const { name, options, value } = taken(line);
    if (name === "BEGIN" && value === "VEVENT") {
      open = { dates: [], without: [] };
      depth = 0;
    } else if (name === "BEGIN" && open) depth += 1;
    else if (name === "END" && depth) depth -= 1;
    else if (name === "END" && open) {
      if (open.start && (open.instead || !open.free)) events.push(whole(open));
      open = null;
    } else if (open && !depth) keep(open, name, options, value, home);
  }
  return events;
}

function taken(line) {
  const parts = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/.exec(line);
  if (!parts) return {};
  const options = Object.fromEntries(
    parts[2].split(";").slice(1).map((each) => each.split("=")).map(([key, of]) => [key.toUpperCase(), of]),
  );
  return { name: parts[1].toUpperCase(), options, value: parts[3] };
}

function keep(event, name, options, value, home) {
  if (name === "UID") event.uid = value;
  else if (name === "STATUS") event.free ||= value.toUpperCase() === "CANCELLED";
  else if (name === "TRANSP") event.free ||= value.toUpperCase() === "TRANSPARENT";
  else if (name === "DTSTART") event.start = moment(value, options, home);
  else if (name === "DTEND") event.end = moment(value, options, home);
  else if (name === "DURATION") event.lasts = duration(value);
  else if (name === "RRULE") event.rule = rule(value, home);
  else if (name === "RECURRENCE-ID") event.instead = moment(value, options, home);
  else if (name === "RDATE") event.dates.push(...moments(value, options, home));
  else if (name === "EXDATE") event.without.push(...moments(value, options, home));
}

function whole(event) {
  const { start, end, lasts } = event;
  const usual = start.day ? DAY : 0;
  const length = end ? end.wall - start.wall : (lasts ?? usual);
  return { ...event, length: Math.max(length, 0) };
}

function moments(value, options, home) {
  return value.split(",").map((each) => moment(each, options, home)).filter(Boolean);
}

function moment(value, options, home) {
  const parts = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?/.exec(value.trim());
  if (!parts) return null;
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map((x) => x && Number(x));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const zone = parts[7] ? "UTC" : ((options.TZID && known(options.TZID)) ?? home);
  return { wall, zone, day: parts[4] === undefined };
}

function duration(value) {
  const parts = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value);
  if (!parts) return undefined;
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((each) => Number(each ?? 0));
  return (weeks * 7 + days) * DAY + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function rule(value, home) {
  const said = Object.fromEntries(value.toUpperCase().split(";").map((each) => each.split("=")));
  const numbers = (text) => text?.split(",").map(Number);
  return {
    freq: said.FREQ,
    step: Math.max(1, Number(said.INTERVAL) || 1),
    count: Number(said.COUNT) || Infinity,
    until: said.UNTIL && moment(said.UNTIL, {}, home),
    months: numbers(said.BYMONTH),
    days: numbers(said.BYMONTHDAY),
    places: numbers(said.BYSETPOS),
    weekdays: said.BYDAY?.split(",").map((each) => ({
      weekday: ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].indexOf(each.slice(-2)),
      nth: Number(each.slice(0, -2)) || 0,
    })),
    sunday: said.WKST === "SU",
  };
}
