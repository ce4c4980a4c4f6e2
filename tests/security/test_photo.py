"""A host's photo: a small square of whatever picture was sent, and nothing else of that file."""

import io

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from contracts.booking import ListHosts
from support.markup import Reader
from support.roles import LOGO

SECRET = b"51.5007 N, 0.1246 W: at home"
ROTATED = 6
"""How Exif says that the camera was held upright (tag 0x0112)."""


def taken(kind="JPEG", size=(900, 600)):
    """As a phone takes it: the left half red, the right one blue, with the place in it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = ROTATED, SECRET
    made = io.BytesIO()
    picture.save(made, kind, exif=exif, comment=SECRET)
    return made.getvalue()


REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html called png": b"<html>\x89PNG",
    "nothing": b"",
    "cut off": taken()[:3000],
    "its first bytes alone": LOGO[:12],
    "too many points": taken("PNG", (8000, 6300)),
    "too many to hold": taken("PNG", (4100, 4000)),
    "too large": taken() + b"\0" * (8 * 1024 * 1024),
}


def send(roles, who, content, name="me.jpg"):
    boundary, body = encode_multipart({"photo": FileStorage(io.BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return roles.browser(who).post("/settings/profile/photo", data=body, content_type=kind)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_at_its_field(roles, name):
    before = roles.marks()
    answer = send(roles, roles.mia, REFUSED[name], name="<b>.jpg")
    assert answer.status_code == 422
    assert 'id="f-photo-error"' in answer.text
    assert Reader(answer.text).wrong == []
    assert roles.marks() == before


def test_a_form_that_is_larger_than_any_photo_is_not_read(roles):
    assert send(roles, roles.mia, b"\xff\xd8\xff" + b"x" * 9 * 1024 * 1024).status_code == 413


def test_a_photo_is_drawn_anew_upright_and_tells_nothing(roles):
    visitor, path = roles.site.client(), f"/book/{roles.link.settings.slug}"
    assert send(roles, roles.mia, taken()).status_code == 302
    address = f"/photo/{roles.mia.id}/"
    source = visitor.get(path).text.partition(address)[2].partition('"')[0]
    picture = visitor.get(address + source)
    assert picture.mimetype == "image/webp"
    assert SECRET not in picture.data
    assert len(picture.data) < 8 * 1024
    with Image.open(io.BytesIO(picture.data)) as shown:
        assert shown.size == (160, 160)
        assert not shown.getexif()
        above, below = shown.getpixel((80, 20)), shown.getpixel((80, 140))
    assert above[0] > 200 > below[0]
    assert below[2] > 200 > above[2]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Security-Policy"].startswith("sandbox;")
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get(f"/photo/{roles.max.id}/{source}").status_code == 404
    roles.browser(roles.max).post("/settings/profile/photo/remove")
    assert address in visitor.get(path).text
    roles.browser(roles.mia).post("/settings/profile/photo/remove")
    assert address not in visitor.get(path).text
    assert visitor.get(address + source).status_code == 404


def own_page(roles):
    """The slug of Mia's page, which other tests of the same people may have changed."""
    asked = ListHosts(workspace_id=roles.mia.workspace_id)
    return next(h.slug for h in roles.local.booking.list_hosts(asked).hosts if h.id == roles.mia.id)


def test_photo_and_logo_stand_wherever_the_host_is_met(roles):
    send(roles, roles.mia, LOGO)
    roles.site.accounts.set_logo(roles.ada, LOGO)
    booked, visitor = roles.book(), roles.site.client()
    paths = (
        f"/book/{roles.link.settings.slug}?start={roles.next_start()}",
        f"/book/reschedule/{booked.reschedule_token}",
        f"/book/cancel/{booked.cancel_token}",
        f"/embed/{roles.link.settings.slug}/cancel/{booked.cancel_token}",
        roles.address_of("booking_pages.booked"),
        f"/book/{own_page(roles)}",
    )
    for path in paths:
        page = visitor.get(path)
        assert f"/photo/{roles.mia.id}/" in page.text, path
        assert f"/logo/{roles.mia.workspace_id}/" in page.text, path
        assert Reader(page.text).wrong == []
