"""What a stranger's phone must fetch before it shows a time, and that nothing jumps meanwhile."""

import pytest

BUDGET = 60 * 1024
"""Bytes over the wire in all, headers included."""

MOVED = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved)));
})"""


def _opened(browser, url, **options):
    """A first visit with an empty cache: the page, bytes by address, layout shift."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, **options)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    names, sizes, parents = {}, {}, {}

    def asked(event):
        names[event["requestId"]] = event["request"]["url"]
        parents[event["request"]["url"]] = event["initiator"].get("url", "")

    network.on("Network.requestWillBeSent", asked)
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({names[event["requestId"]]: event["encodedDataLength"]}),
    )
    page.goto(url, wait_until="networkidle")
    moved = page.evaluate(MOVED)
    context.close()
    return sizes, parents, moved


ZONES = ["Europe/London", "Asia/Tokyo", "Pacific/Auckland"]


@pytest.mark.parametrize("zone", ZONES, ids=["at-home", "far-away", "farther"])
def test_the_first_view_is_light_and_still(browser, embedded_suite, artifacts, zone):
    url = f"{embedded_suite.url}/book/ada"
    sizes, parents, moved = _opened(browser, url, timezone_id=zone)
    figure = f"{sum(sizes.values())} bytes in {len(sizes)} requests, layout shift {moved}"
    (artifacts / f"first-view-{zone.partition('/')[2]}.txt").write_text(figure)
    assert sum(sizes.values()) <= BUDGET, sizes
    # Also where the reader's own times take the place of the host's.
    assert moved == 0
    # One round of requests after the document: whatever it needs is named by the document itself.
    statics = [name for name in sizes if "/book/" not in name]
    assert {parents[name] for name in statics} - {""} <= {url}
