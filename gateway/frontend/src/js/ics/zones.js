// Wall time and instants. A wall time is written as the instant that it would be in UTC (ms).
const formats = new Map();

// The names that Outlook gives to zones (Unicode CLDR, windowsZones), the most common ones.
const WINDOWS = {
  "GMT Standard Time": "Europe/London",
  "W. Europe Standard Time": "Europe/Berlin",
  "Central Europe Standard Time": "Europe/Budapest",
  "Central European Standard Time": "Europe/Warsaw",
  "Romance Standard Time": "Europe/Paris",
  "E. Europe Standard Time": "Europe/Chisinau",
  "FLE Standard Time": "Europe/Kyiv",
  "GTB Standard Time": "Europe/Bucharest",
  "Turkey Standard Time": "Europe/Istanbul",
  "Russian Standard Time": "Europe/Moscow",
  "Israel Standard Time": "Asia/Jerusalem",
  "South Africa Standard Time": "Africa/Johannesburg",
  "Arabian Standard Time": "Asia/Dubai",
  "India Standard Time": "Asia/Calcutta",
  "China Standard Time": "Asia/Shanghai",
  "Singapore Standard Time": "Asia/Singapore",
  "Tokyo Standard Time": "Asia/Tokyo",
  "Korea Standard Time": "Asia/Seoul",
  "AUS Eastern Standard Time": "Australia/Sydney",
  "New Zealand Standard Time": "Pacific/Auckland",
  "E. South America Standard Time": "America/Sao_Paulo",
  "Eastern Standard Time": "America/New_York",
  "Central Standard Time": "America/Chicago",
  "Mountain Standard Time": "America/Denver",
  "US Mountain Standard Time": "America/Phoenix",
  "Pacific Standard Time": "America/Los_Angeles",
};

// What this browser knows the zone as; undefined where it knows none of that name.
export function known(name) {
  const plain = name.replace(/^"|"$/g, "");
  const tries = [plain, WINDOWS[plain], plain.split("/").slice(-2).join("/")];
  return tries.find((zone) => zone && format(zone));
}

function format(zone) {
  if (!formats.has(zone)) {
    try {
      formats.set(
        zone,
        new Intl.DateTimeFormat("en-US", {
          timeZone: zone,
          hourCycle: "h23",
          year: "numeric",
          month: "numeric",
          day: "numeric",
          hour: "numeric",
          minute: "numeric",
          second: "numeric",
        }),
      );
    } catch {
      formats.set(zone, null);
    }
  }
  return formats.get(zone);
}

export function wallAt(instant, zone) {
  const parts = {};
  for (const { type, value } of format(zone).formatToParts(instant)) parts[type] = Number(value);
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

// The first of two where the clocks are put back; where they skip it, the time is read with the
// offset before the gap (RFC 5545, 3.3.5).
export function instantAt(wall, zone) {
  if (zone === "UTC") return wall;
  const day = 86400000;
  const before = wallAt(wall - day, zone) - (wall - day);
  const after = wallAt(wall + day, zone) - (wall + day);
  const found = [wall - before, wall - after].filter((one) => wallAt(one, zone) === wall);
  return found.length ? Math.min(...found) : wall - before;
}
