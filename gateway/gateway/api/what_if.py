"""What would be, if links, teams and schedules were others: checked and counted, never saved."""

from uuid import UUID

from flask import Response

from contracts.availability import OfferChanges, Schedule, WhatIf
from contracts.booking import CheckDrafts, Drafts, LinkDraft, Team
from contracts.errors import Invalid
from gateway import current, limits
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import DraftsAsked, LinkDrafted, ScheduleDrafted
from gateway.security import scope


@blueprint.post("/v1/what-if")
@scope("links:read")
@describes(
    Operation(
        "Checks drafts, and counts the slots that would come and go; saves nothing",
        takes=DraftsAsked,
        gives=OfferChanges,
        refuses=(409, 429),
    )
)
def what_if() -> Response:
    """For admins. What is wrong is named as in `links[1].slug`; 409 where a version is not the
    newest. Slots are counted over days of `timezone`, today the first.
    """
    seeing.admin()
    limits.check_account("what_if")
    asked, workspace_id = reading.body(DraftsAsked), current.account().workspace_id
    wrong: dict[str, str] = {}
    try:
        drafts = current.services().booking.check_drafts(_drafts(asked, workspace_id))
    except Invalid as error:
        drafts, wrong = Drafts(), error.fields
    try:
        found = current.services().availability.what_if(_rules(asked, drafts, workspace_id))
    except Invalid as error:
        wrong = wrong | error.fields
    if wrong:
        raise Invalid(fields=wrong)
    return reply(found)


def _drafts(asked: DraftsAsked, workspace_id: UUID) -> CheckDrafts:
    return CheckDrafts(
        workspace_id=workspace_id,
        links=tuple(map(_link, asked.links)),
        teams=tuple(
            Team(
                id=one.id, workspace_id=workspace_id, name=one.name, slug=one.slug,
                members=one.members, version=one.version,
            )
            for one in asked.teams
        ),
        removed=asked.removed,
    )  # fmt: skip


def _link(asked: LinkDrafted) -> LinkDraft:
    return LinkDraft(
        link_id=asked.id, owner_id=asked.owner, version=asked.version, settings=asked.settings
    )


def _rules(asked: DraftsAsked, drafts: Drafts, workspace_id: UUID) -> WhatIf:
    return WhatIf(
        workspace_id=workspace_id,
        links=drafts.links,
        removed=asked.removed,
        schedules=tuple(_schedule(one, workspace_id) for one in asked.schedules),
        timezone=reading.zone(asked.timezone, "timezone"),
        days=asked.days,
    )


def _schedule(asked: ScheduleDrafted, workspace_id: UUID) -> Schedule:
    return Schedule(
        id=asked.id,
        workspace_id=workspace_id,
        host_id=seeing.host(asked.host),
        name=asked.name,
        timezone=asked.timezone,
        hours=asked.hours,
        overrides=asked.overrides,
        is_default=asked.is_default,
        holidays=asked.holidays,
        version=asked.version,
    )
