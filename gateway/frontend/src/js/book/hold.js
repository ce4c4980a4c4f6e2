// Keeps the chosen time while the form is filled in, and gives it back when the page is left.
// Best effort: without a hold the booking itself still decides.
const RENEW_MS = 120_000;
const PATIENCE_MS = 5_000;

let hold = "";
let renewed = 0;
let sent = false;
let form = null;
let placing = null;

export function startHold() {
  const found = document.querySelector("[data-form]");
  if (!found || found === form) return;
  form = found;
  sent = false;
  hold = form.elements.hold.value;
  form.addEventListener("input", keep);
  form.addEventListener("submit", send);
  if (!document.getElementById("taken")) place();
}

function place() {
  const mine = begin().finally(() => {
    if (placing === mine) placing = null;
  });
  placing = mine;
}

// A hold on its way would stand in the way of a booking that does not know it yet.
async function send(event) {
  sent = true;
  if (!placing) return;
  event.preventDefault();
  await placing;
  event.target.requestSubmit(event.submitter);
}

export function stopHold() {
  if (hold && !sent) release();
  hold = "";
  form = null;
}

addEventListener("pagehide", () => {
  if (hold && !sent) release();
});

addEventListener("pageshow", (event) => {
  if (!event.persisted || !form) return;
  sent = false;
  hold = "";
  place();
});

async function begin() {
  const mine = form;
  if (hold && (await renew())) return;
  const { start, duration, host } = mine.elements;
  const wish = { start: start.value };
  if (host) wish.host = host.value;
  if (duration) wish.duration = Number(duration.value);
  const slug = document.querySelector("[data-book]").dataset.book;
  const answer = await ask(`/api/v1/links/${slug}/holds`, "POST", wish);
  if (!answer) return;
  if (answer.status === 201) {
    const { hold: id } = await answer.json();
    if (form !== mine) {
      // The reader has gone on meanwhile.
      ask(`/api/v1/holds/${id}`, "DELETE");
      return;
    }
    keepId(id);
  } else if (answer.status === 409 && form === mine) {
    const said = await answer.json();
    if (said.error?.code === "slot_taken") taken(said.alternatives || []);
  }
}

function keepId(id) {
  hold = id;
  renewed = Date.now();
  form.elements.hold.value = id;
  const words = form.querySelector("[data-hold-words]");
  words.textContent = form.dataset.saysKept;
  words.hidden = false;
  const here = new URL(location.href);
  if (!here.searchParams.has("start")) return;
  // A reload must not find its own hold in the way.
  here.searchParams.set("hold", id);
  history.replaceState(null, "", here);
}

async function keep() {
  if (!hold || Date.now() - renewed < RENEW_MS) return;
  renewed = Date.now();
  await renew();
}

async function renew() {
  const answer = await ask(`/api/v1/holds/${hold}`, "PATCH");
  renewed = Date.now();
  if (answer?.ok) return true;
  if (answer) hold = "";
  return false;
}

function release() {
  const id = hold;
  hold = "";
  fetch(`/api/v1/holds/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
}

// Somebody was faster: said in the same form, with the nearest times as buttons that keep it.
function taken(alternatives) {
  const box = document.getElementById("taken-template").content.firstElementChild.cloneNode(true);
  const day = writer({ weekday: "short", day: "numeric", month: "long" });
  const time = writer({ hour: "numeric", minute: "2-digit", hourCycle: form.dataset.hours });
  for (const start of alternatives.slice(0, 3)) {
    const button = document.createElement("button");
    button.className = "slot";
    button.type = "submit";
    button.formNoValidate = true;
    button.name = "pick";
    button.value = start;
    const at = new Date(start);
    const words = form.dataset.saysWhen.replace("{d}", day.format(at));
    button.textContent = words.replace("{t}", time.format(at).toLowerCase());
    box.querySelector(".offers").append(button);
  }
  if (!alternatives.length) {
    box.querySelector("[data-offer-words]").textContent = form.dataset.saysOther;
  }
  form.querySelector(".chosen-time").after(box);
  box.focus();
}

// As the server writes it: English puts the day before its month.
function writer(how) {
  const { lang } = document.documentElement;
  const timeZone = form.elements.tz.value;
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { ...how, timeZone });
}

async function ask(path, method, body) {
  try {
    return await fetch(path, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    return null;
  }
}
