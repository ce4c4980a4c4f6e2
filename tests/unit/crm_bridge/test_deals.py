"""Which deal a booking goes to, and pages of deals."""

from uuid import UUID

import pytest

from contracts.errors import Invalid
from crm_bridge.domain import deals, paging
from crm_bridge.domain.rebuild import facts_of
from unit.crm_bridge.builders import ADA, NOW, booked

DEAL = UUID(int=9)


@pytest.mark.parametrize(
    ("open_deal", "creates", "expected"),
    [(None, True, True), (None, False, False), (DEAL, True, False), (DEAL, False, False)],
)
def test_a_deal_is_made_only_where_the_link_says_so_and_none_is_open(open_deal, creates, expected):
    assert deals.wants_deal(open_deal, booked(creates_deal=creates)) is expected


def test_a_deal_is_named_for_attendee_and_link_and_owned_by_the_booked_host():
    made = deals.new_deal(booked())
    assert made.title == "Sam - Intro call"
    assert (made.owner_id, made.owner_name) == (ADA.id, "Ada")


def test_a_cursor_survives_the_way_to_the_page_and_back():
    assert paging.position(paging.cursor(NOW, DEAL)) == (NOW, DEAL)
    assert paging.position("") is None


@pytest.mark.parametrize("after", ["x", "ä", "!!!!", "MjAyNnx4", "MjAyNi0xMi0wMVQwOTowMDowMHx4"])
def test_an_invented_cursor_is_refused(after):
    with pytest.raises(Invalid):
        paging.position(after)


@pytest.mark.parametrize("status", ["pending", "declined"])
def test_what_was_never_announced_is_never_rebuilt(status):
    assert facts_of(booked(status=status), {}, NOW) is None


def test_an_exported_chain_proves_the_same_entries_as_its_messages():
    kept = facts_of(booked(status="cancelled", cancelled_by="attendee"), {}, NOW)
    assert [entry.kind for entry in kept.entries] == ["booked", "cancelled"]
