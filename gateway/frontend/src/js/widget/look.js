// How the widget looks on a page that is not ours: set property by property, stronger than its rules.
export function css(element, rules) {
  for (const name in rules) element.style.setProperty(name, rules[name], "important");
}

// A transparent frame takes the ground of the page: light text on a dark one, dark on a light one.
export function themeOf(element) {
  const { theme } = element.dataset;
  if (theme === "light" || theme === "dark") return theme;
  for (let one = element; one; one = one.parentElement) {
    const ground = getComputedStyle(one).backgroundColor;
    const [red, green, blue, alpha = 1] = ground.match(/[\d.]+/g) ?? [0, 0, 0, 0];
    if (ground.startsWith("rgb") && alpha > 0.5) return dark(red, green, blue) ? "dark" : "light";
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return /dark/.test(scheme) && (!/light/.test(scheme) || systemTheme() === "dark")
    ? "dark"
    : "light";
}

export function systemTheme() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function dark(red, green, blue) {
  return 0.299 * red + 0.587 * green + 0.114 * blue < 150;
}

// What stands there until the frame is ready: quiet, and about as tall as what comes.
export function skeleton(box, loading) {
  const rest = document.createElement("div");
  const wide = box.clientWidth >= 768;
  const tall = wide ? 480 : box.clientWidth < 420 ? 940 : 850;
  css(rest, { display: "grid", gap: "16px", padding: "20px 0", "align-content": "start" });
  css(rest, { "min-height": `${tall}px`, "box-sizing": "border-box" });
  rest.setAttribute("role", "status");
  rest.setAttribute("aria-label", loading);
  for (const height of [28, 16, wide ? 360 : 320]) {
    const part = document.createElement("div");
    css(part, { height: `${height}px`, background: "rgba(127,127,127,.14)", "border-radius": "8px" });
    rest.append(part);
  }
  // The frame loads underneath, at its full width, and takes this place at once.
  return rest;
}
