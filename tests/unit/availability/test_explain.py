"""What an explanation says beside each rule."""

from datetime import timedelta

import pytest

from availability.domain.explain import HOST_RULES, LINK_RULES, explain
from contracts.wire import decode, encode
from vectors import reading

CASES = {case["id"]: case for case in reading.load("slots.json")}


def facts(name: str, start: str, rule: str) -> dict[str, str]:
    """The facts of the first check of a rule that fails, of the link or of a host."""
    told = explain(reading.offer(CASES[name]), reading.instant(start))
    checks = [*told.checks, *(check for host in told.hosts for check in host.checks)]
    return next(check.facts for check in checks if check.rule == rule and not check.passed)


@pytest.mark.parametrize(
    ("name", "at", "rule", "expected"),
    [
        ("paused", "09:00", "link_closed", {"why": "paused"}),
        ("used-up", "09:00", "link_closed", {"why": "used"}),
        ("expired-link", "09:00", "link_closed", {"why": "expired", "expires_at": "2026-05-01T00:00:00Z"}),
        ("past-and-notice-to-the-second", "10:30", "notice", {"minutes": "60", "earliest": "2026-05-05T10:30:01Z"}),
        ("override-replaces-the-day", "09:00", "hours", {"schedule": "Hours", "timezone": "UTC", "wall": "2026-05-05 09:00", "windows": "14:00-15:00", "override": "yes"}),
        ("plain-day", "09:15", "off_grid", {"interval": "30", "before": "2026-05-05T09:00:00Z", "after": "2026-05-05T09:30:00Z"}),
        ("busy-gets-this-links-buffers", "09:30", "busy", {"start": "2026-05-05T10:10:00Z", "end": "2026-05-05T10:20:00Z"}),
        ("time-off-days-are-the-hosts", "04:00", "time_off", {"first_day": "2026-05-05", "last_day": "2026-05-05", "reason": ""}),
        ("time-off-exact", "09:30", "time_off", {"start": "2026-05-05T09:59:00Z", "end": "2026-05-05T11:00:00Z", "reason": ""}),
        ("host-limit-in-the-hosts-zone", "10:00", "host_limit", {"period": "day", "most": "1", "count": "1", "first_day": "2026-05-06", "last_day": "2026-05-06", "timezone": "Pacific/Kiritimati"}),
        ("stale-calendar", "09:00", "calendar_stale", {"calendar": "ok", "synced_at": "2026-04-30T23:44:59Z", "freshness_minutes": "15"}),
        ("host-left", "09:00", "not_a_host", {"why": "inactive"}),
    ],
)  # fmt: skip
def test_a_refusal_comes_with_its_facts(name, at, rule, expected):
    assert expected == facts(name, f"2026-05-05T{at}:00Z", rule)


def test_a_night_before_is_among_the_windows_told():
    offer = reading.offer(CASES["overnight"])
    told = explain(offer, reading.instant("2026-05-05T01:00:00Z"))
    hours = next(check for check in told.hosts[0].checks if check.rule == "hours")
    assert hours.passed
    assert hours.facts["windows"] == "00:00-02:00"


def test_a_taken_start_names_its_meeting_and_the_seats_left():
    told = facts("group-full", "2026-05-05T10:00:00Z", "claimed")
    assert (told["state"], told["seats"]) == ("confirmed", "0")
    assert told["start"] == "2026-05-05T10:00:00Z"


def test_every_rule_is_told_in_order_and_passes_where_offered():
    told = explain(reading.offer(CASES["plain-day"]), reading.instant("2026-05-05T09:00:00Z"))
    assert told.offered
    assert tuple(check.rule for check in told.checks) == LINK_RULES
    assert tuple(check.rule for check in told.hosts[0].checks) == HOST_RULES
    assert all(check.passed for check in (*told.checks, *told.hosts[0].checks))


def test_out_of_all_reach_only_that_is_told():
    offer = reading.offer(CASES["plain-day"])
    for start, rule in ((offer.ask.now - timedelta(days=900_000 // 2), "past"), (offer.ask.now + timedelta(days=400_000), "horizon")):  # fmt: skip
        told = explain(offer, start)
        assert not told.offered
        assert (told.rule, [check.rule for check in told.checks], told.hosts) == (rule, [rule], ())


def test_a_second_too_late_is_off_the_grid():
    offer = reading.offer(CASES["plain-day"])
    told = explain(offer, reading.instant("2026-05-05T09:00:01Z"))
    assert (told.offered, told.rule) == (False, "off_grid")


def test_an_explanation_travels():
    told = explain(reading.offer(CASES["group-full"]), reading.instant("2026-05-05T10:00:00Z"))
    assert decode(encode(told), type(told)) == told
