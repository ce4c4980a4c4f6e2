"""The contract of calendars: our events go out, once, wherever they go."""

from dataclasses import replace

import pytest

from calendar_sync.adapters.provider import ProviderUnavailable
from contract.calendars.harness import HOUR, NOW, Stands, draft
from contract.calendars.needs import needs


def stands(ours):
    return Stands(ours.title, ours.start, ours.end)


def later(ours, written=None, hours=3):
    moved = replace(ours, start=ours.start + hours * HOUR, end=ours.end + hours * HOUR)
    return replace(moved, provider_id=written.id) if written else moved


def write(harness, ours):
    return harness.provider.write(harness.account, harness.calendar, ours)


def move(harness, ours):
    return harness.provider.move(harness.account, harness.calendar, ours)


def delete(harness, ours):
    harness.provider.delete(harness.account, harness.calendar, ours)


@needs("write")
def test_the_account_has_the_calendar_that_is_written(harness):
    found = {one.id: one for one in harness.provider.calendars(harness.account)}
    assert found[harness.calendar].writable
    assert found[harness.calendar].name


@needs("write")
def test_an_account_is_opened_by_what_it_gave_whatever_a_netrc_file_says(
    harness, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert write(harness, draft()).id


@needs("write")
def test_an_event_written_stands_as_it_was_wanted(harness):
    ours = draft()
    assert write(harness, ours).id
    assert harness.standing() == (stands(ours),)


@needs("write")
def test_an_event_written_twice_stands_once_under_the_same_id(harness):
    ours = draft()
    first = write(harness, ours)
    assert write(harness, ours) == first
    assert harness.standing() == (stands(ours),)


@needs("write")
@pytest.mark.parametrize("step", [write, move])
def test_an_event_whose_reply_was_lost_is_not_doubled(harness, step):
    ours = draft()
    harness.misbehave("reply_lost")
    with pytest.raises(ProviderUnavailable):
        step(harness, ours)
    harness.behave()
    step(harness, ours)
    assert harness.standing() == (stands(ours),)


@needs("write")
def test_an_event_that_was_wanted_elsewhere_meanwhile_is_brought_in_line(harness):
    """The reply to the first writing was lost; the booking has moved since."""
    ours = draft()
    write(harness, ours)
    write(harness, later(ours))
    assert harness.standing() == (stands(later(ours)),)


@needs("write")
def test_an_event_moves_and_keeps_its_id(harness):
    ours = draft()
    first = write(harness, ours)
    assert move(harness, later(ours, first)).id == first.id
    assert harness.standing() == (stands(later(ours)),)


@needs("write")
def test_an_event_that_the_host_moved_is_brought_in_line(harness):
    ours = draft()
    first = write(harness, ours)
    harness.drag(first, NOW + 30 * HOUR, NOW + 31 * HOUR)
    move(harness, later(ours, first))
    assert harness.standing() == (stands(later(ours)),)


@needs("write")
def test_moving_an_event_that_is_not_there_writes_it(harness):
    ours = draft()
    first = write(harness, ours)
    harness.discard(first)
    again = move(harness, later(ours, first))
    assert again.id
    assert harness.standing() == (stands(later(ours)),)


@needs("write")
def test_an_event_is_deleted_once_however_often(harness):
    ours = draft()
    first = write(harness, ours)
    known = replace(ours, provider_id=first.id)
    delete(harness, known)
    delete(harness, known)
    assert harness.standing() == ()


@needs("write")
def test_an_event_whose_writing_was_never_answered_can_be_deleted(harness):
    """Without the id that the provider gave it, which was lost with the reply."""
    ours = draft()
    write(harness, ours)
    delete(harness, ours)
    assert harness.standing() == ()


@needs("write")
def test_deleting_what_never_stood_is_done(harness):
    delete(harness, draft())
    assert harness.standing() == ()


@needs("write")
def test_a_deletion_whose_reply_was_lost_is_done_again(harness):
    ours = draft()
    first = write(harness, ours)
    known = replace(ours, provider_id=first.id)
    harness.misbehave("reply_lost")
    with pytest.raises(ProviderUnavailable):
        delete(harness, known)
    harness.behave()
    delete(harness, known)
    assert harness.standing() == ()


@needs("write")
def test_an_event_can_be_written_again_after_it_was_deleted(harness):
    """A booking that was cancelled and, by another way, stands again."""
    ours = draft()
    first = write(harness, ours)
    delete(harness, replace(ours, provider_id=first.id))
    write(harness, ours)
    assert harness.standing() == (stands(ours),)


@needs("write")
def test_two_events_stand_side_by_side(harness):
    one, two = draft("a" * 32), draft("b" * 32, hours=48)
    assert write(harness, one).id != write(harness, two).id
    assert set(harness.standing()) == {stands(one), stands(two)}


@needs("write", "conference")
def test_a_conference_has_a_join_url_that_a_move_keeps(harness):
    ours = draft(conference=True)
    first = write(harness, ours)
    assert first.join_url.startswith("https://")
    assert write(harness, ours).join_url == first.join_url
    assert move(harness, later(ours, first)).join_url == first.join_url


@needs("write")
def test_without_a_conference_there_is_no_join_url(harness):
    assert write(harness, draft()).join_url == ""
