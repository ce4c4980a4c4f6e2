"""Every page, on a phone and on a desktop, light and dark: readable by everybody, and whole.

axe-core checks what WCAG 2.2 AA and its own best practices ask for. Pictures of all of it are
left in `artifacts/pages/`.
"""

from pathlib import Path

import pytest

from support.postgres import ROOT
from support.tour import PLACES

AXE = ROOT / "gateway/frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = {"phone": {"width": 360, "height": 800}, "desktop": {"width": 1280, "height": 800}}
THEMES = ["light", "dark"]
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


@pytest.fixture(scope="session")
def pictures(artifacts: Path) -> Path:
    """Where the pictures of pages go."""
    folder = artifacts / "pages"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's own script; `./workestra up` fetches it with the front end's tools."""
    return AXE.read_text()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_is_whole_and_accessible(tour, axe, pictures, place, look):
    context = tour.browser.new_context(
        viewport=LOOKS[look],
        storage_state=tour.states[place.who],
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    answer = page.goto(tour.path(place), wait_until="networkidle")
    assert answer.status == place.status
    if place.act:
        place.act(page)
    page.evaluate(axe)
    found = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=pictures / f"{place.name}-{look}-{theme}.png", full_page=True)
        found[theme] = page.evaluate(RUN, [TAGS, APART.get(place.name, [])])
    sideways = page.evaluate(WIDE)
    small = page.evaluate(SMALL, TARGET) if look == "phone" else []
    context.close()
    assert found == {theme: [] for theme in THEMES}
    assert (sideways, small, errors) == (0, [], [])
