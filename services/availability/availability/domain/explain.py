"""Why a start is offered or not: every rule, host by host, with the facts that it went by.

What passed is read off the layers that a listing is made of, so the two cannot disagree. Facts are
texts for people's words: instants in ISO 8601 UTC, wall times with their zone beside them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from availability.domain import engine, hours, limits, team, zones
from availability.domain.engine import Moment, Question
from availability.domain.facts import HostFacts, Offer
from availability.domain.minutes import (
    DAY,
    EPOCH_DAY,
    Span,
    day_number,
    floor_minute,
    outward,
    to_instant,
)
from availability.domain.seats import left
from contracts.availability import Check, Explanation, HostChecks, Rule
from contracts.booking import Claim, Limits

Facts = dict[str, str]

LINK_RULES: tuple[Rule, ...] = ("link_closed", "past", "notice", "link_limit")
"""What the link decides for all of its hosts alike."""
HOST_RULES: tuple[Rule, ...] = (
    "not_a_host",
    "horizon",
    "hours",
    "time_off",
    "off_grid",
    "busy",
    "claimed",
    "host_limit",
    "calendar_stale",
)


def _text(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _day(number: int) -> date:
    return date.fromordinal(number + EPOCH_DAY)


# --- the link's rules ----------------------------------------------------------------------------


def _closed(asked: Question) -> Facts:
    link = asked.link.link
    if not link.settings.active:
        return {"why": "paused"}
    if link.used and asked.ask.except_booking is None:
        return {"why": "used"}
    expires = link.settings.expires_at
    if expires is None:
        return {}
    return {"why": "expired" if expires <= asked.ask.now else "", "expires_at": _text(expires)}


def _notice(asked: Question) -> Facts:
    notice = asked.link.link.settings.notice
    earliest = asked.ask.now + timedelta(minutes=notice)
    return {"minutes": str(notice), "earliest": _text(earliest)}


def _limit(claims: Iterable[Claim], most: Limits, zone: str, start: datetime) -> Facts:
    """The first limit that is reached on the day of `start`."""
    day = _day(zones.wall_day(zone, floor_minute(start)))
    for reached in limits.reached(claims, most, zone):
        if reached.first <= day <= reached.last:
            return {
                "period": reached.period,
                "most": str(reached.most),
                "count": str(reached.meetings),
                "first_day": reached.first.isoformat(),
                "last_day": reached.last.isoformat(),
                "timezone": zone,
            }
    return {}


def _link_facts(rule: Rule, asked: Question, start: datetime) -> Facts:
    link = asked.link.link
    if rule == "link_limit":
        counted = filter(asked.ask.stands, asked.link.claims)
        return _limit(counted, link.settings.limits, link.workspace_timezone, start)
    if rule == "link_closed":
        return _closed(asked)
    return _notice(asked) if rule == "notice" else {"now": _text(asked.ask.now)}


# --- a host's rules ------------------------------------------------------------------------------


def _horizon(asked: Question, host: HostFacts, _: datetime) -> Facts:
    zone = host.host.timezone
    today = zones.wall_day(zone, floor_minute(asked.ask.now))
    first, last = engine.horizon(asked.link.link.settings, today)
    last_day = _day(last).isoformat()
    return {
        "first_day": _day(max(first, today)).isoformat(),
        "last_day": last_day,
        "timezone": zone,
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _windows(asked: Question, host: HostFacts, start: datetime) -> Facts:
    """The wall time asked for, and the windows of that day and of the night before it."""
    schedule = host.hours(asked.terms.schedule_id)
    if schedule is None:
        return {"schedule": ""}
    wall = start.astimezone(ZoneInfo(schedule.zone))
    day = day_number(wall.date())
    spans = [
        (max(begin - day * DAY, 0), end - day * DAY)
        for begin, end in schedule.windows(day - 2, day)
        if end > day * DAY
    ]
    holiday = schedule.holiday(day)
    return {
        "schedule": schedule.schedule.name,
        "timezone": schedule.zone,
        "wall": f"{wall:%Y-%m-%d %H:%M}",
        "windows": ", ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in sorted(spans)),
        "override": "yes" if day in schedule.overrides else "",
    } | ({"holiday": holiday} if holiday else {})


def _needed(asked: Question, start: datetime, *, padded: bool) -> Span:
    """What a meeting at `start` takes, with or without its buffers."""
    before, after = (asked.terms.before, asked.terms.after) if padded else (0, 0)
    return (
        floor_minute(start) - before,
        floor_minute(start) + asked.terms.duration + after,
    )


def _first(spans: Iterable[Span], needed: Span) -> Facts:
    """The first of the spans that a meeting would touch."""
    for start, end in sorted(spans):
        if start < needed[1] and end > needed[0]:
            return {"start": _text(to_instant(start)), "end": _text(to_instant(end))}
    return {}


def _time_off(asked: Question, host: HostFacts, start: datetime) -> Facts:
    needed = _needed(asked, start, padded=False)
    for period in host.time_off:
        spans = hours.off([period], host.host.timezone, asked.frame)
        if found := _first(spans, needed):
            whole = period.first_day is not None and period.last_day is not None
            days = {"first_day": str(period.first_day), "last_day": str(period.last_day)}
            return (days if whole else found) | {"reason": period.reason}
    return {}


def _nearest(asked: Question, host: HostFacts, start: datetime) -> Facts:
    """The starts of the grid before and after, where there are any about that day."""
    grid, at = engine.kept(asked, host).grid, floor_minute(start) - asked.frame.start
    below, above = grid & ((1 << at) - 1), grid >> (at + 1)
    facts = {"interval": str(asked.terms.interval)}
    if below:
        facts["before"] = _text(to_instant(asked.frame.start + below.bit_length() - 1))
    if above:
        rise = (above & -above).bit_length()
        facts["after"] = _text(to_instant(asked.frame.start + at + rise))
    return facts


def _busy(asked: Question, host: HostFacts, start: datetime) -> Facts:
    return _first(host.busy, _needed(asked, start, padded=True))


def _claimed(asked: Question, host: HostFacts, start: datetime) -> Facts:
    needed, capacity = _needed(asked, start, padded=True), asked.link.link.settings.capacity
    for claim in sorted(host.claims, key=lambda claim: claim.start):
        span = outward(claim.start, claim.end)
        if asked.ask.stands(claim) and (found := _first([span], needed)):
            facts = found | {"state": claim.state, "meeting_id": str(claim.meeting_id)}
            if asked.terms.has_seats and claim.link_id == asked.link.link.id:
                facts["seats"] = str(left(claim, capacity, asked.ask))
            return facts
    return {}


def _host_limit(asked: Question, host: HostFacts, start: datetime) -> Facts:
    counted = filter(asked.ask.stands, host.claims)
    return _limit(counted, host.host.limits, host.host.timezone, start)


def _calendar(asked: Question, host: HostFacts, _: datetime) -> Facts:
    freshness = str(asked.link.link.settings.freshness)
    return {
        "calendar": host.calendar,
        "synced_at": _text(host.synced_at),
        "freshness_minutes": freshness,
    }


def _membership(_: Question, host: HostFacts, __: datetime) -> Facts:
    return {"why": "" if host.host.active else "inactive"}


_HOST_FACTS = {
    "not_a_host": _membership,
    "horizon": _horizon,
    "hours": _windows,
    "time_off": _time_off,
    "off_grid": _nearest,
    "busy": _busy,
    "claimed": _claimed,
    "host_limit": _host_limit,
    "calendar_stale": _calendar,
}


# --- all of them ---------------------------------------------------------------------------------


def _host(asked: Question, host: HostFacts, at: Moment, start: datetime) -> HostChecks:
    refused = set(engine.refusals(asked, host, at))
    checks = [
        Check(rule=rule, passed=rule not in refused, facts=_HOST_FACTS[rule](asked, host, start))
        for rule in HOST_RULES
    ]
    free = not refused
    return HostChecks(host_id=host.host.id, name=host.host.name, free=free, checks=tuple(checks))


def _hosts(offer: Offer, asked: Question, at: Moment, start: datetime) -> Iterator[HostChecks]:
    known = {host.host.id: host for host in offer.hosts}
    for place in offer.link.link.settings.hosts:
        if host := known.get(place.host_id):
            yield _host(asked, host, at, start)
        else:
            unknown = Check(rule="not_a_host", passed=False, facts={"why": "unknown"})
            yield HostChecks(host_id=place.host_id, free=False, checks=(unknown,))


def _link(asked: Question, at: Moment, start: datetime) -> tuple[Check, ...]:
    refused = set(engine.link_refusals(asked, at))
    return tuple(
        Check(rule=rule, passed=rule not in refused, facts=_link_facts(rule, asked, start))
        for rule in LINK_RULES
    )


def explain(offer: Offer, start: datetime) -> Explanation:
    """Why `start` is offered or not. Of a start out of all reach, only that is told."""
    verdict, link = team.check(offer, start), offer.link.link
    checks: tuple[Check, ...] = ()
    hosts: tuple[HostChecks, ...] = ()
    if far := engine.out_of_reach(offer.ask, start):
        checks = (Check(rule=far, passed=False, facts={"now": _text(offer.ask.now)}),)
    else:
        at = engine.moment(start)
        asked = engine.question(offer.link, offer.hosts, offer.ask, at.frame)
        checks = _link(asked, at, start)
        hosts = tuple(_hosts(offer, asked, at, start))
    return Explanation(
        link_id=link.id,
        kind=link.settings.kind,
        start=start,
        duration=offer.ask.duration,
        offered=bool(verdict.free),
        rule=verdict.rule,
        seats=verdict.seats,
        checks=checks,
        hosts=hosts,
    )
