"""The attendee's two links: random, kept as hashes, for one action each, dead in time, told nobody."""

import hashlib
import re
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text

SERVICES = ("booking", "availability", "calendar-sync", "notifications", "crm-bridge")
ACTIONS = ("reschedule", "cancel")


def api(action, token):
    return f"/api/v1/bookings/{action}/{token}"


def page(action, token):
    return f"/book/{action}/{token}"


def tokens(booked):
    return {"reschedule": booked.reschedule_token, "cancel": booked.cancel_token}


def tables(database):
    """Every table with all of its rows as text."""
    named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with database.begin() as tx:
        for (table,) in tx.execute(text(named)).all():
            rows = tx.execute(text(f'SELECT t::text FROM "{table}" t')).scalars()
            yield table, "\n".join(rows)


def everywhere(roles):
    databases = [roles.local.surface(name).db for name in SERVICES]
    for database in (*databases, roles.site.accounts.engine):
        yield from tables(database)


def post(roles, path, **body):
    return roles.site.client().post(path, json=body)


def test_tokens_are_long_and_never_the_same(roles):
    made = [token for _ in range(8) for token in tokens(roles.book()).values()]
    assert len(set(made)) == 16
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)  # 256 bits
    assert len({token[:4] for token in made}) == 16


def test_only_their_hashes_are_kept_and_told(roles):
    """In no table of any service: rows, outbox, inbox, dead letters, mails, timelines."""
    with structlog.testing.capture_logs() as lines:
        booked = roles.book()
        roles.suite.hear()
        moved = post(roles, api("reschedule", booked.reschedule_token), start=roles.next_start())
        assert moved.status_code == 200, moved.text
        roles.suite.hear()
        newest = moved.json["cancel_url"].rpartition("/")[2]
        roles.site.client().get(page("cancel", newest))
        assert post(roles, api("cancel", newest), reason="Ill").status_code == 200
        roles.suite.hear()
    secrets = [*tokens(booked).values(), newest]
    for table, rows in everywhere(roles):
        assert not any(secret in rows for secret in secrets), table
    assert not any(secret in repr(lines) for secret in secrets)
    metrics = roles.site.client().get("/metrics").text
    assert not any(secret in metrics for secret in secrets)
    assert any(secret in mail["text"] for mail in mails(roles) for secret in secrets)


def mails(roles):
    return roles.site.client().get("/dev/mail.json").json


def test_they_are_compared_by_a_hash_of_them(roles):
    """The database looks a SHA-256 up: how long that takes tells nothing of a token."""
    booked = roles.book()
    query = "SELECT action, digest FROM manage_token WHERE booking_id = :id"
    with roles.local.booking.db.begin() as tx:
        kept = {
            row.action: bytes(row.digest)
            for row in tx.execute(text(query), {"id": booked.booking.id})
        }
    assert kept == {
        action: hashlib.sha256(token.encode()).digest() for action, token in tokens(booked).items()
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_each_is_for_one_action(roles, action):
    other = {"reschedule": "cancel", "cancel": "reschedule"}[action]
    token, before = tokens(roles.book())[other], roles.marks()
    body = {"start": roles.next_start()}
    assert post(roles, api(action, token), **body).status_code == 404
    assert roles.site.client().get(page(action, token)).status_code == 404
    assert roles.site.client().post(page(action, token), data=body).status_code == 404
    assert roles.marks() == before


def with_one_letter_changed(token):
    return ("A" if token[0] != "A" else "B") + token[1:]


@pytest.mark.parametrize("change", [with_one_letter_changed, str.swapcase, lambda t: t[::-1]])
def test_a_token_that_is_nearly_right_is_none(roles, change):
    booked = roles.book()
    for action, token in tokens(booked).items():
        answer = post(roles, api(action, change(token)), start=roles.next_start())
        assert answer.status_code == 404


def test_both_die_when_the_booking_is_cancelled(roles):
    booked = roles.book()
    assert post(roles, api("cancel", booked.cancel_token)).status_code == 200
    before = roles.marks()
    again = post(roles, api("cancel", booked.cancel_token))
    assert (again.status_code, again.json["error"]["code"]) == (409, "already_cancelled")
    moved = post(roles, api("reschedule", booked.reschedule_token), start=roles.next_start())
    assert (moved.status_code, moved.json["error"]["code"]) == (409, "already_cancelled")
    form = roles.site.client().post(page("cancel", booked.cancel_token))
    assert form.status_code == 303
    assert "This meeting is cancelled" in roles.site.client().get(form.headers["Location"]).text
    assert roles.marks() == before


def test_both_die_and_are_renewed_when_the_booking_is_moved(roles):
    booked = roles.book()
    moved = post(roles, api("reschedule", booked.reschedule_token), start=roles.next_start())
    assert moved.status_code == 200
    before = roles.marks()
    for action, token in tokens(booked).items():
        answer = post(roles, api(action, token), start=roles.next_start())
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "already_moved")
        shown = roles.site.client().get(page(action, token))
        assert shown.status_code == 409
        assert "Zoë" not in shown.text
    assert roles.marks() == before
    newest = {action: moved.json[f"{action}_url"].rpartition("/")[2] for action in ACTIONS}
    assert not set(newest.values()) & set(tokens(booked).values())
    assert post(roles, api("cancel", newest["cancel"])).status_code == 200


def test_both_die_at_the_start(roles):
    booked = roles.book()
    ahead = booked.booking.start - roles.local.clock.now()
    later = roles.next_start()
    roles.suite.pass_time(ahead)
    try:
        for action, token in tokens(booked).items():
            answer = post(roles, api(action, token), start=later)
            assert (answer.status_code, answer.json["error"]["code"]) == (409, "too_late")
    finally:
        roles.suite.pass_time(-ahead)
    roles.suite.pass_time(timedelta())


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_scanner_that_follows_links_changes_nothing(roles, method):
    booked = roles.book()
    paths = [page(action, token) for action, token in tokens(booked).items()]
    paths += [api(action, token) for action, token in tokens(booked).items()]
    paths += [f"{path}?start={roles.next_start()}" for path in paths]
    before = roles.marks()
    for path in paths:
        assert roles.site.client().open(path, method=method).status_code in {200, 405}
    assert roles.marks() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_no_page_with_a_token_tells_where_its_reader_was(roles, action):
    token = tokens(roles.book())[action]
    for path in (page(action, token), page(action, "x" * 43)):
        headers = roles.site.client().get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
    refused = roles.site.client().post(page(action, token), data={"start": "x", "reason": "\x07"})
    assert (refused.status_code, refused.headers["Referrer-Policy"]) == (422, "no-referrer")


@pytest.mark.parametrize("path", ["/reset/", "/invitation/"])
def test_no_page_of_a_one_time_link_tells_where_its_reader_was(roles, path):
    roles.site.accounts.ask_reset(roles.newcomer().email)
    known = roles.site.said[-1].sealed_url.rpartition("/")[2]
    for token in ("x" * 43, known):
        headers = roles.site.client().get(f"{path}{token}").headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_the_page_after_booking_is_signed_and_private(roles):
    address = (
        roles.site.client()
        .post(
            "/book/mia-call",
            data={
                "start": roles.next_start(),
                "attendee.name": "Zoë",
                "attendee.email": "done@example.com",
                "tz": "UTC",
            },
        )
        .headers["Location"]
    )
    shown = roles.site.client().get(address)
    assert (shown.status_code, shown.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert shown.headers["Cache-Control"] == "no-store"
    # Not the last character: some of its bits say nothing.
    forged = address[:-9] + ("B" if address[-9] == "A" else "A") + address[-8:]
    assert roles.site.client().get(forged).status_code == 404
    assert roles.site.client().get(address.replace("/done/", "/done/x")).status_code == 404


def test_the_refusals_of_a_token_are_documented(roles):
    document = roles.site.client().get("/api/v1/openapi.json").json
    for action in ACTIONS:
        answers = document["paths"][f"/api/v1/bookings/{action}/{{token}}"]["post"]["responses"]
        assert {"404", "409"} <= set(answers), action
