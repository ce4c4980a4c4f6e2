"""What every page must keep, as a browser sees it: axe-core's rules, its width, its targets."""

from pathlib import Path

import pytest

from support.postgres import ROOT

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
