"""“Why can't people book Tuesday 10:00?”: every rule of a link at one start, in plain words."""

from datetime import timedelta
from uuid import UUID

from flask import render_template, request

from contracts.availability import Explanation
from contracts.booking import Link
from contracts.errors import Invalid
from gateway import current, desk, explaining
from gateway.security import signed_in
from gateway.settings_pages import blueprint, why_words
from gateway.settings_pages.inputs import Reader


@blueprint.get("/booking-links/<uuid:link_id>/why")
@signed_in
def why(link_id: UUID) -> str | tuple[str, int]:
    """Asks for a day and a time, and explains it. Times are the reader's, the zone is named."""
    link, reader = explaining.link(link_id), Reader(request.args)
    start, duration = None, None
    if request.args.get("day"):
        start = reader.instant("day", "time", desk.zone())
        duration = _duration(reader, link)
    told = None
    if start and not reader.errors:
        try:
            told = explaining.explained(link, start, duration)
        except Invalid as refusal:
            reader.say("day", next(iter(refusal.fields.values()), refusal.message))
    page = _page(link, told, reader)
    return (page, 422) if reader.errors else page


def _duration(reader: Reader, link: Link) -> int | None:
    wanted = reader.whole("duration", 5, 480)
    return wanted if wanted in link.settings.durations else None


def _page(link: Link, told: Explanation | None, reader: Reader) -> str:
    zone, tomorrow = desk.zone(), desk.today() + timedelta(days=1)
    at = told.start if told else current.now()
    return render_template(
        "settings/why.html",
        link=link,
        answer=why_words.answer(told, zone) if told else None,
        when=desk.when_words(at, zone),
        asked=told,
        zone=desk.zone_words(zone, at),
        values={
            "day": reader.raw("day") or tomorrow.isoformat(),
            "time": reader.raw("time") or "10:00",
            "duration": str(told.duration if told else link.settings.durations[0]),
        },
        errors=reader.errors,
        page=desk.url_of(link.settings.slug),
    )
