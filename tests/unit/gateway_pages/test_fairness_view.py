"""A team's fairness: totals over months, the plot's scale, the file."""

import csv
import io
from datetime import date
from uuid import UUID

import pytest

from contracts.booking import FairnessRow
from gateway.settings_pages.fairness_view import as_csv, months, period, plot, signed, totals

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
ADA, BEA = UUID(int=1), UUID(int=2)


def row(host_id, month=NOVEMBER, count=0, **changes):
    values = {"name": "Ada" if host_id == ADA else "Bea", "weight": 1, "level": 1, "active": True}
    values |= {"credit": 0.0, "target": 0.0, "shortfall": 0.0}
    return FairnessRow(month=month, host_id=host_id, count=count, **values | changes)


ROWS = [
    row(ADA, count=3, target=2.5, shortfall=-0.5),
    row(BEA, count=2, target=2.5, shortfall=0.5),
    row(ADA, DECEMBER, count=1, target=1, shortfall=0),
    row(BEA, DECEMBER, count=0, target=1, credit=1, shortfall=0),
]


def test_months_are_added_up_and_credits_are_no_meetings():
    found = totals(ROWS, None)
    assert [(one.name, one.count, one.share) for one in found] == [("Ada", 4, 3.5), ("Bea", 2, 2.5)]


def test_a_trial_stands_beside_what_was():
    assert [one.would for one in totals(ROWS, ROWS[:1])] == [3, 0]


def test_the_longest_bar_reaches_nearly_across():
    bars = plot(totals(ROWS, None))
    assert [bar.count for bar in bars] == [98, 49]
    assert plot(totals([row(ADA)], None))[0].share == 0


def test_of_a_large_team_the_plot_has_those_with_meetings_or_a_share():
    team = [row(UUID(int=n)) for n in range(3, 16)]
    assert len(plot(totals(team[:12], None))) == 12
    bars = plot(totals([*team, row(BEA, count=1), row(ADA, shortfall=0.5)], None))
    assert [(bar.name, bar.count) for bar in bars] == [("Bea", 98), ("Ada", 0)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("", ""), (NOVEMBER, NOVEMBER)),
        (("2026-12", ""), (DECEMBER, DECEMBER)),
        (("2026-12", "2026-11"), (NOVEMBER, DECEMBER)),
        (("x", "9999-99"), (NOVEMBER, NOVEMBER)),
        (("2000-01", "2026-11"), (date(2024, 12, 1), NOVEMBER)),
    ],
)
def test_a_period_is_whole_months_at_most_two_years(asked, found):
    assert period(*asked, date(2026, 11, 23)) == found


def test_the_months_to_choose_begin_with_those_to_come():
    found = months(date(2026, 11, 23))
    assert (found[0], found[-1]) == (("2027-02", "February 2027"), ("2025-11", "November 2025"))


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (-0.04, "0"), (1.5, "+1.5"), (-2, "\N{MINUS SIGN}2")]
)
def test_differences_carry_their_sign(value, words):
    assert signed(value) == words


def test_the_file_holds_a_line_for_each_and_no_formula():
    text = as_csv([*ROWS, row(ADA, name='=HYPERLINK("x")', active=False)])
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert lines[1] == ["2026-11", "Ada", "1", "1", "yes", "3", "0.000", "2.500", "-0.500"]
    assert lines[-1][1:5] == ['\'=HYPERLINK("x")', "1", "1", "no"]
    assert len(lines) == 6
