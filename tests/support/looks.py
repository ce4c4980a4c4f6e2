"""What every page must keep, as a browser sees it: axe-core's rules, its width, its targets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize

from support.postgres import ROOT

AXE = ROOT / "gateway/frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 800},
    "desktop": {"width": 1280, "height": 800},
}
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
CHECKED: dict[str, Literal["light", "dark"]] = {"phone": THEMES[0], "desktop": THEMES[1]}
"""The theme in which axe reads each look: a theme changes colours, a look changes the rest."""

TARGET = 44
"""Pixels that a finger needs (the design's rule; WCAG 2.2 AA asks for 24)."""

APART = {"dev-ui": ["landmark-unique"]}
"""Rules that a place cannot keep: /dev/ui shows the same components four times over."""

RUN = """async ([tags, apart]) => (await axe.run(document, {
    runOnly: tags, resultTypes: ["violations"],
    rules: Object.fromEntries(apart.map(rule => [rule, { enabled: false }])) }))
  .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`))
"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """(least) => {
  // Slim buttons stay small to the eye and take the finger around them by a pseudo-element.
  const beyond = each => {
    const around = getComputedStyle(each, "::after");
    const by = -parseFloat(around.top) - parseFloat(around.bottom);
    return around.position === "absolute" && by > 0 ? by : 0;
  };
  return [...document.querySelectorAll(
    "a.button, button, summary, input:not([type=hidden]), select, textarea, a.slot, a.day, a.tab," +
    " a.nav-link, .menu-item, .segmented a")]
  .map(each => ["checkbox", "radio"].includes(each.type) ? each.closest("label") ?? each : each)
  .filter(each => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(each => !each.closest(".trap, .visually-hidden, [aria-disabled]"))
  .filter(each => each.getBoundingClientRect().height + beyond(each) < least - 0.5)
  .map(each => each.outerHTML.slice(0, 120)); }
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures`."""
    parser.addoption(
        "--pictures", action="store_true", help="leave pictures of every page in artifacts/pages/"
    )


@dataclass(frozen=True)
class Examiner:
    """What is wrong with a page, on a phone and on a desktop; `pictures` is where to keep both."""

    axe: str
    pictures: Path | None

    def faults(self, page: Page, name: str) -> dict[str, list[str]]:
        """By look, in words; a page that is whole and accessible has none."""
        page.wait_for_selector("[data-loading]", state="detached")  # faint while it is fetched
        page.evaluate(self.axe)
        return {look: found for look in LOOKS if (found := self._faults(page, name, look))}

    def _faults(self, page: Page, name: str, look: str) -> list[str]:
        page.set_viewport_size(LOOKS[look])
        if self.pictures:
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.screenshot(path=self.pictures / f"{name}-{look}-{theme}.png", full_page=True)
        page.emulate_media(color_scheme=CHECKED[look])
        found: list[str] = page.evaluate(RUN, [TAGS, APART.get(name, [])])
        if sideways := page.evaluate(WIDE):
            found.append(f"{sideways} px too wide")
        if look == "phone":
            found += page.evaluate(SMALL, TARGET)
        return found


@pytest.fixture(scope="session")
def examiner(artifacts: Path, request: pytest.FixtureRequest) -> Examiner:
    """With axe-core, which `./workestra up` fetches with the front end's tools."""
    if not request.config.getoption("--pictures"):
        return Examiner(AXE.read_text(), None)
    (artifacts / "pages").mkdir(exist_ok=True)
    return Examiner(AXE.read_text(), artifacts / "pages")
