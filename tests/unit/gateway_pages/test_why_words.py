"""Why a start is offered or not, in sentences."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from contracts.availability import Check, Explanation, HostChecks, Rule
from gateway.settings_pages import why_words

AT = "2026-12-01T09:00:00Z"
END = "2026-12-01T09:30:00Z"
HOURS = {
    "schedule": "Usual",
    "timezone": "America/New_York",
    "wall": "2026-12-01 04:00",
    "windows": "09:00-12:00, 13:00-17:00",
    "override": "",
}
LIMIT = {
    "period": "day",
    "most": "2",
    "count": "2",
    "first_day": "2026-12-01",
    "last_day": "2026-12-01",
    "timezone": "UTC",
}


@pytest.mark.parametrize(
    ("rule", "facts", "words"),
    [
        ("link_closed", {"why": "paused"}, "The link is paused."),
        ("past", {"now": AT}, "It has passed: it is Tue 1 December, 10:00 now."),
        (
            "notice",
            {"minutes": "240", "earliest": AT},
            "The minimum notice is 4 hours: Tue 1 December, 10:00 is the earliest now.",
        ),
        (
            "link_limit",
            LIMIT,
            "The link takes at most 2 a day: Tue 1 December 2026 has 2.",
        ),
        ("not_a_host", {"why": "inactive"}, "Cannot be booked: the account is closed."),
        (
            "horizon",
            {"first_day": "2026-12-01", "last_day": "2026-12-31"},
            "Only Tue 1 December 2026 to Thu 31 December 2026 can be booked.",
        ),
        (
            "hours",
            HOURS,
            (
                "Outside the hours: “Usual” has 09:00\N{EN DASH}12:00, 13:00\N{EN DASH}17:00 that day, "
                "and it would be 04:00 in New York."
            ),
        ),
        (
            "hours",
            HOURS | {"windows": "", "holiday": "Christmas Day"},
            (
                "Outside the hours: “Usual” has Christmas Day, a holiday: no hours that day, "
                "and it would be 04:00 in New York."
            ),
        ),
        (
            "time_off",
            {"first_day": "2026-12-01", "last_day": "2026-12-02", "reason": "Sea"},
            "Time off: Tue 1 December 2026 to Wed 2 December 2026 (Sea).",
        ),
        (
            "off_grid",
            {"interval": "30", "before": AT, "after": END},
            (
                "It is none of the start times, which come every 30 min; the nearest are "
                "Tue 1 December, 10:00 and Tue 1 December, 10:30."
            ),
        ),
        (
            "busy",
            {"start": AT, "end": END},
            "The calendar is busy Tue 1 December, 10:00 to 10:30; buffers count.",
        ),
        (
            "claimed",
            {"start": AT, "end": END, "state": "confirmed"},
            "Another meeting is booked: Tue 1 December, 10:00 to 10:30, buffers included.",
        ),
        (
            "claimed",
            {"start": AT, "end": END, "state": "confirmed", "seats": "0"},
            "The meeting then is full: Tue 1 December, 10:00 to 10:30, buffers included.",
        ),
        ("host_limit", LIMIT, "The host takes at most 2 a day: Tue 1 December 2026 has 2."),
        (
            "calendar_stale",
            {"calendar": "ok", "synced_at": AT, "freshness_minutes": "15"},
            (
                "The calendar was last read Tue 1 December, 10:00, longer ago than 15 min, "
                "so nothing is offered."
            ),
        ),
    ],
)
def test_a_refusal_is_a_sentence_with_its_facts_in_the_zone_of_the_page(rule, facts, words):
    check = Check(rule=rule, passed=False, facts=facts)
    assert why_words.line(check, "Europe/Paris").words == words


@pytest.mark.parametrize("rule", Rule.__args__)
@pytest.mark.parametrize("passed", [True, False])
def test_every_rule_has_words_even_without_facts(rule, passed):
    line = why_words.line(Check(rule=rule, passed=passed), "UTC")
    assert line.passed is passed
    assert line.words.endswith(".")


def told(kind="round_robin", *, checks=(), hosts=(), offered=False, seats=0):
    return Explanation(
        link_id=uuid4(),
        kind=kind,
        start=datetime(2026, 12, 1, 9, tzinfo=UTC),
        duration=30,
        offered=offered,
        seats=seats,
        checks=tuple(checks),
        hosts=tuple(hosts),
    )


def host(name, *, free, checks=()):
    return HostChecks(host_id=uuid4(), name=name, free=free, checks=tuple(checks))


ADA, BEA = host("Ada", free=True), host("Bea", free=False)
PAUSED = Check(rule="link_closed", passed=False, facts={"why": "paused"})
AWAY = Check(rule="not_a_host", passed=False, facts={"why": "inactive"})


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (told(hosts=[ADA, BEA], offered=True), "It can be booked, with Ada."),
        (told("group", hosts=[ADA], offered=True, seats=3), "It can be booked, with Ada, for 3 more."),
        (told(checks=[PAUSED], hosts=[BEA]), "It cannot be booked. The link is paused."),
        (
            told("one_on_one", hosts=[host("Bea", free=False, checks=[AWAY])]),
            "It cannot be booked. Cannot be booked: the account is closed.",
        ),
        (
            told("collective", hosts=[ADA, BEA]),
            "It cannot be booked: everybody is needed, and Bea cannot.",
        ),
        (told(hosts=[BEA, BEA]), "It cannot be booked: nobody can take it."),
    ],
)  # fmt: skip
def test_the_verdict_says_who_or_the_first_reason(told, verdict):
    assert why_words.answer(told, "UTC").verdict == verdict


def test_what_refuses_stands_first():
    fine = Check(rule="past", passed=True)
    answer = why_words.answer(told(checks=[fine, PAUSED]), "UTC")
    assert [line.passed for line in answer.lines] == [False, True]
