// The reader's own choice of colours: kept in this browser, applied by static/theme.js at the start.
export function startTheme() {
  for (const group of document.querySelectorAll("[data-theme-switch]")) {
    group.hidden = false;
    const buttons = [...group.querySelectorAll("[data-theme-choice]")];
    const show = () => {
      const current = document.documentElement.dataset.theme || "";
      for (const button of buttons) {
        button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
      }
    };
    show();
    group.addEventListener("click", (event) => {
      const button = event.target.closest("[data-theme-choice]");
      if (!button) return;
      choose(button.dataset.themeChoice);
      show();
    });
  }
}

function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage may be forbidden; the choice then lasts for this page.
  }
}
