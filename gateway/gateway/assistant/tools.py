"""The tools, by name: what each needs, takes, gives and does. Nothing here knows MCP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from contracts.errors import Invalid, NotFound, SchedulingError
from contracts.wire import Message
from gateway.api import reading
from gateway.assistant import asking, changing, looking, shapes

log = structlog.get_logger()


@dataclass(frozen=True)
class Tool:
    """One tool. `changes`: it acts in two steps; `destroys`: what it did cannot be taken back."""

    run: Callable[[Any], Message]
    takes: type[Message]
    gives: type[Message]
    scope: str = ""
    changes: bool = False
    destroys: bool = False

    @property
    def description(self) -> str:
        """The same for everybody: nothing that anybody wrote is in it."""
        text = " ".join((self.run.__doc__ or "").split())
        if not self.changes:
            return text
        return f"{text} The first call changes nothing: show the host what it says, and ask them."

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments."""
        return _schema(self.takes, strict=True)

    @property
    def answer_schema(self) -> dict[str, Any]:
        """JSON Schema of the answer."""
        return _schema(self.gives, strict=False)


TOOLS: dict[str, Tool] = {
    "whoami": Tool(looking.whoami, shapes.Nothing, shapes.Me),
    "calendar": Tool(looking.calendar, shapes.CalendarAsked, shapes.Agenda, "bookings:read"),
    "find_meetings": Tool(looking.find_meetings, shapes.FindAsked, shapes.Found, "bookings:read"),
    "links": Tool(looking.links, shapes.Nothing, shapes.Offers, "links:read"),
    "free_slots": Tool(looking.free_slots, shapes.SlotsAsked, shapes.Free, "links:read"),
    "book": Tool(changing.book, shapes.BookAsked, shapes.Outcome, "bookings:write", changes=True),
    "move": Tool(changing.move, shapes.MoveAsked, shapes.Outcome, "bookings:write", changes=True),
    "cancel": Tool(
        changing.cancel,
        shapes.CancelAsked,
        shapes.Outcome,
        "bookings:write",
        changes=True,
        destroys=True,
    ),
    "deals": Tool(looking.deals, shapes.DealsAsked, shapes.Deals, "crm:read"),
    "deal": Tool(looking.deal, shapes.DealAsked, shapes.DealFound, "crm:read"),
}


@dataclass(frozen=True)
class Told:
    """A tool's answer as JSON values; `refused`: it is an error."""

    value: dict[str, Any]
    refused: bool = False


def allowed(scopes: tuple[str, ...]) -> dict[str, Tool]:
    """The tools that a key with these scopes may use."""
    return {name: tool for name, tool in TOOLS.items() if not tool.scope or tool.scope in scopes}


def call(name: str, arguments: dict[str, Any]) -> Told:
    """Runs a tool for the account of the request. Refusals are answers, which a model can read."""
    try:
        tool = TOOLS.get(name)
        if tool is None:
            raise NotFound("There is no such tool.")
        asking.require(tool.scope)
        answer = tool.run(_read(arguments, tool.takes))
    except SchedulingError as refusal:
        log.info("assistant_refused", tool=name if name in TOOLS else "unknown", code=refusal.code)
        return Told(_refusal(refusal), refused=True)
    log.info("assistant_tool", tool=name, state=getattr(answer, "state", ""))
    return Told(msgspec.to_builtins(answer))


def _read(arguments: dict[str, Any], takes: type[Message]) -> Message:
    """Raises `Invalid`, for an argument that there is not too: a model shall learn of it."""
    known = takes.__struct_fields__
    if set(arguments) - set(known):
        there = ", ".join(known) or "none"
        raise Invalid(fields={"arguments": f"There is no such argument. There are: {there}."})
    return reading.convert(arguments, takes)


def _refusal(refusal: SchedulingError) -> dict[str, Any]:
    value: dict[str, Any] = {"error": refusal.code, "message": refusal.message}
    if refusal.fields:
        value["fields"] = refusal.fields
    if refusal.alternatives:
        value["alternatives"] = refusal.alternatives
    return value


def _schema(kind: type[Message], *, strict: bool) -> dict[str, Any]:
    """With an object at its root, as MCP wants it."""
    (_,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root: dict[str, Any] = parts.pop(kind.__name__)
    if strict:
        root["additionalProperties"] = False
    return root | {"$defs": parts} if parts else root
