"""Schedule a call: an address that fills the form in for a contact, and says which deal it is on.

Ids alone stand in it, signed, for a while: no name and no e-mail address. What was forged, has
ended or belongs to another link is as if it were not there.
"""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from flask import g, request
from itsdangerous import BadData, URLSafeTimedSerializer

from contracts.booking import Book, Link
from contracts.crm_bridge import GetContact
from contracts.errors import SchedulingError
from gateway import current

PARAMETER = "call"
LASTS = 14 * 24 * 3600
"""Seconds: long enough to be sent to somebody who answers next week."""

NOBODY = "@erased.invalid"
"""The end of the addresses of contacts that were erased."""


@dataclass(frozen=True, slots=True)
class Call:
    """Through which link, whom to call, and on which deal."""

    workspace_id: UUID
    slug: str
    contact_id: UUID
    deal_id: UUID | None


def address(call: Call) -> str:
    """The link's page, for this call."""
    ids = [each.hex if each else "" for each in (call.workspace_id, call.contact_id, call.deal_id)]
    token = _signer().dumps([*ids, call.slug])
    return f"/book/{call.slug}?{PARAMETER}={token if isinstance(token, str) else token.decode()}"


def carried() -> dict[str, str]:
    """What every further address of this visit carries."""
    return {PARAMETER: request.args[PARAMETER]} if _asked() else {}


def person(link: Link) -> tuple[str, str]:
    """Name and e-mail address that the form is filled in with; empty where there is no call."""
    call = _of(link)
    if call is None:
        return "", ""
    wish = GetContact(workspace_id=link.workspace_id, contact_id=call.contact_id)
    try:
        contact = current.services().crm_bridge.get_contact(wish).contact
    except SchedulingError:
        return "", ""
    return ("", "") if contact.email.endswith(NOBODY) else (contact.name, contact.email)


def on_deal(asked: Book, link: Link) -> Book:
    """The booking, on the deal that the call is about."""
    call = _of(link)
    return msgspec.structs.replace(asked, deal_id=call.deal_id) if call else asked


def _of(link: Link) -> Call | None:
    call, here = _asked(), (link.workspace_id, link.settings.slug)
    return call if call and (call.workspace_id, call.slug) == here else None


def _asked() -> Call | None:
    """What this request's address says; read once."""
    if "call" not in g:
        g.call = _read(request.args.get(PARAMETER, ""))
    found: Call | None = g.call
    return found


def _read(token: str) -> Call | None:
    if not token or len(token) > 500:
        return None
    try:
        workspace, contact, deal, slug = _signer().loads(token, max_age=LASTS)
        return Call(UUID(workspace), slug, UUID(contact), UUID(deal) if deal else None)
    except (BadData, ValueError, TypeError):
        return None


def _signer() -> URLSafeTimedSerializer:
    # The last key signs, all are accepted: our settings name the signing one first.
    keys = list(reversed(current.settings().secret_keys))
    return URLSafeTimedSerializer(keys, salt="schedule-call")
