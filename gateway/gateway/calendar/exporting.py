"""The list as a file: the bookings of the present filter, page after page, as they are read.

An answer is in its question's column; what was asked by a question that its link has no more is in
the last one.
"""

from collections.abc import Iterator
from dataclasses import replace

from flask import Response, stream_with_context

from contracts.booking import Booking, Bookings, ListLinks
from gateway import access, current, desk
from gateway.calendar import blueprint, detail, filtering, listing
from gateway.calendar.filtering import Filter
from gateway.presenting import sheets
from gateway.security import signed_in

PAGE = 200
PAGE_SECONDS = 20
"""For each page of a file that may be long."""
COLUMNS = (
    "id", "status", "start", "end", "time zone", "link", "hosts", "name", "e-mail",
    "attendee's zone", "guests", "location", "join link", "booked at", "cancel reason", "source",
)  # fmt: skip
REST = "other answers"


@blueprint.get("/bookings.csv")
@signed_in
def export() -> Response:
    """The tab with its filters, however long; the first page is read before anything is sent, so
    that a service that is away is said and no half file is kept.
    """
    wanted = filtering.wanted()
    questions = _questions(wanted)
    first = listing.load(wanted, PAGE)
    answer = Response(
        stream_with_context(_lines(wanted, questions, first)),
        content_type="text/csv; charset=utf-8; header=present",
    )
    name = f"bookings-{wanted.tab.replace('_', '-')}-{desk.today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _questions(wanted: Filter) -> list[str]:
    """The labels of the questions of the links that may be in it, each once."""
    account = current.account()
    wish = ListLinks(workspace_id=account.workspace_id, owner_id=None)
    labels: dict[str, None] = {}
    for link in current.services().booking.list_links(wish).links:
        hosts = {None, link.owner_id, *(place.host_id for place in link.settings.hosts)}
        if wanted.link_id in {None, link.id} and wanted.host_id in hosts:
            labels |= dict.fromkeys(question.label for question in link.settings.questions)
    return list(labels)


def _lines(wanted: Filter, questions: list[str], page: Bookings) -> Iterator[str]:
    yield sheets.MARK + sheets.line([*COLUMNS, *questions, REST])
    while True:
        yield "".join(sheets.line(row(booking, questions)) for booking in page.bookings)
        if not page.cursor:
            return
        access.allow(PAGE_SECONDS)
        page = listing.load(replace(wanted, after=page.cursor), PAGE)


def row(booking: Booking, questions: list[str]) -> list[str]:
    """The cells of one booking; times in the reader's zone, with their offset (RFC 3339)."""
    said: dict[str, str] = {}
    for each in detail.answers_of(booking):
        said[each.label] = "\n".join(filter(None, (said.get(each.label), each.words)))
    rest = [f"{label}: {words}" for label, words in said.items() if label not in questions]
    return [
        str(booking.id),
        booking.status,
        desk.local(booking.start).isoformat(),
        desk.local(booking.end).isoformat(),
        desk.zone(),
        booking.link_title,
        ", ".join(host.name for host in booking.hosts),
        booking.attendee.name,
        booking.attendee.email,
        booking.attendee.timezone,
        ", ".join(booking.guests),
        booking.location.value or booking.location.kind,
        booking.join_url,
        desk.local(booking.created_at).isoformat(),
        booking.cancel_reason,
        ", ".join(f"{name}={value}" for name, value in booking.source.items()),
        *(said.get(label, "") for label in questions),
        "\n".join(rest),
    ]
