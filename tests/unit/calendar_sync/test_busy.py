"""What changed in a mirror, and how fresh it is as a whole."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.domain import busy
from calendar_sync.domain.busy import Copy, Part
from contracts.calendar_sync import BusyPeriod
from unit.calendar_sync.builders import HOUR, NOW

OLD = NOW - HOUR


def part(synced_at, *, ok=True, checked=True):
    return Part(ok, checked, synced_at)


def period(key, start=0, length=1):
    begins = NOW + start * HOUR
    return BusyPeriod(id=key, start=begins, end=begins + length * HOUR)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], Copy("none", None)),
        ([part(NOW)], Copy("ok", NOW)),
        ([part(NOW), part(OLD)], Copy("ok", OLD)),
        ([part(NOW), part(None)], Copy("ok", None)),
        ([part(NOW), part(OLD, ok=False)], Copy("broken", OLD)),
        ([part(NOW), part(None, ok=False, checked=False)], Copy("ok", NOW)),
        ([part(None, checked=False)], Copy("none", None)),
    ],
)
def test_a_host_is_as_fresh_as_their_oldest_calendar_and_broken_when_one_is(parts, expected):
    assert busy.copy_of(parts) == expected


def test_only_what_changed_is_told():
    known = {"a": period("a"), "b": period("b"), "c": period("c")}
    read = [period("a"), period("b", start=5), busy.gone(period("c")), period("d")]
    changed = busy.changes(known, read, complete=False)
    assert changed == (period("b", start=5), busy.gone(period("c")), period("d"))


def test_a_complete_reading_removes_what_it_does_not_hold():
    known = {"a": period("a"), "b": period("b")}
    assert busy.changes(known, [period("a")], complete=True) == (busy.gone(period("b")),)


def test_the_removal_of_what_was_never_known_is_no_change():
    assert busy.changes({}, [busy.gone(period("a"))], complete=False) == ()


def test_freshness_is_told_at_most_every_so_often():
    five = timedelta(minutes=5)
    assert busy.tells_freshness(None, NOW, five)
    assert not busy.tells_freshness(NOW, NOW + five - timedelta(seconds=1), five)
    assert busy.tells_freshness(NOW, NOW + five, five)


PERIODS = st.lists(st.builds(period, st.sampled_from("abcde"), st.integers(0, 3)), max_size=8)


@given(known=PERIODS, read=PERIODS)
def test_a_reader_who_applies_the_changes_has_what_was_read(known, read):
    mirror = {one.id: one for one in known}
    for one in busy.changes(dict(mirror), read, complete=True):
        if one.removed:
            del mirror[one.id]
        else:
            mirror[one.id] = one
    assert mirror == {one.id: one for one in read}


def test_what_was_not_read_of_a_replaced_event_is_gone_and_nothing_else():
    known = {key: period(key) for key in ("a", "a#1", "a#2", "b", "ab#1")}
    changed = busy.changes(known, [period("a#1")], complete=False, replaced={"a"})
    assert changed == (busy.gone(period("a")), busy.gone(period("a#2")))
