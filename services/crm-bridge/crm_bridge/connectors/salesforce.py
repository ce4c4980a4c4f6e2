"""Salesforce, through simple-salesforce.

Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ (upsert by an
external id, query, describe, errors), the object reference (Contact, Opportunity, Event, User,
OpportunityContactRole), and OAuth's web server flow with PKCE.

Contacts and opportunities carry our id in `Workestra_Id__c`, an external id that is unique, so that
writing one twice makes one. Events carry it too, but need not have it as an external id, which an
activity's field cannot be everywhere: they are looked for first, and a second one that a lost
answer left behind is removed. An admin makes the three fields (docs/connectors.md).
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from requests import Response
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.format import format_soql

from crm_bridge.connectors import web
from crm_bridge.connectors.base import (
    Account,
    CrmRefused,
    CrmRejected,
    CrmUnavailable,
    LinkLost,
    Means,
    SignedIn,
)
from crm_bridge.domain import mapping as rules
from crm_bridge.domain.mapping import KINDS, Choice, Kind, Offer, Shape, Theirs
from crm_bridge.domain.mapping import Mapping as Mapped
from crm_bridge.domain.mirror import Push
from servicekit.outgoing import Outgoing

WHO = "Salesforce"
VERSION = "59.0"
HOME = ".salesforce.com"
_PLAIN = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/?")
TYPES: dict[Kind, str] = {"contact": "Contact", "deal": "Opportunity", "meeting": "Event"}
OUR_ID = "Workestra_Id__c"
CLOSES = timedelta(days=30)
"""A new opportunity needs a day on which it should close."""

LIMIT_RESTS = timedelta(minutes=15)
"""When to ask again after the day's requests are used up: they are counted over 24 hours."""

USUAL: dict[Kind, dict[str, str]] = {
    "contact": {"first_name": "FirstName", "last_name": "LastName"},
    "deal": {"title": "Name", "value": "Amount"},
    "meeting": {"title": "Subject", "notes": "Description", "place": "Location"},
}
STAGES = {
    "new": ("Prospecting",),
    "qualified": ("Qualification",),
    "proposal": ("Proposal/Price Quote", "Proposal"),
    "won": ("Closed Won",),
    "lost": ("Closed Lost",),
}
OURS_ALONE = {OUR_ID, "Email", "CloseDate", "OwnerId", "StageName", "WhoId", "WhatId"}
OURS_ALONE |= {"StartDateTime", "EndDateTime", "ActivityDateTime", "DurationInMinutes"}
"""Fields that this module writes by itself, or that follow from those."""

SHAPES: dict[str, Shape] = {
    "string": "text",
    "phone": "text",
    "url": "text",
    "combobox": "text",
    "textarea": "long",
    "currency": "number",
    "double": "number",
    "int": "number",
    "percent": "number",
}
LATER = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"}
LOST = {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"}
CODES = {
    "REQUIRED_FIELD_MISSING": "Salesforce requires a field that we do not write.",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "A validation rule of your Salesforce refuses it.",
    "DUPLICATES_DETECTED": "A duplicate rule of your Salesforce refuses it.",
    "DUPLICATE_VALUE": "Salesforce has something else under the same id.",
    "INVALID_EMAIL_ADDRESS": "Salesforce does not accept this e-mail address.",
    "STRING_TOO_LONG": "A text is too long for its field in Salesforce.",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "A field that we write may only be read in Salesforce.",
    "INVALID_FIELD": "A field that we write does not exist in Salesforce any more.",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Salesforce does not know a value that we write.",
    "INSUFFICIENT_ACCESS": "Salesforce does not allow us to write this: a permission is missing.",
    "API_DISABLED_FOR_ORG": "This edition of Salesforce lets no other program write into it.",
    "INACTIVE_OWNER_OR_USER": "The owner is not active in Salesforce any more.",
}
"""Salesforce's codes that we know, in our words."""


class Salesforce:
    """The connector: `Connector` and `SignsIn`."""

    name: ClassVar[str] = WHO
    outcome_apart: ClassVar[bool] = False

    def __init__(self, means: Means) -> None:
        self._means = means

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """As `SignsIn.authorize_url`."""
        asked = {
            "response_type": "code",
            "client_id": self._means.salesforce_client_id,
            "redirect_uri": redirect_uri,
            "scope": "api refresh_token",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._means.salesforce_login_url}/services/oauth2/authorize?{urlencode(asked)}"

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> SignedIn:
        """As `SignsIn.exchange`. Raises `CrmRefused` too for an instance that is not theirs."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        given = self._tokens(form)
        instance, identity = str(given.get("instance_url", "")), str(given.get("id", ""))
        organisation = identity.rstrip("/").split("/")[-2] if identity.count("/") > 2 else ""
        if not organisation or not self._is_theirs(instance):
            raise CrmRefused("Salesforce did not say whose account it is.")
        if not given.get("refresh_token"):
            raise CrmRefused("Salesforce gave no lasting permission.")
        secret = web.kept(given, "", {"instance": instance})
        return SignedIn(urlsplit(instance).hostname or WHO, organisation[:15], secret)

    def usual(self, offer: Offer) -> Mapped:
        """As `Connector.usual`; an opportunity cannot be made without a stage."""
        found = rules.usual(offer, USUAL, STAGES)
        if offer.stages and "new" not in found.stages:
            found.stages["new"] = offer.stages[0].value
        return found

    @contextmanager
    def at(self, account: Account) -> Iterator["SalesforceDesk"]:
        """As `Connector.at`."""
        instance = json.loads(account.load() or "{}").get("instance", "")
        if not self._is_theirs(instance):
            raise CrmRefused("Salesforce does not let us in any more.")
        with web.opened(self._means) as out:
            yield SalesforceDesk(instance, Through(self._line(account, out)))

    def revoke(self, account: Account) -> None:
        """As `Connector.revoke`."""
        refresh = json.loads(account.load()).get("refresh")
        if refresh:
            url = f"{self._means.salesforce_login_url}/services/oauth2/revoke"
            with web.opened(self._means) as out:
                web.ask(out, "POST", url, WHO, data={"token": refresh})

    def _line(self, account: Account, out: Outgoing) -> web.Line:
        def renew(refresh: str) -> dict[str, Any]:
            return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh})

        return web.Line(out, account, WHO, renew)

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        client = {
            "client_id": self._means.salesforce_client_id,
            "client_secret": self._means.salesforce_client_secret,
        }
        url = f"{self._means.salesforce_login_url}/services/oauth2/token"
        return web.tokens(self._means, url, WHO, {**form, **client})

    def _is_theirs(self, instance: str) -> bool:
        """Tokens go to Salesforce's own servers alone, or to what stands in for its sign-in."""
        if not _PLAIN.fullmatch(instance):  # what parsers read differently is nobody's
            return False
        there, login = urlsplit(instance), urlsplit(self._means.salesforce_login_url)
        if f".{login.hostname}".endswith(HOME):
            return f".{there.netloc.removesuffix(':443')}".endswith(HOME)
        return there.netloc == login.netloc


@dataclass(frozen=True)
class Through:
    """The session that the library sends through: our guarded way out. Raises what `web.Line` does,
    and `CrmRejected`.
    """

    line: web.Line
    proxies: ClassVar[dict[str, str]] = {}

    def request(self, method: str, url: str, headers: Any, **options: Any) -> Response:
        """As requests' sessions."""
        answer = self.line.send(method, url, headers, **options)
        if answer.status_code >= 300:
            raise _failed(answer)
        if answer.content:
            web.read(answer, WHO)  # the library trusts that it is JSON
        return answer


class SalesforceDesk:
    """As `Desk`."""

    def __init__(self, instance: str, session: Any) -> None:
        self._client = Client(
            instance_url=instance,
            session_id="set by the line",
            session=session,
            version=VERSION,
            object_pairs_hook=dict,
        )

    def offer(self) -> Offer:
        """As `Desk.offer`."""
        fields: dict[Kind, tuple[Theirs, ...]] = {}
        missing = []
        for kind in KINDS:
            found = {one["name"]: one for one in self._described[kind]}
            fields[kind] = tuple(one for each in found.values() if (one := _theirs(each)))
            ours = found.get(OUR_ID, {})
            if not ours.get("createable") or (kind != "meeting" and not ours.get("externalId")):
                name = "activities" if kind == "meeting" else f"{TYPES[kind]} records"
                missing.append(f"Salesforce's {name} need the field {OUR_ID}.")
        stage = next((one for one in self._described["deal"] if one["name"] == "StageName"), {})
        stages = tuple(
            Choice(one["value"], one["label"])
            for one in stage.get("picklistValues", ())
            if one.get("active")
        )
        return Offer(fields, stages, tuple(missing))

    def prepare(self) -> None:
        """As `Desk.prepare`: fields can only be made by an admin of theirs."""

    def owner(self, email: str) -> str:
        """As `Desk.owner`."""
        users = "SELECT Id FROM User WHERE Email = {} AND IsActive = true ORDER BY Id LIMIT 1"
        found = self._asked(users, email)
        return str(found[0]["Id"]) if found else ""

    def put(self, push: Push) -> str:
        """As `Desk.put`."""
        said = _fields(push)
        if push.external_id:
            if said:
                self._update(push.kind, push.external_id, said, push.links)
            external_id = push.external_id
        elif push.kind == "contact":
            external_id = self._meet(push, said)
        elif push.kind == "deal":
            external_id = self._upsert("deal", str(push.id), said)
        else:
            external_id = self._place(push, said)
        if push.kind == "deal" and "contact" in push.links:
            self._take_part(external_id, push.links["contact"])
        return external_id

    @cached_property
    def _described(self) -> dict[Kind, list[dict[str, Any]]]:
        return {kind: self._records(kind).describe()["fields"] for kind in KINDS}

    def _meet(self, push: Push, said: dict[str, Any]) -> str:
        """Somebody known there is only filled in: what people wrote stays."""
        names = ", ".join(["Id", OUR_ID, *sorted(said.keys() - {"Email"})])
        known = self._asked(
            f"SELECT {names} FROM Contact WHERE {OUR_ID} = {{}} OR Email = {{}}"  # noqa: S608 - names as they describe them
            " ORDER BY CreatedDate, Id LIMIT 20",
            str(push.id),
            push.email,
        )
        ours = [one for one in known if one[OUR_ID] == str(push.id)]
        if ours or not known:
            return self._upsert("contact", str(push.id), said | {"Email": push.email})
        blank = {name: value for name, value in said.items() if not known[0].get(name)}
        if not known[0][OUR_ID]:
            blank[OUR_ID] = str(push.id)
        if blank:
            self._update("contact", str(known[0]["Id"]), blank, {})
        return str(known[0]["Id"])

    def _upsert(self, kind: Kind, our_id: str, said: dict[str, Any]) -> str:
        answer = self._records(kind).upsert(f"{OUR_ID}/{our_id}", said, raw_response=True)
        if answer.content:
            return str(web.read(answer, WHO)["id"])
        query = f"SELECT Id FROM {TYPES[kind]} WHERE {OUR_ID} = {{}}"  # noqa: S608 - names of ours
        return str(self._asked(query, our_id)[0]["Id"])

    def _place(self, push: Push, said: dict[str, Any]) -> str:
        query = f"SELECT Id FROM Event WHERE {OUR_ID} = {{}} ORDER BY CreatedDate, Id"  # noqa: S608 - as above
        known = [str(one["Id"]) for one in self._asked(query, str(push.id))]
        for extra in known[1:]:
            self._records("meeting").delete(extra)
        if known:
            self._update("meeting", known[0], said, push.links)
            return known[0]
        wish = {**said, OUR_ID: str(push.id)}
        return str(self._linking(push.links, self._records("meeting").create, wish)["id"])

    def _update(self, kind: Kind, place: str, said: dict[str, Any], links: Any) -> None:
        self._linking(links, self._records(kind).update, place, said)

    def _take_part(self, deal: str, contact: str) -> None:
        """The contact's role in the opportunity, once."""
        roles = (
            "SELECT Id FROM OpportunityContactRole WHERE OpportunityId = {} AND ContactId = {}"
            " LIMIT 1"
        )
        if not self._asked(roles, deal, contact):
            wish = {"OpportunityId": deal, "ContactId": contact, "IsPrimary": True}
            self._linking({"contact": contact}, self._client.OpportunityContactRole.create, wish)

    def _linking(self, links: dict[Kind, str], act: Any, *arguments: Any) -> Any:
        """Does it; where something it hangs on is not there, says which."""
        try:
            return act(*arguments)
        except _LinkFault as fault:
            for kind, place in links.items():
                if not self._asked(f"SELECT Id FROM {TYPES[kind]} WHERE Id = {{}}", place):  # noqa: S608 - as above
                    raise LinkLost(kind) from fault
            raise

    def _asked(self, query: str, *values: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.query(format_soql(query, *values))["records"]
        return found

    def _records(self, kind: Kind) -> Any:
        return getattr(self._client, TYPES[kind])


class _LinkFault(CrmRejected):
    """Not taken because of an id in it."""


def _fields(push: Push) -> dict[str, Any]:
    """What is to be written."""
    said: dict[str, Any] = dict(push.fields)
    if push.owner:
        said["OwnerId"] = push.owner
    if push.stage:
        said["StageName"] = push.stage
    if push.start and push.end:
        said["StartDateTime"], said["EndDateTime"] = _instant(push.start), _instant(push.end)
    if push.kind == "deal" and not push.external_id:
        said["CloseDate"] = f"{(push.created or datetime.now(UTC)) + CLOSES:%Y-%m-%d}"
    if push.kind == "meeting":
        names: dict[Kind, str] = {"contact": "WhoId", "deal": "WhatId"}
        said |= {names[kind]: place for kind, place in push.links.items()}
    return said


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _theirs(one: dict[str, Any]) -> Theirs | None:
    """A field that we may write."""
    shape = SHAPES.get(one["type"])
    if shape == "long" and one.get("htmlFormatted"):
        shape = "html"
    writable = one.get("createable") and one.get("updateable") and not one.get("calculated")
    if shape is None or not writable or one["name"] in OURS_ALONE:
        return None
    return Theirs(
        name=one["name"],
        label=str(one.get("label") or one["name"])[:200],
        shape=shape,
        required=not one.get("nillable") and not one.get("defaultedOnCreate"),
        longest=one.get("length") or None,
    )


def _failed(answer: Response) -> Exception:
    """Why it is not taken, in our words; theirs are only looked through for codes we know."""
    said = answer.content.decode("utf-8", "replace")
    if answer.status_code == 300:
        return CrmRejected("Salesforce has several records under the same id.")
    if "REQUEST_LIMIT_EXCEEDED" in said:
        return CrmUnavailable("Salesforce's requests of the day are used up.", LIMIT_RESTS)
    if any(code in said for code in LATER):
        return CrmUnavailable("Salesforce is busy with the same record.")
    if answer.status_code == 404:
        return CrmRejected("It was deleted in Salesforce. Another try makes it anew.", gone=True)
    words = next((words for code, words in CODES.items() if code in said), "")
    if any(code in said for code in LOST):
        return _LinkFault("Salesforce does not know what it belongs to any more.")
    return CrmRejected(words or f"Salesforce does not take it (error {answer.status_code}).")
