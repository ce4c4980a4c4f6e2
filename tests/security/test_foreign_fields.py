"""What a request may not set: status, workspace, role, owner, or a host that nobody may pick."""

from uuid import uuid4

import pytest

from contracts.availability import ListSchedules
from contracts.booking import GetBooking, GetLink, ListLinks

ATTENDEE = {"name": "Zoë", "email": "zoe@example.com", "timezone": "UTC"}


def foreign(roles):
    """What somebody might try to set along with what is asked for."""
    return {
        "id": str(uuid4()),
        "status": "cancelled",
        "workspace_id": str(roles.eve.workspace_id),
        "account_id": str(roles.ada.id),
        "owner_id": str(roles.ada.id),
        "host_id": str(roles.max.id),
        "hosts": [{"host_id": str(roles.max.id)}],
        "role": "owner",
        "actor": "system",
        "created_at": "2001-01-01T00:00:00Z",
        "version": 7,
    }


def stored(roles, booking_id):
    asked = GetBooking(workspace_id=roles.mia.workspace_id, booking_id=booking_id)
    return roles.local.booking.get_booking(asked).booking


def right(roles, booking):
    """That it is Mia's, in her workspace, and stands."""
    assert (booking.workspace_id, booking.status) == (roles.mia.workspace_id, "confirmed")
    assert [host.id for host in booking.hosts] == [roles.mia.id]


def test_by_booking(roles):
    asked = foreign(roles) | {"start": roles.next_start(), "attendee": ATTENDEE | foreign(roles)}
    made = roles.ask(
        None,
        "POST",
        "/api/v1/links/mia-call/bookings",
        json=asked,
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert made.status_code == 201, made.text
    right(roles, stored(roles, made.json["id"]))


def test_by_booking_with_a_form(roles):
    form = {"start": roles.next_start(), "attendee.name": "Zoë", "tz": "UTC"}
    wrong = {name: str(value) for name, value in foreign(roles).items()}
    wrong |= {"host": str(roles.max.id), "attendee.email": "form@example.com"}
    assert roles.ask(None, "POST", "/book/mia-call", data=wrong | form).status_code == 303
    seen = roles.ask(roles.mia, "GET", "/calendar?q=form@example.com")
    assert "Zoë" in seen.text
    assert "Zoë" not in roles.ask(roles.max, "GET", "/calendar?q=form@example.com").text


@pytest.mark.parametrize("what", ["bookings", "holds"])
def test_a_host_whom_visitors_may_not_pick(roles, what):
    for host in (roles.max.id, roles.ada.id, roles.eve.id, uuid4()):
        refused = roles.ask(
            None,
            "POST",
            f"/api/v1/links/mia-call/{what}",
            json={"start": roles.next_start(), "attendee": ATTENDEE, "host": str(host)},
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert refused.status_code == 422
        assert list(refused.json["error"]["fields"]) == ["host"]


def test_by_moving_and_cancelling(roles):
    booked = roles.book()
    moved = roles.ask(
        None,
        "POST",
        f"/api/v1/bookings/reschedule/{booked.reschedule_token}",
        json=foreign(roles) | {"start": roles.next_start()},
    )
    right(roles, stored(roles, moved.json["id"]))
    token = moved.json["cancel_url"].rpartition("/")[2]
    asked = foreign(roles) | {"status": "confirmed"}
    ended = roles.ask(None, "POST", f"/api/v1/bookings/cancel/{token}", json=asked)
    assert (ended.status_code, ended.json["status"]) == (200, "cancelled")


def test_by_making_a_link(roles):
    asked = foreign(roles) | {"title": "Mine", "slug": roles.word("mine")}
    del asked["hosts"]
    key = roles.key(roles.mia)
    others = ListLinks(workspace_id=roles.eve.workspace_id)
    before = roles.local.booking.list_links(others)
    made = roles.ask(None, "POST", "/api/v1/links", json=asked, headers=key)
    assert made.status_code == 201, made.text
    found = GetLink(workspace_id=roles.mia.workspace_id, link_id=made.json["id"])
    link = roles.local.booking.get_link(found)
    assert (link.owner_id, link.version, link.used) == (roles.mia.id, 1, False)
    assert [host.host_id for host in link.settings.hosts] == [roles.mia.id]
    assert roles.local.booking.list_links(others) == before


def test_members_offer_nobody_elses_time(roles):
    asked = {"title": "His", "slug": roles.word("his"), "hosts": [{"host_id": str(roles.max.id)}]}
    refused = roles.ask(None, "POST", "/api/v1/links", json=asked, headers=roles.key(roles.mia))
    assert refused.status_code == 422
    assert list(refused.json["error"]["fields"]) == ["hosts"]
    by_admin = roles.ask(None, "POST", "/api/v1/links", json=asked, headers=roles.key(roles.abe))
    assert by_admin.status_code == 201


def test_nobody_offers_the_time_of_another_workspace(roles):
    asked = {"title": "Hers", "slug": roles.word("hers"), "hosts": [{"host_id": str(roles.eve.id)}]}
    refused = roles.ask(None, "POST", "/api/v1/links", json=asked, headers=roles.key(roles.ada))
    assert refused.status_code == 422


@pytest.mark.parametrize("whose", ["max", "eve"])
def test_members_write_nobody_elses_hours(roles, whose):
    host, key, before = str(getattr(roles, whose).id), roles.key(roles.mia), roles.marks()
    body = {"name": "Hours", "timezone": "UTC", "host": host}
    path = f"/api/v1/schedules/{uuid4()}"
    assert roles.ask(None, "PUT", path, json=body, headers=key).status_code == 404
    off = {"first_day": "2027-06-02", "last_day": "2027-06-02", "host": host}
    assert roles.ask(None, "POST", "/api/v1/time-off", json=off, headers=key).status_code == 404
    form = {"host": host, "kind": "days", "first_day": "2027-06-02", "name": "x", "timezone": "UTC"}
    for page in ("/settings/schedules/time-off", "/settings/schedules/new"):
        assert roles.ask(roles.mia, "POST", page, data=form).status_code == 404
    assert roles.ask(roles.mia, "GET", f"/settings/schedules?host={host}").status_code == 404
    assert roles.marks() == before


def test_an_admin_writes_no_hours_of_another_workspace(roles):
    form = {"host": str(roles.eve.id), "kind": "days", "first_day": "2027-06-02"}
    page = "/settings/schedules/time-off"
    assert roles.ask(roles.abe, "POST", page, data=form).status_code == 404


def test_a_schedule_stays_in_its_workspace(roles):
    body = foreign(roles) | {"name": "Hours", "timezone": "UTC", "version": 0}
    path = f"/api/v1/schedules/{uuid4()}"
    made = roles.ask(None, "PUT", path, json=body, headers=roles.key(roles.mia))
    assert made.status_code == 200, made.text
    theirs = ListSchedules(workspace_id=roles.eve.workspace_id)
    kept = roles.local.availability.list_schedules(theirs).schedules
    assert str(made.json["id"]) not in {str(schedule.id) for schedule in kept}
    assert made.json["host_id"] == str(roles.mia.id)


def test_nobody_gives_themselves_a_role(roles):
    form = {"name": "Mia", "timezone": "UTC"}
    wrong = foreign(roles) | {"email": "owner@acme.test", "state": "active"}
    assert roles.ask(roles.mia, "POST", "/settings/profile", data=wrong | form).status_code == 302
    kept = roles.site.accounts.member(roles.mia.workspace_id, roles.mia.id)
    assert (kept.role, kept.email, kept.workspace_id) == (
        "member",
        roles.mia.email,
        roles.mia.workspace_id,
    )
    own = f"/settings/team/{roles.mia.id}/role"
    assert roles.ask(roles.mia, "POST", own, data={"role": "owner"}).status_code == 403


def test_an_admin_makes_no_owner(roles):
    invited = {"name": "Ivo", "email": f"{roles.word('ivo')}@acme.test", "role": "owner"}
    assert roles.ask(roles.abe, "POST", "/settings/team/invite", data=invited).status_code == 403
    for who in (roles.abe, roles.mia, roles.ada):
        page = f"/settings/team/{who.id}/role"
        roles.ask(roles.abe, "POST", page, data={"role": "owner"})
    owners = [m for m in roles.site.accounts.members(roles.ada.workspace_id) if m.role == "owner"]
    assert [owner.id for owner in owners] == [roles.ada.id]


def test_an_invited_member_chooses_no_role(roles):
    roles.site.accounts.invite(roles.ada, "Ivo", f"{roles.word('ivo')}@acme.test")
    path = roles.site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    form = {"name": "Ivo", "timezone": "UTC", "password": "demo-demo-demo"}
    browser = roles.browser(None)
    assert browser.post(path, data=form | foreign(roles)).status_code == 302
    with browser.session_transaction() as session:
        account = roles.site.accounts.find_session(session["token"])
    assert (account.role, account.workspace_id) == ("member", roles.ada.workspace_id)


def test_members_see_no_more_of_a_contact_than_their_own_deals(roles):
    contact = roles.address_of("crm_pages.contact").rpartition("/")[2]
    for who, told in ((roles.mia, False), (roles.abe, True)):
        answer = roles.ask(None, "GET", f"/api/v1/contacts/{contact}", headers=roles.key(who))
        assert bool(answer.json["timeline"]) is told
        owners = {deal["owner_id"] for deal in answer.json["deals"]}
        assert owners == {str(roles.mia.id)}


def test_the_time_of_a_team_by_a_member(roles):
    """As on the pages: only admins put a team on a link."""
    team = roles.new_team("everybody")
    theirs = roles.new_link("my-turns", kind="round_robin")
    wish = {"title": "All", "slug": "all-of-you", "kind": "round_robin", "team_id": str(team.id)}
    change = {"team_id": str(team.id)}
    headers = roles.key(roles.mia)
    for method, path, asked in (
        ("POST", "/api/v1/links", wish),
        ("PATCH", f"/api/v1/links/{theirs.id}/settings", change),
    ):
        refused = roles.ask(None, method, path, json=asked, headers=headers)
        assert refused.status_code == 422, refused.text
        assert list(refused.json["error"]["fields"]) == ["team_id"]


def test_a_note_that_an_admin_wrote_by_a_member(roles):
    """As over the API: members delete what they wrote, on their deals too."""
    page, note = roles.address_of("crm_pages.deal"), str(uuid4())
    roles.ask(roles.ada, "POST", page, data={"do": "note", "note_id": note, "text": "Audited"})
    roles.ask(roles.mia, "POST", page, data={"do": "delete_note", "note_id": note})
    assert "Audited" in roles.ask(roles.mia, "GET", page).text
    roles.ask(roles.ada, "POST", page, data={"do": "delete_note", "note_id": note})
    assert "Audited" not in roles.ask(roles.mia, "GET", page).text
