"""What crosses the wire is small, and told apart for whoever keeps copies of it."""

import gzip
from types import SimpleNamespace

import pytest

from gateway.presenting.assets import Assets
from support.web import Hands, Web


@pytest.fixture(scope="module")
def app():
    return Web(SimpleNamespace(engine=None), Hands(), []).app


@pytest.mark.parametrize(
    ("takes", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None), ("gzip;q=0", None)],
)
def test_a_built_file_comes_in_the_smallest_form_that_is_taken(app, takes, encoding):
    path = Assets()("public.css")
    whole = app.test_client().get(path)
    answer = app.test_client().get(path, headers={"Accept-Encoding": takes})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert (len(answer.data) < len(whole.data) / 3) is (encoding is not None)
    if encoding == "gzip":
        assert gzip.decompress(answer.data) == whole.data
    whole.close()
    answer.close()


def test_a_rendered_page_is_compressed_for_who_takes_it(app):
    plain = app.test_client().get("/api/docs")
    small = app.test_client().get("/api/docs", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.data).startswith(plain.data[:300])
    assert small.content_length == len(small.data)


def test_what_is_short_or_only_headers_stays_as_it_is(app):
    takes = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in app.test_client().get("/healthz", headers=takes).headers
    assert "Content-Encoding" not in app.test_client().head("/api/docs", headers=takes).headers
