// What this browser calls a zone: Asia/Calcutta for Asia/Kolkata in some, the same name in others.
export function ownName(zone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return zone;
  }
}

export function browserZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
