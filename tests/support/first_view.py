"""What a first visit fetches, and whether what it shows moves, as Chromium itself counts it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser

MOVED = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved)));
})"""

PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0].startTime"""


@dataclass(frozen=True)
class FirstView:
    """Bytes over the wire and the page that named it, by address; layout shift; milliseconds."""

    sizes: dict[str, int]
    parents: dict[str, str]
    moved: float
    painted: float

    @property
    def bytes(self) -> int:
        """In all, headers included."""
        return sum(self.sizes.values())


def first_view(browser: Browser, url: str, **options: Any) -> FirstView:
    """A phone's first visit with an empty cache."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, **options)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    parents: dict[str, str] = {}

    def asked(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"]
        parents[event["request"]["url"]] = event["initiator"].get("url", "")

    network.on("Network.requestWillBeSent", asked)
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({names[event["requestId"]]: event["encodedDataLength"]}),
    )
    page.goto(url, wait_until="networkidle")
    seen = FirstView(sizes, parents, page.evaluate(MOVED), page.evaluate(PAINTED))
    context.close()
    return seen
