"""The booking page: what a phone fetches and sees first, and how often the server can give it.

Chromium counts bytes, requests and layout shift. The rate stands beside a bare Flask view that
gives the same bytes on the same server (gunicorn, 16 threads), asked by the same 16 visitors; the
services run as processes over RabbitMQ.
"""

import shutil
from statistics import median

import requests
from playwright.sync_api import Browser, sync_playwright

from bench.bench_book import get, measured
from bench.bench_bus import bare_view, processes, set_up
from servicekit.rpc import RpcClient
from support.browser import OPTIONS
from support.first_view import FirstView, first_view
from support.suites import ProcessSuite

PAGES = 1500
VISITS = 5
ZONES = ("Europe/London", "America/Los_Angeles", "Pacific/Auckland")


def seen(browser: Browser, url: str) -> dict[str, float]:
    """First visits from several zones: the heaviest of them."""
    views: list[FirstView] = [
        first_view(browser, url, timezone_id=zone) for zone in ZONES for _ in range(VISITS)
    ]
    return {
        "first view, bytes over the wire (at most 61,440)": max(view.bytes for view in views),
        "requests after the document": max(len(view.sizes) - 1 for view in views),
        "documents": max(sum("/book/" in name for name in view.sizes) for view in views),
        "layout shift (0)": max(view.moved for view in views),
        "first paint, ms": median(view.painted for view in views),
    }


def served(suite: ProcessSuite, path: str) -> dict[str, float]:
    """How often in a second, beside the bare view."""
    url = suite.url + path
    with bare_view(requests.get(url, timeout=20).content) as bare:
        floor, floor_p99 = measured(get, bare, [""] * PAGES, 99)
        rate, p99 = measured(get, url, [""] * PAGES, 99)
    return {
        "pages a second": rate,
        "page, 99th percentile, ms": p99,
        "bare view a second": floor,
        "page / bare view": rate / floor,
        "page / bare view, 99th percentile": p99 / floor_p99,
    }


def script(suite: ProcessSuite) -> dict[str, float]:
    """What a site that embeds us loads."""
    asked = {"Accept-Encoding": "gzip"}
    with requests.get(f"{suite.url}/embed.js", headers=asked, stream=True, timeout=20) as answer:
        return {"embed.js, bytes gzipped (at most 4,096)": len(answer.raw.read())}


def run() -> dict[str, float]:
    """All of it on the same suite."""
    with processes() as suite:
        client = RpcClient(suite.amqp_uri)
        set_up(suite, client)
        client.close()
        figures = served(suite, "/book/ada") | script(suite)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=OPTIONS
            )
            try:
                return figures | seen(browser, f"{suite.url}/book/ada")
            finally:
                browser.close()
