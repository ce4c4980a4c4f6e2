"""Connections, mappings and failures as the pages are told of them."""

from typing import Any

from sqlalchemy import Connection as Tx
from sqlalchemy import Row

from contracts.crm_bridge import (
    CrmChoice,
    CrmConnection,
    CrmFailure,
    CrmField,
    CrmMapping,
    CrmOffer,
    CrmStage,
    SaveCrmMapping,
    Stage,
)
from crm_bridge.connectors import KNOWN
from crm_bridge.connectors.base import Means
from crm_bridge.domain import mapping as rules
from crm_bridge.domain.mapping import ANSWER, KINDS, OURS, Kind, Mapping, Offer, Theirs
from crm_bridge.store import mirror as store

STAGES: tuple[Stage, ...] = ("new", "qualified", "proposal", "won", "lost")


def offer(provider: str, means: Means) -> CrmOffer:
    """A CRM that can be connected, and how."""
    about = KNOWN[provider]
    return CrmOffer(
        provider=provider,
        name=about.name,
        signs_in=about.signs_in(means),
        takes_token=about.takes_token,
    )


def connection(tx: Tx, row: Row[Any]) -> CrmConnection:
    """A connection, with what waits for it."""
    waiting, failed = store.count(tx, row.id)
    return CrmConnection(
        id=row.id,
        workspace_id=row.workspace_id,
        provider=row.provider,
        name=KNOWN[row.provider].name if row.provider in KNOWN else row.provider,
        account=row.account,
        state=row.state,
        why=row.why,
        missing=tuple(row.missing),
        waiting=waiting,
        failed=failed,
        created_at=row.created_at,
        pushed_at=row.pushed_at,
        rest_until=row.rest_until,
    )


def mapping(of: CrmConnection, chosen: Mapping, there: Offer) -> CrmMapping:
    """What is written where, with what could be chosen instead."""
    fields = [
        _field(kind, (ours, label), chosen, there)
        for kind in KINDS
        for ours, label in (OURS[kind] | _answers(chosen if kind == "contact" else None)).items()
    ]
    stages = tuple(CrmStage(stage=stage, theirs=chosen.stages.get(stage, "")) for stage in STAGES)
    choices = tuple(CrmChoice(value=one.value, label=one.label) for one in there.stages)
    return CrmMapping(connection=of, fields=tuple(fields), stages=stages, stage_choices=choices)


def wish(request: SaveCrmMapping, there: Offer) -> Mapping:
    """What somebody wants to be written where; fields that do not exist are left to the rules."""
    fields: dict[Kind, dict[str, Theirs]] = {kind: {} for kind in KINDS}
    for one in request.fields:
        if one.theirs:
            known = there.field(one.object, one.theirs)
            fields[one.object][one.ours] = known or Theirs(one.theirs, one.theirs)
    return Mapping(fields, {one.stage: one.theirs for one in request.stages if one.theirs})


def failure(row: Row[Any]) -> CrmFailure:
    """Something that is not there, and why."""
    return CrmFailure(
        object=row.object,
        id=row.object_id,
        contact_id=row.contact_id,
        label=_label(row)[:300],
        state="failed" if row.state == "failed" else "due",
        attempts=row.attempts,
        problem=row.problem,
        next_try_at=row.next_try if row.state == "due" else None,
    )


def _label(row: Row[Any]) -> str:
    if row.object == "deal" and row.title:
        return str(row.title)
    if row.object == "meeting" and row.starts_at:
        return f"{row.name}, {row.starts_at:%Y-%m-%d %H:%M} UTC"
    return f"{row.name} ({row.email})"


def _answers(chosen: Mapping | None) -> dict[str, str]:
    """Answers that go somewhere, in words."""
    labels = chosen.answers if chosen else ()
    return {f"{ANSWER}{label}": f"Answer to “{label}”" for label in labels}


def _field(kind: Kind, ours: tuple[str, str], chosen: Mapping, there: Offer) -> CrmField:
    name, label = ours
    mine = chosen.of(kind).get(name)
    choices = [
        CrmChoice(value=one.name, label=one.label)
        for one in sorted(there.fields.get(kind, ()), key=lambda one: one.label.lower())
        if rules.takes(one, kind, name)
    ]
    if mine and not there.field(kind, mine.name):
        choices.append(CrmChoice(value=mine.name, label=f"{mine.label} (no longer there)"))
    theirs = mine.name if mine else ""
    return CrmField(object=kind, ours=name, label=label, theirs=theirs, choices=tuple(choices))
