"""Files of bookings: recorded, taken by one booking, moved with it, erased, deleted in time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import (
    AddUpload,
    BookingUploads,
    DropUploads,
    DueUploads,
    EraseUpload,
    FindUploads,
    Question,
    Upload,
)
from contracts.errors import Conflict, Invalid, LimitReached, NotFound

CV = Question(id="cv", label="CV", type="file", accept=("pdf",))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def link(world):
    return world.link(questions=(CV, Question(id="name", label="Company")))


def upload(world, link, **changes):
    sent = Upload(
        **{"id": uuid4(), "question": "cv", "name": "cv.pdf", "size": 9, "type": "application/pdf",
           "kind": "pdf", "key": uuid4().hex + "0" * 8} | changes
    )  # fmt: skip
    return world.booking.add_upload(AddUpload(slug=link.settings.slug, upload=sent))


def there(world, booking, workspace=None):
    asked = BookingUploads(workspace_id=workspace or world.workspace, booking_id=booking.id)
    return [each.id for each in world.booking.booking_uploads(asked).uploads]


def due(world):
    return [each.id for each in world.booking.due_uploads(DueUploads()).uploads]


def erase(world, booking, file):
    asked = EraseUpload(
        workspace_id=world.workspace, booking_id=booking.id, upload_id=file.id, actor="system"
    )
    return [each.id for each in world.booking.erase_upload(asked).uploads]


def test_a_file_is_taken_by_one_booking_and_stands_in_it(world, link):
    cv = upload(world, link)
    booked = world.book(link, key="once", answers={"cv": str(cv.id), "name": "Acme"})
    assert [(file.id, file.name) for file in booked.booking.files] == [(cv.id, "cv.pdf")]
    assert booked.booking.answers == {"name": "Acme"}
    assert there(world, booked.booking) == [cv.id]
    again = world.book(link, key="once", answers={"cv": str(cv.id), "name": "Acme"})
    assert again.booking.id == booked.booking.id
    with pytest.raises(Invalid) as refused:
        world.book(link, start=world.START + HOUR, answers={"cv": str(cv.id)})
    assert list(refused.value.fields) == ["answers.cv"]


def test_a_file_of_another_link_or_workspace_is_none(world, link):
    other = world.link(slug="other", questions=(CV,))
    cv = upload(world, other)
    with pytest.raises(Invalid):
        world.book(link, answers={"cv": str(cv.id)})
    booked = world.book(other, answers={"cv": str(cv.id)})
    with pytest.raises(NotFound):
        there(world, booked.booking, world.other_workspace)
    asked = FindUploads(slug=link.settings.slug, ids=(cv.id,))
    assert world.booking.find_uploads(asked).uploads == ()


def test_the_same_upload_sent_twice_is_one_and_anothers_id_is_refused(world, link):
    cv = upload(world, link)
    assert upload(world, link, id=cv.id, key=cv.key) == cv
    with pytest.raises(Conflict):
        upload(world, link, id=cv.id)
    with pytest.raises(Invalid):
        upload(world, link, kind="zip")


def test_what_nobody_booked_with_is_due_after_two_hours_and_can_no_longer_be_taken(world, link):
    cv = upload(world, link)
    world.booking.drop_uploads(DropUploads(ids=(cv.id,)))
    assert due(world) == []
    world.clock.advance(2 * HOUR)
    assert due(world) == [cv.id]
    with pytest.raises(Invalid):
        world.book(link, answers={"cv": str(cv.id)})
    world.booking.drop_uploads(DropUploads(ids=(cv.id,)))
    assert due(world) == []


def test_a_moved_bookings_file_is_kept_until_days_after_its_new_time(world, link):
    cv = upload(world, link)
    booked = world.book(link, answers={"cv": str(cv.id)})
    moved = world.move(booked, world.START + 7 * DAY).booking
    assert [file.id for file in moved.files] == [cv.id]
    world.clock.set(world.START + 31 * DAY)
    assert (there(world, moved), due(world)) == ([cv.id], [])
    world.clock.set(world.START + 38 * DAY)
    assert (there(world, moved), due(world)) == ([], [cv.id])


def test_an_erased_file_is_due_at_once_and_its_name_is_forgotten(world, link):
    cv = upload(world, link, name="very-private.pdf")
    booked = world.book(link, answers={"cv": str(cv.id)})
    assert erase(world, booked.booking, cv) == [cv.id]
    assert erase(world, booked.booking, cv) == []
    assert (there(world, booked.booking), due(world)) == ([], [cv.id])
    moved = world.move(booked, world.START + DAY).booking
    assert (moved.files, due(world)) == ((), [cv.id])


def test_strangers_cannot_fill_the_store_through_one_link(world, link, monkeypatch):
    monkeypatch.setattr("booking.domain.uploads.MOST_WAITING", 2)
    upload(world, link), upload(world, link)
    with pytest.raises(LimitReached):
        upload(world, link)
