// The reader's zone: guessed from the browser, every zone it knows in the list, changed at once.
import { browserZone, ownName } from "../zone-names.js";
import { regroup } from "./regroup.js";
import { follow, tellSwapped } from "./swap.js";

export function guessZone() {
  const select = document.getElementById("f-tz");
  if (!select) return;
  const asked = new URLSearchParams(location.search);
  const own = remembered() || browserZone();
  if (asked.has("tz") || !own || own === select.value || own === ownName(select.value)) return;
  tellServer(own);
  asked.set("tz", own);
  const href = `${location.pathname}?${asked}`;
  // What stands below the times would jump when theirs come: it waits, unseen.
  document.body.dataset.settling = "";
  settle(own, href).finally(() => {
    // One frame without it, or the browser would see it jump.
    requestAnimationFrame(() => {
      requestAnimationFrame(() => delete document.body.dataset.settling);
    });
  });
}

async function settle(own, href) {
  if (!regroup(own)) return follow(href, { replace: true });
  history.replaceState(null, "", href);
  return tellSwapped();
}

export function onZone(event) {
  const select = event.target;
  if (select.id !== "f-tz") return;
  remember(select.value);
  tellServer(select.value);
  const asked = new URLSearchParams(new FormData(select.form));
  follow(`${select.form.getAttribute("action")}?${asked}`, { focus: "#f-tz" });
}

// The list is filled when it is first wanted: four hundred zones would weigh on the first view.
document.addEventListener("pointerdown", fill);
document.addEventListener("focusin", fill);

function fill(event) {
  const select = event.target.closest?.("#f-tz");
  if (!select || select.dataset.full || !Intl.supportedValuesOf) return;
  select.dataset.full = "1";
  // The browser may still call a zone by an older name: what it makes of ours is known too.
  const known = new Set([...select.options].flatMap((option) => [option.value, ownName(option.value)]));
  const groups = new Map();
  const areas = JSON.parse(select.dataset.areas);
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    const [area] = zone.split("/");
    if (known.has(zone) || !zone.includes("/")) continue;
    if (!groups.has(area)) groups.set(area, document.createElement("optgroup"));
    groups.get(area).label = select.dataset.saysMore.replace("#", areas[area] ?? area);
    groups.get(area).append(new Option(zone.slice(area.length + 1).replaceAll("_", " "), zone));
  }
  select.append(...groups.values());
}

function remembered() {
  try {
    return localStorage.getItem("zone");
  } catch {
    return null;
  }
}

// So that the next visit's page comes in this zone at once. Not in a widget: it has no cookies.
function tellServer(zone) {
  if (document.body.dataset.frame) return;
  const safe = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${zone}; Path=/book; Max-Age=31536000; SameSite=Lax${safe}`;
}

function remember(zone) {
  try {
    // Only a wish that differs from the browser's is worth keeping.
    if (ownName(zone) === ownName(browserZone())) localStorage.removeItem("zone");
    else localStorage.setItem("zone", zone);
  } catch {
    // Storage may be forbidden; the address keeps the zone for this visit.
  }
}
