// "in 12 minutes" stays true while the page is open. The server's clock is asked only at the
// beginning: what counts down is the time that has passed since then.

const UNITS = [
  [1440, "day"],
  [60, "hour"],
  [1, "minute"],
];

export function startSoon() {
  for (const element of document.querySelectorAll("[data-soon-minutes]")) {
    const minutes = Number(element.dataset.soonMinutes);
    const began = performance.now();
    const timer = setInterval(() => {
      const left = minutes - Math.floor((performance.now() - began) / 60000);
      element.textContent = words(left);
      if (left <= 0) clearInterval(timer);
    }, 15000);
  }
}

export function words(minutes) {
  if (minutes <= 0) return "now";
  const [size, name] = UNITS.find(([each]) => minutes >= each * (each > 60 ? 2 : 1));
  const count = Math.round(minutes / size);
  return `in ${count} ${name}${count === 1 ? "" : "s"}`;
}
