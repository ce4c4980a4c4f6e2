"""Who only takes free time does so beside others; who counts, or finds a change, has it alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from booking.service import choosing
from booking.store import claims
from contracts.booking import Booked, Limits
from contracts.errors import LimitReached, LinkClosed
from support.waiting import wait_for

HOUR = timedelta(hours=1)


@pytest.fixture
def beside(crowd):
    """Another booking of the link is under way, and does not end, while this is called."""

    def call(link, act):
        with crowd.engine.begin() as tx:
            holds = datetime.now(UTC), None
            assert claims.enter(tx, link.id, [crowd.ada.id], holds, shared=True)
            return act()

    return call


def test_bookings_of_one_host_wait_for_none_another(crowd, beside):
    link = crowd.link()
    with ThreadPoolExecutor(1) as pool:
        booked = beside(link, lambda: pool.submit(crowd.book, link).result(60))
    assert isinstance(booked, Booked)


WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.mark.parametrize("settings", [{"limits": Limits(day=5)}, {"single_use": True}])
def test_who_counts_or_changes_the_link_waits(crowd, beside, settings):
    link = crowd.link(**settings)
    with ThreadPoolExecutor(1) as pool:

        def book():
            booked = pool.submit(crowd.book, link)
            wait_for(lambda: crowd.scalar(WAITING), "a booking that waits")
            return booked

        assert isinstance(beside(link, book).result(60), Booked)


@pytest.fixture
def meanwhile(monkeypatch):
    """Something happens after the link was read, before it is locked."""
    choose = choosing.choose

    def before(happens):
        def chosen(*asked):
            found = choose(*asked)
            happens()
            return found

        monkeypatch.setattr(choosing, "choose", chosen)

    return before


def test_a_limit_that_is_set_meanwhile_counts(crowd, meanwhile):
    link = crowd.link()
    crowd.book(link, start=crowd.START + HOUR)
    meanwhile(lambda: crowd.update(link, limits=Limits(month=1)))
    with pytest.raises(LimitReached):
        crowd.book(link)


def test_a_link_that_is_deleted_meanwhile_is_closed(crowd, meanwhile):
    link = crowd.link()
    meanwhile(lambda: crowd.delete(link))
    with pytest.raises(LinkClosed):
        crowd.book(link)
