"""What of the dashboard is shown: read out of its address, and kept in the addresses it leads to.

A page about one booking carries the list it was opened from as `list`, so that what is done there
leads back to it. Nothing in it is trusted more than the list's own address is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request, url_for

from contracts.booking import Tab
from contracts.errors import NotFound
from gateway import current, desk
from gateway.calendar import blueprint
from gateway.settings_pages.inputs import cleaned

View = Literal["list", "week", "month"]
LISTS = frozenset(
    {f"calendar.{name}" for name in ("calendar", "export", "overview", "feed", "feed_file")}
)
"""Pages whose own address is the filter, or that have none."""
DEFAULTS = {"tab": "upcoming", "who": "mine", "view": "list"}
LONGEST = 1000
"""Characters of a list's address that another page carries on."""
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True)
class Filter:
    """What the reader asked for. `host_id` None is everyone; `who` is how the address says it.

    `first` and `last` are days in the reader's zone, both included; `day` lies in the week or month
    that is pictured.
    """

    tab: Tab = "upcoming"
    who: str = "mine"
    host_id: UUID | None = None
    search: str = ""
    after: str = ""
    link_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    view: View = "list"
    day: date | None = None

    def args(self, **changes: str | None) -> dict[str, str]:
        """The address of the same list with something changed; defaults are left out."""
        given: dict[str, Any] = {
            "tab": self.tab,
            "who": self.who,
            "q": self.search,
            "link": self.link_id,
            "from": self.first,
            "to": self.last,
            "view": self.view,
            "day": self.day,
        }
        said = {name: str(value) for name, value in (given | changes).items() if value}
        return {name: value for name, value in said.items() if DEFAULTS.get(name) != value}

    def url(self, **changes: str | None) -> str:
        """The list's address, with something changed."""
        words = urlencode(self.args(**changes))
        return url_for("calendar.calendar") + (f"?{words}" if words else "")

    @property
    def narrowed(self) -> bool:
        """Whether anything but whose meetings they are was asked for."""
        return bool(self.search or self.link_id or self.first or self.last)

    @property
    def since(self) -> datetime | None:
        """When the first day begins, UTC."""
        return midnight(self.first) if self.first else None

    @property
    def until(self) -> datetime | None:
        """When the last day ends, UTC."""
        return midnight(self.last + timedelta(days=1)) if self.last else None


def midnight(day: date) -> datetime:
    """The instant at which this day begins for the reader, UTC."""
    return datetime.combine(day, time(), ZoneInfo(desk.zone())).astimezone(UTC)


def read(args: Mapping[str, str]) -> Filter:
    """The filter of an address; a member's is always their own. Raises `NotFound`."""
    who = args.get("who", "mine") if desk.sees_all() else "mine"
    return Filter(
        tab=_one_of(get_args(Tab), args.get("tab", ""), "upcoming"),
        who=who,
        host_id=_host_id(who),
        search=cleaned(args.get("q", ""))[:200],
        after=args.get("after", "")[:500],
        link_id=_id(args["link"]) if args.get("link") else None,
        first=_day(args.get("from", "")),
        last=_day(args.get("to", "")),
        view=_one_of(get_args(View), args.get("view", ""), "list"),
        day=_day(args.get("day", "")),
    )


def wanted() -> Filter:
    """The filter of this page's address."""
    return read(request.args)


def opened_from() -> Filter:
    """The list from which this page was opened; the plain one where that cannot be read."""
    try:
        return read(dict(parse_qsl(request.args.get("list", "")[:LONGEST])))
    except NotFound:
        return read({})


@blueprint.url_defaults
def keep(endpoint: str, values: dict[str, Any]) -> None:
    """Links from the dashboard to a booking, and on from there, know the list."""
    if endpoint in LISTS or request.blueprint != blueprint.name:
        return
    here = wanted() if request.endpoint in LISTS else opened_from()
    words = urlencode(here.args())
    if 0 < len(words) <= LONGEST:
        values.setdefault("list", words)


@blueprint.app_context_processor
def _known() -> dict[str, Any]:
    return {"opened_from": opened_from}


def everything_of(filter_: Filter) -> Filter:
    """The same without what narrows it."""
    return replace(filter_, search="", link_id=None, first=None, last=None, after="")


def _one_of(known: tuple[Any, ...], asked: str, usual: str) -> Any:
    return next((each for each in known if each == asked), usual)


def _host_id(who: str) -> UUID | None:
    if who == "everyone":
        return None
    return current.account().id if who == "mine" else _id(who)


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError as error:
        raise NotFound from error


def _day(words: str) -> date | None:
    """A day as `<input type="date">` sends it; what cannot be read was not asked for."""
    try:
        found = date.fromisoformat(words)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
