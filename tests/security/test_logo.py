"""A workspace's logo: a small picture by its content, inert wherever it is opened."""

import io

import pytest

from support.markup import Reader
from support.roles import LOGO

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "svg": SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "html called png": b"<html>\x89PNG",
    "pdf": b"%PDF-1.7 x",
    "nothing": b"",
    "too large": LOGO + b"\0" * 41_000,
}


def send(roles, who, content, name="logo.png"):
    data = {"logo": (io.BytesIO(content), name)}
    return roles.browser(who).post("/settings/workspace/logo", data=data)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_small_picture_is_refused_at_its_field(roles, name):
    before = roles.marks()
    answer = send(roles, roles.ada, REFUSED[name], name="<b>.png")
    assert answer.status_code == 422
    assert 'id="f-logo-error"' in answer.text
    assert Reader(answer.text).wrong == []
    assert roles.marks() == before


def test_a_picture_stands_on_the_booking_page_until_it_is_taken_away(roles):
    visitor = roles.site.client()
    path = f"/book/{roles.link.settings.slug}"
    assert send(roles, roles.ada, LOGO).status_code == 302
    roles.browser(roles.eve).post("/settings/workspace/logo/remove")
    address = f"/logo/{roles.ada.workspace_id}/"
    for page in (path, path.replace("/book/", "/embed/")):
        assert address in visitor.get(page).text
    source = visitor.get(path).text.partition(address)[2].partition('"')[0]
    picture = visitor.get(address + source)
    assert picture.data == LOGO
    assert picture.mimetype == "image/png"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Security-Policy"].startswith("sandbox;")
    assert visitor.get(f"/logo/{roles.eve.workspace_id}/{source}").status_code == 404
    roles.browser(roles.abe).post("/settings/workspace/logo/remove")
    assert address not in visitor.get(path).text
    assert visitor.get(address + source).status_code == 404


def test_members_change_no_logo(roles):
    assert send(roles, roles.mia, LOGO).status_code == 403
