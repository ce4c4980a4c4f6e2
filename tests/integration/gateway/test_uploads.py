"""Files sent by visitors: taken by the API and the form, given to host and attendee alone."""

import io
import re
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from contracts.booking import Question
from gateway.files import taking
from gateway.files.sweeping import sweep

SEEN = count(1)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
CV = Question(id="cv", label="Your CV", type="file", accept=("pdf",), max_mib=1)
LETTER = Question(id="letter", label="A letter", type="file")
ATTENDEE = {"name": "Zoë", "email": "zoe@example.com", "timezone": "Asia/Tokyo"}
START = "2026-12-02T14:00:00Z"


class Visitor:
    """A visitor of one new link that asks for two files."""

    def __init__(self, suite):
        number = next(SEEN)
        self.suite, self.slug = suite, f"files-{number}"
        self.ada = suite.site.workspace(f"Filed{number}")
        suite.hear()
        suite.link(self.ada, self.slug, questions=(CV, LETTER))
        self.http = suite.site.client()

    def send(self, content=PDF, name="cv.pdf", question="cv"):
        parts = {"question": question, "file": FileStorage(io.BytesIO(content), name)}
        boundary, body = encode_multipart(parts)
        kind = f"multipart/form-data; boundary={boundary}"
        path = f"/api/v1/links/{self.slug}/uploads"
        return self.http.post(path, data=body, content_type=kind)

    def book(self, **answers):
        answer = self.http.post(
            f"/api/v1/links/{self.slug}/bookings",
            json={"start": START, "attendee": ATTENDEE, "answers": answers},
            headers={"Idempotency-Key": str(uuid4())},
        )
        self.suite.hear()
        return answer


@pytest.fixture
def visitor(whole):
    return Visitor(whole)


def test_a_sent_file_is_an_answer_and_its_content_is_in_no_database(visitor):
    sent = visitor.send(name="/home/me/Zoë.pdf")
    assert sent.status_code == 201
    assert {**sent.json, "upload": "", "expires_at": ""} == {
        "upload": "", "name": "Zoë.pdf", "size": len(PDF), "type": "application/pdf", "expires_at": "",
    }  # fmt: skip
    assert visitor.book(cv=sent.json["upload"]).status_code == 201
    assert visitor.book(cv=sent.json["upload"]).json["error"]["fields"] == {
        "answers.cv": "This file is no longer here. Please attach it again."
    }


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"content": b""}, 422, "file"),
        ({"content": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "name": "cv.pdf"}, 422, "file"),
        ({"content": b"MZ\x90\x00", "name": "cv.pdf"}, 422, "file"),
        ({"content": b"words", "name": "cv.pdf"}, 422, "file"),
        ({"content": PDF + b"x" * 1024 * 1024}, 422, "file"),
        ({"question": "note"}, 422, "question"),
        ({"question": "../x"}, 422, "question"),
        ({"name": ""}, 422, "file"),
    ],
)
def test_what_was_not_asked_for_is_refused_at_its_field(visitor, sent, status, field):
    answer = visitor.send(**sent)
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (status, [field])


def test_anything_but_a_form_with_parts_is_refused(visitor):
    path = f"/api/v1/links/{visitor.slug}/uploads"
    assert visitor.http.post(path, json={"question": "cv"}).status_code == 415
    assert visitor.http.post("/api/v1/links/nothing-there/uploads").status_code == 415
    broken = visitor.http.post(path, data=b"--x", content_type="multipart/form-data; boundary=x")
    assert broken.status_code == 422


def test_a_request_that_is_larger_than_any_file_is_not_read(visitor):
    path, kind = f"/api/v1/links/{visitor.slug}/uploads", "multipart/form-data; boundary=x"
    said = {"CONTENT_LENGTH": str(taking.LARGEST_REQUEST + 1)}
    answer = visitor.http.post(path, data=b"x", content_type=kind, environ_overrides=said)
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (413, ["file"])


def test_what_no_booking_took_is_deleted(visitor):
    visitor.send()
    store = visitor.suite.site.app.extensions["files"]
    booking = visitor.suite.local.booking
    assert sweep(booking, store) == 0
    visitor.suite.pass_time(timedelta(hours=3))
    assert sweep(booking, store) > 0
    assert sweep(booking, store) == 0


# --- the form of a browser without scripts -------------------------------------------------------


def form(visitor, **fields):
    """Sends the page's form as it is; the answer."""
    data = {"start": START, "tz": "Asia/Tokyo", "attendee.name": "Zoë", "key": str(uuid4())}
    data |= {"attendee.email": "zoe@example.com"} | fields
    answer = visitor.http.post(f"/book/{visitor.slug}", data=data)
    visitor.suite.hear()
    return answer


def file(content=PDF, name="cv.pdf"):
    return io.BytesIO(content), name


def held(page):
    """The uploads that the form holds, by question."""
    pairs = re.findall(r'name="answers\.(\w+)" value="([^"]+)" data-file-id', page.text)
    return dict(pairs)


def test_a_form_that_fails_keeps_its_file_and_books_with_it_later(visitor):
    failed = form(visitor, **{"attendee.email": "nobody", "file.cv": file()})
    assert failed.status_code == 422
    assert "cv.pdf" in failed.text
    booked = form(visitor, **{f"answers.{name}": value for name, value in held(failed).items()})
    assert (booked.status_code, list(held(failed))) == (303, ["cv"])


def test_a_form_sent_twice_with_its_file_books_once(visitor):
    key = str(uuid4())
    sent = [form(visitor, key=key, **{"file.cv": file()}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]


def test_a_wrong_file_is_said_at_its_field_beside_the_others(visitor):
    failed = form(visitor, **{"attendee.name": "", "file.cv": file(b"<svg/>", "cv.pdf")})
    assert failed.status_code == 422
    assert failed.text.count('class="error"') == 3  # two fields, and what scripts copy
    assert held(failed) == {}
    removed = form(visitor, **{"attendee.name": "", "file.cv": file(), "remove.letter": "1"})
    again = form(
        visitor, **{"attendee.name": "", "answers.cv": held(removed)["cv"], "remove.cv": "1"}
    )
    assert held(again) == {}


def test_a_form_that_is_too_large_for_any_file_is_refused_before_it_is_read(visitor):
    said = {"CONTENT_LENGTH": str(taking.LARGEST_FORM + 1)}
    kind = "multipart/form-data; boundary=x"
    path = f"/book/{visitor.slug}"
    answer = visitor.http.post(path, data=b"x", content_type=kind, environ_overrides=said)
    assert answer.status_code == 413


# --- who can have it --------------------------------------------------------------------------------


@pytest.fixture
def filed(visitor):
    """A booking with a file whose name is hostile; its addresses."""
    upload = visitor.send(name="履歴書 <b> X: y.pdf").json["upload"]
    booked = visitor.book(cv=upload).json
    visitor.page = f"/calendar/{booked['id']}"
    visitor.hosts_file = f"{visitor.page}/files/{upload}"
    visitor.own_file = f"{urlsplit(booked['reschedule_url']).path}/files/{upload}"
    visitor.host = visitor.suite.site.signed_in(visitor.ada)
    return visitor


def test_host_and_attendee_get_it_as_an_attachment_that_nothing_runs(filed):
    for client, path in ((filed.host, filed.hosts_file), (filed.http, filed.own_file)):
        answer = client.get(path)
        assert (answer.status_code, answer.data) == (200, PDF)
        headers = answer.headers
        name = "filename*=UTF-8''%E5%B1%A5%E6%AD%B4%E6%9B%B8%20_b_%20X_%20y.pdf"
        assert headers["Content-Disposition"].startswith("attachment;")
        assert name in headers["Content-Disposition"]
        assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == "application/pdf"


def test_nobody_else_gets_it(filed):
    site = filed.suite.site
    eve = site.signed_in(site.workspace(f"Else{filed.slug}"))
    abe = site.signed_in(site.member(filed.ada, "abe", "admin"))
    assert [who.get(filed.hosts_file).status_code for who in (filed.http, eve, abe)] == [
        302, 404, 404,
    ]  # fmt: skip
    own, _, upload = filed.own_file.rpartition("/")
    other = filed.send(question="letter").json["upload"]
    assert filed.http.get(f"{own}/{other}").status_code == 404
    token = own.split("/")[3]
    wrong = f"/book/reschedule/{token[::-1]}/files/{upload}"
    assert filed.http.get(wrong).status_code == 404


def test_a_file_is_shown_to_its_host_and_erased_for_good(filed):
    site, page = filed.suite.site, filed.host.get(filed.page).text
    assert "履歴書 _b_ X_ y.pdf" in page
    site.app.config["WTF_CSRF_ENABLED"] = False
    assert "履歴書" in filed.host.get(f"{filed.hosts_file}/delete").text
    assert filed.host.post(f"{filed.hosts_file}/delete").status_code == 302
    site.app.config["WTF_CSRF_ENABLED"] = True
    after = filed.host.get(filed.page).text
    assert "履歴書" not in after
    assert "File deleted" in after
    assert filed.http.get(filed.own_file).status_code == 404
    assert sweep(filed.suite.local.booking, site.app.extensions["files"]) == 0
