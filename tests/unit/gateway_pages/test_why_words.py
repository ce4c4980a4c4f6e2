"""Why a meeting went to its host, in words that need no knowledge of the rule."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.booking import Candidate, Decision
from gateway.calendar.why import sentence, told

ADA, BEA, CYD = (UUID(int=number) for number in range(1, 4))
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def candidate(host_id, name, **changes):
    values = {"place": 0, "weight": 1, "level": 1, "state": "free", "count": 2}
    return Candidate(host_id=host_id, name=name, **values | changes)


PEOPLE = (
    candidate(ADA, "Ada", count=4, target=3, shortfall=-1, reason="shortfall"),
    candidate(BEA, "Bea", target=3.4, shortfall=1.4, level=2),
    candidate(CYD, "Cyd", state="unavailable", rule="claimed", reason="unavailable"),
)


def decision(**changes):
    values = {
        "number": 1,
        "at": NOW,
        "booking_id": ADA,
        "root_id": ADA,
        "link_id": ADA,
        "pool_id": ADA,
        "month": date(2026, 12, 1),
        "method": "balanced",
        "why": "chosen",
        "ground": "shortfall",
        "host_id": BEA,
        "host_name": "Bea",
        "candidates": PEOPLE,
    }
    return Decision(**values | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Bea was furthest below their share of December: 2 meetings of 3.4."),
        ({"ground": "only_free"}, "Bea was the only one free at that time."),
        (
            {"ground": "level", "method": "priority"},
            "Bea is on the highest level (2) on which somebody was free.",
        ),
        (
            {"ground": "ring", "method": "rotate", "last_host_id": ADA},
            "Bea is the next in the order who was free: Ada had the last.",
        ),
        ({"ground": "ring", "method": "rotate"}, "Bea is the first in the order who was free."),
        (
            {"ground": "turn"},
            "Bea was as far below their share as others, and has waited longest.",
        ),
        (
            {"ground": "place"},
            "Bea was as far below their share as others, and comes first in the order.",
        ),
        ({"why": "picked", "ground": "choice"}, "Bea takes it because the attendee picked them."),
        (
            {"why": "kept", "ground": "choice"},
            "Bea takes it because the meeting was moved and kept its host.",
        ),
        (
            {"why": "reassigned", "ground": "choice"},
            "Bea takes it because it was given to them by hand.",
        ),
        (
            {"why": "again", "ground": "choice"},
            "The meeting was moved, and its host chosen again: Bea was chosen by hand.",
        ),
    ],
)
def test_one_sentence_says_why(changes, words):
    assert sentence(decision(**changes)) == words


def test_each_candidate_has_numbers_and_a_reason():
    found = told([decision()], str, str)[0]
    assert [(line.name, line.count, line.share, line.words) for line in found.lines] == [
        ("Ada", 4, "3", "Free, but less below their share"),
        ("Bea", 2, "3.4", "Chosen"),
        ("Cyd", 2, "", "Has another meeting"),
    ]
    assert (found.title, found.by, found.counts) == ("Why Bea?", "", True)


def test_the_newest_decision_comes_first_and_a_hand_has_a_name():
    by_hand = decision(why="reassigned", ground="choice", actor="account:x")
    first, second = told([decision(), by_hand], str, str.upper)
    assert (first.by, second.by) == ("ACCOUNT:X", "")


def test_a_host_who_left_still_has_a_line():
    gone = decision(host_name="", candidates=(candidate(BEA, "", reason=""),))
    assert told([gone], str, str)[0].lines[0].name == "A former member"
    assert sentence(gone).startswith("This host ")
