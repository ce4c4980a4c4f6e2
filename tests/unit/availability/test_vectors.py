"""The conformance vectors: rules, busy and now in; slots, and the rules that refuse the others, out."""

from datetime import date

import pytest

from availability.domain import listing, team
from availability.domain.explain import explain
from availability.domain.minutes import day_number
from vectors import reading

CASES = reading.load("slots.json")


def names(case, ids) -> list[str]:
    return [name for name in case["hosts"] if reading.key(name) in ids]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_slots_are_those_of_the_vector(case):
    offer, ask = reading.offer(case), case["ask"]
    days = [day_number(date.fromisoformat(ask[edge])) for edge in ("first", "last")]
    found = listing.slots_in_days(offer, ask["timezone"], *days)
    assert case["slots"] == {f"{s.start:%Y-%m-%dT%H:%M:%SZ}": names(case, s.hosts) for s in found}
    if "seats" in case:
        assert case["seats"] == {f"{s.start:%Y-%m-%dT%H:%M:%SZ}": s.seats for s in found}
    assert [s.start for s in found] == listing.in_days(offer, ask["timezone"], *days)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_slot_is_explained_as_offered(case):
    offer = reading.offer(case)
    for text, hosts in case["slots"].items():
        start = reading.instant(text)
        assert explain(offer, start).offered
        assert hosts == names(case, team.check(offer, start).free)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_refused_start_names_its_rules(case):
    offer = reading.offer(case)
    for refused in case["refused"]:
        told = explain(offer, reading.instant(refused["start"]))
        assert not told.offered
        assert refused.get("link", []) == [c.rule for c in told.checks if not c.passed]
        assert refused["hosts"] == {
            host.name: [check.rule for check in host.checks if not check.passed]
            for host in told.hosts
        }


def test_every_rule_refuses_in_some_vector():
    told = {
        rule
        for case in CASES
        for refused in case["refused"]
        for rules in (refused.get("link", []), *refused["hosts"].values())
        for rule in rules
    }
    assert told == {
        "link_closed", "off_grid", "past", "notice", "horizon", "hours", "time_off", "busy",
        "claimed", "host_limit", "link_limit", "calendar_stale", "not_a_host",
    }  # fmt: skip
