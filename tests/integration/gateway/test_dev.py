"""What is there only embedded: mails, the clock."""

from email.message import EmailMessage

import pytest

from support.web import web

EVIL = "<h1>Hi</h1><script>alert(1)</script>"


@pytest.fixture
def folder(tmp_path):
    for box in ("new", "cur", "tmp"):
        (tmp_path / box).mkdir()
    return tmp_path


@pytest.fixture
def site(databases, folder):
    with web(databases("gateway"), mail_dir=str(folder)) as made:
        yield made


def deliver(folder, name="1.host", subject="Confirmed: Intro"):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "a@acme.test", "zoe@x.test"
    mail.set_content("Hello in text")
    mail.add_alternative(EVIL, subtype="html")
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    (folder / "new" / name).write_bytes(mail.as_bytes())


def test_an_empty_box_says_so(site):
    answer = site.client().get("/dev/mail")
    assert answer.status_code == 200
    assert "No mail yet" in answer.text


def test_a_mail_is_shown_in_all_its_parts(site, folder):
    deliver(folder)
    client = site.client()
    assert "Confirmed: Intro" in client.get("/dev/mail").text
    page = client.get("/dev/mail/1.host").text
    for part in ("Hello in text", "BEGIN:VCALENDAR", "zoe@x.test", "sandbox"):
        assert part in page
    assert EVIL not in page
    (listed,) = client.get("/dev/mail.json").json
    assert (listed["to"], listed["text"].strip()) == ("zoe@x.test", "Hello in text")


def test_the_html_part_is_shut_in(site, folder):
    deliver(folder)
    answer = site.client().get("/dev/mail/1.host/html")
    assert answer.text.strip() == EVIL
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("name", ["2.host", "..%2f..%2fetc%2fpasswd", "%00", ".."])
def test_what_is_no_mail_is_not_found(site, folder, name):
    deliver(folder)
    assert site.client().get(f"/dev/mail/{name}").status_code in {308, 404}
    assert site.client().get(f"/dev/mail/{name}/html").status_code in {308, 404}


def test_components_are_shown(site):
    assert site.client().get("/dev/ui").status_code == 200


@pytest.mark.parametrize("body", [{}, {"offset_seconds": "1"}, {"offset_seconds": 1e12}, []])
def test_an_odd_move_of_the_clock_is_refused(site, body):
    assert site.client().post("/dev/clock", json=body).status_code == 422


def test_the_clock_is_moved_and_kept_slots_are_dropped(site):
    assert site.client().post("/dev/clock", json={"offset_seconds": 0}).status_code == 200
