"""The overview: bookings counted by week, link and host, by the start of their meeting."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from booking.domain.zones import zone
from booking.store import rows
from booking.store import tables as t
from contracts.booking import GetOverview, NamedTally, Overview, Tally, WeekTally
from servicekit import Tx

MOST_NAMED = 50
"""So many links and hosts, the busiest; the total has the rest."""

_SHELVES = ("confirmed", "no_show", "cancelled")


@dataclass(frozen=True)
class _Period:
    """Whole weeks: Mondays, and the instants at which each begins and the last ends."""

    weeks: list[date]
    edges: list[datetime]


def overview(tx: Tx, request: GetOverview) -> Overview:
    """All of it."""
    period = _period(request)
    found = _found(request, period).cte("found")
    counted = _by_week(tx, found, period)
    return Overview(
        total=_tally(tx.execute(sa.select(*_sums(found))).one()),
        weeks=tuple(WeekTally(week=w, tally=counted.get(w, Tally())) for w in period.weeks),
        links=_by_link(tx, found),
        hosts=_by_host(tx, found, request.host_id),
    )


def _period(request: GetOverview) -> _Period:
    monday = request.first - timedelta(days=request.first.weekday())
    weeks = [monday + timedelta(weeks=n) for n in range(request.weeks)]
    days = [*weeks, monday + timedelta(weeks=request.weeks)]
    edges = [datetime.combine(day, time(), zone(request.timezone)) for day in days]
    return _Period(weeks, [edge.astimezone(UTC) for edge in edges])


def _found(request: GetOverview, period: _Period) -> sa.Select[Any]:
    """The newest row of each chain that was ever approved, with the hours it was made ahead."""
    root = t.booking.alias("root")
    mine = t.booking_host if request.host_id is not None else t.booking
    query = (
        sa.select(
            t.booking.c.id,
            t.booking.c.link_id,
            t.booking.c.link_title,
            t.booking.c.status,
            t.booking.c.start_at,
            (sa.extract("epoch", t.booking.c.start_at - root.c.created_at) / 3600).label("lead"),
        )
        .join_from(t.booking, root, root.c.id == t.booking.c.root_id)
        .where(
            mine.c.workspace_id == request.workspace_id,
            mine.c.shelf.in_(_SHELVES),
            mine.c.start_at >= period.edges[0],
            mine.c.start_at < period.edges[-1],
            t.booking.c.approved,
            t.booking.c.status != "declined",
        )
    )
    if request.host_id is not None:
        query = query.join(t.booking_host, t.booking_host.c.booking_id == t.booking.c.id)
        query = query.where(t.booking_host.c.host_id == request.host_id)
    if request.link_id is not None:
        query = query.where(t.booking.c.link_id == request.link_id)
    return query


def _sums(found: sa.CTE) -> list[sa.ColumnElement[Any]]:
    counted = sa.func.count()
    return [
        counted.label("booked"),
        counted.filter(found.c.status == "no_show").label("no_shows"),
        counted.filter(found.c.status == "cancelled").label("cancelled"),
        sa.func.percentile_cont(0.5).within_group(found.c.lead).label("lead_hours"),
    ]


def _tally(row: rows.Row) -> Tally:
    lead = None if row.lead_hours is None else max(float(row.lead_hours), 0.0)
    return Tally(booked=row.booked, no_shows=row.no_shows, cancelled=row.cancelled, lead_hours=lead)


def _by_week(tx: Tx, found: sa.CTE, period: _Period) -> dict[date, Tally]:
    """By the Monday of the local week; the database need not know the zone."""
    edges = sa.cast(period.edges, sa.ARRAY(sa.DateTime(timezone=True)))
    week = sa.func.width_bucket(found.c.start_at, edges).label("week")
    query = sa.select(week, *_sums(found)).group_by(sa.literal_column("week"))
    return {period.weeks[row.week - 1]: _tally(row) for row in tx.execute(query)}


def _by_link(tx: Tx, found: sa.CTE) -> tuple[NamedTally, ...]:
    """With the title of the latest booking."""
    latest = aggregate_order_by(found.c.link_title, found.c.start_at.desc())
    title = sa.func.array_agg(latest, type_=sa.ARRAY(sa.Text))[1].label("name")
    query = sa.select(found.c.link_id.label("id"), title, *_sums(found))
    return _named(tx, query.group_by(found.c.link_id))


def _by_host(tx: Tx, found: sa.CTE, only: UUID | None) -> tuple[NamedTally, ...]:
    taking = t.booking_host.c.booking_id == found.c.id
    query = (
        sa.select(t.host.c.id, t.host.c.name, *_sums(found))
        .join_from(found, t.booking_host, taking)
        .join(t.host, t.host.c.id == t.booking_host.c.host_id)
        .group_by(t.host.c.id, t.host.c.name)
    )
    if only is not None:
        query = query.where(t.host.c.id == only)
    return _named(tx, query)


def _named(tx: Tx, query: sa.Select[Any]) -> tuple[NamedTally, ...]:
    busiest = query.order_by(sa.desc("booked"), "name", "id").limit(MOST_NAMED)
    return tuple(
        NamedTally(id=row.id, name=row.name, tally=_tally(row)) for row in tx.execute(busiest)
    )
