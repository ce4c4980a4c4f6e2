"""Large teams: what is kept of squads never outlives a change, and equals host after host."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest

from availability.domain import engine, listing, team
from availability.domain.facts import Offer
from availability.domain.minutes import Frame, day_number
from vectors import reading

FIRST = day_number(date(2026, 5, 4))


ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati")


def case(count: int, zones=ZONES, **link):
    """Hosts in some zones, each busy at a time of their own, some with calendars."""
    hosts = {
        f"host{n}": {
            "timezone": zones[n % len(zones)],
            "hours": {str(day): ["09:00-12:00"] for day in range(1, 6)},
            "busy": [
                [f"2026-05-{5 + n % 4:02}T0{n % 10}:00:00Z", f"2026-05-{5 + n % 4:02}T20:00:00Z"]
            ],
            "calendar": "ok" if n % 2 else "none",
            "synced_at": "2026-05-03T12:00:00Z",
        }
        for n in range(count)
    }
    settings = {"kind": "round_robin", "notice": 0, "horizon_days": 4} | link
    return {"now": "2026-05-03T12:00:00Z", "link": settings, "hosts": hosts, "ask": {}}


def one_by_one(offer: Offer) -> list:
    """The union of the hosts' own answers."""
    alone = (
        listing.in_days(replace(offer, hosts=(host,)), "UTC", FIRST, FIRST + 6)
        for host in offer.hosts
    )
    return sorted(set().union(*alone))


def together(offer: Offer) -> list:
    return listing.in_days(offer, "UTC", FIRST, FIRST + 6)


def test_a_team_of_many_squads_is_the_union_of_its_hosts():
    offer = reading.offer(case(3 * team.SQUAD + 5))
    assert together(offer) == one_by_one(offer) != []


def test_a_change_of_one_host_is_seen_at_once():
    offer = reading.offer(case(2))
    assert together(offer) == one_by_one(offer)
    free = reading.host("host0", {"hours": {"1": ["20:07-20:37"]}}, [])
    changed = replace(offer, hosts=(free, offer.hosts[1]))
    assert together(changed) == one_by_one(changed)
    assert set(together(changed)) - set(together(offer))


def test_the_clock_moves_what_is_kept():
    """Notice, horizons by zone and calendars that grow old need no change of facts."""
    offer = reading.offer(case(team.SQUAD + 3))
    for minutes in (0, 15, 16, 24 * 60, 72 * 60):
        later = replace(offer.ask, now=offer.ask.now + timedelta(minutes=minutes))
        moved = replace(offer, ask=later)
        assert together(moved) == one_by_one(moved)


def test_a_host_who_is_not_on_the_link_adds_nothing():
    offer = reading.offer(case(4))
    link = offer.link.link
    fewer = msgspec.structs.replace(link.settings, hosts=link.settings.hosts[:1])
    cut = replace(
        offer, link=replace(offer.link, link=msgspec.structs.replace(link, settings=fewer))
    )
    alone = replace(cut, hosts=cut.hosts[:1])
    assert together(cut) == together(alone)


def test_a_hold_takes_its_host_out_until_it_ends():
    about = case(2, durations=[30])
    about["claims"] = [
        {"host": f"host{n}", "state": "hold", "start": "2026-05-04T09:00:00Z", "end": "2026-05-04T09:30:00Z", "expires_at": "2026-05-03T12:10:00Z"}
        for n in range(2)
    ]  # fmt: skip
    offer = reading.offer(about)
    late = replace(offer, ask=replace(offer.ask, now=offer.ask.now + timedelta(minutes=10)))
    assert set(together(late)) - set(together(offer)) == {reading.instant("2026-05-04T09:00:00Z")}
    assert together(offer) == one_by_one(offer)


def test_hosts_who_meet_together_need_all_of_the_link():
    """A host who is not known yet closes the link; nobody of an empty one is free."""
    offer = reading.offer(case(3, ("UTC",), kind="collective"))
    assert together(offer)
    assert together(replace(offer, hosts=offer.hosts[:2])) == []
    start = together(offer)[0]
    verdict = team.check(replace(offer, hosts=offer.hosts[:2]), start)
    assert (verdict.free, verdict.rule) == ((), "not_a_host")


@pytest.mark.parametrize(
    ("kind", "rule"), [("round_robin", "claimed"), ("collective", "hours")], ids=["any", "all"]
)
def test_the_reason_is_that_of_who_came_nearest_or_of_what_stands_furthest_in_the_way(kind, rule):
    """At nine in London, where New York sleeps, the one who works was booked a moment ago."""
    about = case(2, ("Europe/London", "America/New_York"), kind=kind, durations=[30])
    start = reading.instant("2026-05-04T08:00:00Z")
    about["claims"] = [
        {"host": "host0", "state": "confirmed", "start": "2026-05-04T08:00:00Z", "end": "2026-05-04T08:30:00Z"}
    ]  # fmt: skip
    assert team.check(reading.offer(about), start).rule == rule


def test_a_visitors_pick_is_asked_alone():
    offer = reading.offer(case(3))
    wanted = offer.hosts[1].host.id
    start = listing.in_days(replace(offer, hosts=offer.hosts[1:2]), "UTC", FIRST, FIRST + 6)[0]
    assert team.check(offer, start, wanted).free == (wanted,)
    unknown = reading.key("nobody")
    assert team.check(offer, start, unknown).passed_over == ((unknown, "not_a_host"),)


def test_masks_are_kept_by_what_they_depend_on():
    """The same hours are the same mask, whoever has them."""
    offer = reading.offer(case(7))
    frame = Frame.around(FIRST, FIRST)
    asked = engine.question(offer.link, offer.hosts, offer.ask, frame)
    first, fourth = offer.hosts[0], offer.hosts[3]
    assert engine.kept(asked, first).grid is engine.kept(asked, fourth).grid
    assert engine.kept(asked, first) is engine.kept(asked, first)
