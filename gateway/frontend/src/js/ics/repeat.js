// When the events of a calendar file block time: repeated ones (daily, weekly, monthly, yearly)
// unrolled in their own zone, without what was taken out or moved.
import { instantAt } from "./zones.js";

const DAY = 86400000;
const MOST = 20000;

// [from, until) of all that blocks between two instants (ms).
export function busy(events, first, last) {
  const moved = new Map();
  for (const { uid, instead } of events) {
    if (instead) moved.set(uid, [...(moved.get(uid) ?? []), instantAt(instead.wall, instead.zone)]);
  }
  const found = [];
  for (const event of events.filter(({ free }) => !free)) {
    const gone = new Set(event.without.map(({ wall, zone }) => instantAt(wall, zone)));
    if (!event.instead) for (const one of moved.get(event.uid) ?? []) gone.add(one);
    for (const wall of walls(event, first - event.length - DAY, last + DAY)) {
      const start = instantAt(wall, event.start.zone);
      // A whole day ends with the day, whatever the clocks do; a meeting lasts its time.
      const end = event.start.day ? instantAt(wall + event.length, event.start.zone) : start + event.length;
      if (!gone.has(start) && start < last && end > first && end > start) found.push([start, end]);
    }
  }
  return found.sort(([one], [other]) => one - other);
}

// The starts, as wall time, that may lie in the span.
function* walls(event, first, last) {
  const { start, rule, dates } = event;
  for (const { wall } of dates) yield wall;
  const freq = rule && { DAILY: daily, WEEKLY: weekly, MONTHLY: monthly, YEARLY: yearly }[rule.freq];
  if (!freq) {
    yield start.wall;
    return;
  }
  const time = start.wall % DAY;
  let count = 0;
  for (const day of freq(start.wall - time, rule, rule.count === Infinity ? first : 0)) {
    const wall = day + time;
    if (wall < start.wall) continue;
    if (wall > last || ++count > rule.count || count > MOST || over(rule, wall, start)) return;
    yield wall;
  }
}

function over({ until }, wall, start) {
  if (!until) return false;
  if (until.day) return wall - (wall % DAY) > until.wall;
  return instantAt(wall, start.zone) > instantAt(until.wall, until.zone);
}

// Each yields days in order, for ever; it may leave out those before `first`, which nobody counts.
function* daily(day, rule, first) {
  const size = rule.step * DAY;
  let at = day + Math.max(0, Math.floor((first - day) / size)) * size;
  for (let n = 0; n < MOST; n += 1, at += size) if (fits(at, rule)) yield at;
}

function* weekly(day, rule, first) {
  const weekdays = rule.weekdays?.map(({ weekday }) => weekday) ?? [weekday(day)];
  // Where weeks begin on Sunday, Sunday comes first in them.
  const places = weekdays.map((each) => (rule.sunday ? (each + 1) % 7 : each)).sort((a, b) => a - b);
  const size = rule.step * 7 * DAY;
  const begin = day - (rule.sunday ? (weekday(day) + 1) % 7 : weekday(day)) * DAY;
  let at = begin + Math.max(0, Math.floor((first - begin) / size) - 1) * size;
  for (let n = 0; n < MOST; n += 1, at += size) {
    for (const place of places) {
      const one = at + place * DAY;
      if (!rule.months || rule.months.includes(new Date(one).getUTCMonth() + 1)) yield one;
    }
  }
}

function* monthly(day, rule) {
  const began = new Date(day);
  for (let n = 0; n < MOST / 10; n += 1) {
    const month = began.getUTCMonth() + n * rule.step;
    yield* inMonth(began.getUTCFullYear(), month, began.getUTCDate(), rule);
  }
}

function* yearly(day, rule) {
  const began = new Date(day);
  const months = rule.months ?? [began.getUTCMonth() + 1];
  for (let n = 0; n < MOST / 100; n += 1) {
    const year = began.getUTCFullYear() + n * rule.step;
    for (const month of months) yield* inMonth(year, month - 1, began.getUTCDate(), rule);
  }
}

function* inMonth(year, month, usual, rule) {
  const first = Date.UTC(year, month, 1);
  const length = Math.round((Date.UTC(year, month + 1, 1) - first) / DAY);
  let days = [...Array(length).keys()].map((n) => first + n * DAY);
  if (rule.days || !rule.weekdays) {
    const wanted = (rule.days ?? [usual]).map((each) => (each < 0 ? length + 1 + each : each));
    days = days.filter((_, n) => wanted.includes(n + 1));
  }
  if (rule.weekdays) days = days.filter((each) => rule.weekdays.some((one) => isNth(each, one, length)));
  if (rule.freq === "MONTHLY") days = days.filter((each) => fits(each, { months: rule.months }));
  if (rule.places) days = days.filter((_, n) => rule.places.some((one) => (one < 0 ? days.length + one : one - 1) === n));
  yield* days;
}

function isNth(day, { weekday: wanted, nth }, length) {
  if (weekday(day) !== wanted) return false;
  const date = new Date(day).getUTCDate();
  if (nth > 0) return Math.ceil(date / 7) === nth;
  return nth === 0 || Math.ceil((length - date + 1) / 7) === -nth;
}

function fits(day, { weekdays, months, days }) {
  const date = new Date(day);
  if (weekdays && !weekdays.some((one) => one.weekday === weekday(day))) return false;
  if (days && !days.includes(date.getUTCDate())) return false;
  return !months || months.includes(date.getUTCMonth() + 1);
}

function weekday(day) {
  return (new Date(day).getUTCDay() + 6) % 7;
}
