"""What one stranger may do in a while, to us and to the mailboxes of others."""

from io import BytesIO
from uuid import uuid4

import pytest

from gateway.limits import BY_ACCOUNT, RECIPIENT, account_key

STRANGER = {"REMOTE_ADDR": "203.0.113.77"}


def bucket(roles, email):
    with roles.site.app.app_context():
        return account_key("recipient", email)


def flooded(roles):
    """A mailbox that may be told of no more bookings."""
    email = f"{roles.word('flooded')}@example.com"
    for _ in range(RECIPIENT.capacity):
        roles.site.accounts.take(bucket(roles, email), RECIPIENT)
    return email


def by_api(roles, email, *guests, start=None):
    return roles.site.client().post(
        "/api/v1/links/mia-call/bookings",
        json={
            "start": start or roles.next_start(),
            "attendee": {"name": "Zoë", "email": email, "timezone": "UTC"},
            "guests": list(guests),
        },
        headers={"Idempotency-Key": str(uuid4())},
    )


def by_form(roles, email, *guests):
    form = {"start": roles.next_start(), "attendee.name": "Zoë", "attendee.email": email}
    form |= {"guests": "\n".join(guests), "tz": "UTC"}
    return roles.site.client().post("/book/mia-call", data=form)


@pytest.mark.parametrize("book", [by_api, by_form])
@pytest.mark.parametrize("guest", [False, True])
def test_a_mailbox_is_not_flooded_as_attendee_nor_as_guest(roles, book, guest):
    email, before = flooded(roles), roles.marks()
    people = ("zoe-abuse@example.com", email.upper()) if guest else (email,)
    refused = book(roles, *people)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert roles.marks() == before


def left(roles, email):
    """Of how many bookings a mailbox may still be told; of none, once it was asked."""
    key, takes = bucket(roles, email), 0
    while not roles.site.accounts.take(key, RECIPIENT):
        takes += 1
    return takes


@pytest.mark.parametrize("book", [by_api, by_form])
def test_each_booking_counts_for_each_mailbox_once(roles, book):
    people = [f"{roles.word('told')}@example.com" for _ in range(3)]
    assert book(roles, *people, people[0]).status_code in {201, 303}
    assert [left(roles, email) for email in people] == [RECIPIENT.capacity - 1] * 3


def test_a_booking_that_is_refused_counts_for_nobody(roles):
    people = [f"{roles.word('spared')}@example.com" for _ in range(2)]
    taken = roles.next_start()
    assert by_api(roles, "zoe-first@example.com", start=taken).status_code == 201
    assert by_api(roles, *people, start=taken).status_code == 409
    assert by_api(roles, people[0], flooded(roles)).status_code == 429
    assert [left(roles, email) for email in people] == [RECIPIENT.capacity] * 2


def test_a_form_that_a_machine_filled_in_books_nothing(roles):
    form = {"start": roles.next_start(), "attendee.name": "Zoë", "website": "https://spam.test"}
    form |= {"attendee.email": "zoe@example.com", "tz": "UTC"}
    before = roles.marks()
    assert roles.site.client().post("/book/mia-call", data=form).status_code == 303
    assert roles.marks() == before


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/links/mia-call/bookings", 20),
        ("/api/v1/links/mia-call/holds", 30),
        ("/api/v1/links/mia-call/uploads", 30),
        (f"/api/v1/bookings/cancel/{'x' * 43}", 60),
    ],
)
def test_a_stranger_is_limited(roles, path, most):
    """Whatever `X-Forwarded-For` says: no proxy is trusted here."""
    client, statuses = roles.site.client(), []
    while 429 not in statuses and len(statuses) < 3 * most:  # some tokens come back meanwhile
        answer = client.post(
            path,
            json={},
            headers={"Idempotency-Key": "k", "X-Forwarded-For": f"198.51.100.{len(statuses)}"},
            environ_base=STRANGER,
        )
        statuses.append(answer.status_code)
    assert statuses.index(429) >= most
    assert set(statuses[:-1]) <= {404, 415, 422}
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("action", "path", "more"),
    [
        ("picture", "/settings/profile/photo", {"data": {"photo": (BytesIO(b"x"), "me.png")}}),
        ("picture", "/settings/workspace/logo", {"data": {"logo": (BytesIO(b"x"), "us.png")}}),
        ("what_if", "/api/v1/what-if", {"json": {}}),
    ],
)
def test_what_takes_long_to_work_out_is_limited_for_each_account(roles, action, path, more):
    accounts, key = roles.site.accounts, f"{action}:account:{roles.abe.id}"
    if action == "what_if":
        client, more = roles.site.client(), {**more, "headers": roles.key(roles.abe)}
    else:
        client = roles.browser(roles.abe)
    while not accounts.take(key, BY_ACCOUNT[action]):
        pass
    answer = client.post(path, **more)
    accounts.refill(key)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
