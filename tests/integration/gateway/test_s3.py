"""Files in S3: a real server of its protocol, spoken to as in production."""

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import requests
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from contracts.booking import Question
from contracts.errors import NotFound, Unavailable
from gateway.files.store import FileStore
from gateway.files.sweeping import sweep
from support.web import NOW

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + b"x" * 600_000
START = (NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def s3():
    """Its address; the environment names it as the images' does."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        assert requests.put(f"{url}/files", timeout=30).ok
        yield url
    server.stop()


@pytest.fixture(scope="module")
def store(s3):
    return FileStore("s3://files/work")


def listed(s3):
    return requests.get(f"{s3}/files", timeout=30).text.count("<Key>")


@pytest.fixture
def office(whole, store, monkeypatch):
    monkeypatch.setitem(whole.site.app.extensions, "files", store)
    whole.site.app.config["WTF_CSRF_ENABLED"] = False
    ada = whole.site.workspace(f"S{uuid4().hex[:6]}")
    whole.hear()
    slug = f"s3-{uuid4().hex[:6]}"
    whole.link(ada, slug, questions=(Question(id="cv", label="CV", type="file"),))
    return whole, ada, slug


def send(http, slug):
    parts = {"question": "cv", "file": FileStorage(io.BytesIO(PDF), "cv.pdf")}
    boundary, body = encode_multipart(parts)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = http.post(f"/api/v1/links/{slug}/uploads", data=body, content_type=kind)
    return answer.status_code, answer.json


def book(suite, http, slug, upload):
    attendee = {"name": "Zoë", "email": "zoe@example.com", "timezone": "Asia/Tokyo"}
    answer = http.post(
        f"/api/v1/links/{slug}/bookings",
        json={"start": START, "attendee": attendee, "answers": {"cv": upload}},
        headers={"Idempotency-Key": str(uuid4())},
    )
    suite.hear()
    return UUID(answer.json["id"])


def test_a_file_goes_there_comes_back_to_its_host_and_is_erased(office, s3):
    suite, ada, slug = office
    http, host, before = suite.site.client(), suite.site.signed_in(ada), listed(s3)
    status, sent = send(http, slug)
    assert (status, listed(s3)) == (201, before + 1)
    booking = book(suite, http, slug, sent["upload"])
    path = f"/calendar/{booking}/files/{sent['upload']}"
    with host.get(path) as answer:
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename=cv.pdf"
    assert host.post(f"{path}/delete").status_code == 302
    sweep(suite.local.booking, suite.site.app.extensions["files"])
    assert listed(s3) == before
    assert host.get(path).status_code == 404


def test_what_no_booking_took_is_gone_after_its_time(office, s3):
    suite, _, slug = office
    before = listed(s3)
    send(suite.site.client(), slug)
    suite.pass_time(timedelta(hours=3))
    assert sweep(suite.local.booking, suite.site.app.extensions["files"]) == 1
    assert listed(s3) == before


def test_threads_share_one_store(store):
    def round_trip(number):
        key, content = f"{number:02}thread", bytes([number]) * 100_000
        store.put(key, io.BytesIO(content))
        with store.open(key) as found:
            same = found.read() == content
        store.delete(key)
        store.delete(key)
        with pytest.raises(NotFound):
            store.open(key)
        return same

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(round_trip, range(16)))


def test_a_bucket_that_is_not_there_is_not_made(s3):
    with pytest.raises(Unavailable):
        FileStore("s3://mistyped/x").put("key", io.BytesIO(b"x"))
    assert requests.get(f"{s3}/mistyped", timeout=30).status_code == 404


def test_while_nobody_answers_visitors_are_told_to_try_again(office, monkeypatch):
    suite, _, slug = office
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    S3FileSystem.clear_instance_cache()  # else it remembers where S3 is
    away = FileStore("s3://files/away")
    monkeypatch.setitem(suite.site.app.extensions, "files", away)
    status, said = send(suite.site.client(), slug)
    assert (status, said["error"]["code"]) == (503, "unavailable")
    for act in (away.open, away.delete):
        with pytest.raises(Unavailable):
            act("key")
