"""HubSpot, through hubspot-api-client.

Source: https://developers.hubspot.com/docs/api-reference/ (objects: batch upsert by a property of
unique values; properties; owners; pipelines; associations v4; meetings; OAuth tokens v3).

Contacts are known by their address. Deals and meetings carry our id in `workestra_id`, a property
with unique values that we make there, so that writing one twice makes one.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from hubspot import Client
from requests import Response

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

WHO = "HubSpot"
PAGES = "https://app.hubspot.com"
API = Means.hubspot_base_url
SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
)
TYPES: dict[Kind, str] = {"contact": "contacts", "deal": "deals", "meeting": "meetings"}
OUR_ID = "workestra_id"
GROUP = {"name": "workestra", "label": "Workestra"}
OUTCOMES = {
    "scheduled": "SCHEDULED",
    "completed": "COMPLETED",
    "no_show": "NO_SHOW",
    "cancelled": "CANCELED",
}
USUAL: dict[Kind, dict[str, str]] = {
    "contact": {"first_name": "firstname", "last_name": "lastname"},
    "deal": {"title": "dealname", "value": "amount"},
    "meeting": {
        "title": "hs_meeting_title",
        "notes": "hs_meeting_body",
        "place": "hs_meeting_location",
        "join_url": "hs_meeting_external_url",
    },
}
STAGES = {
    "new": ("default/appointmentscheduled",),
    "qualified": ("default/qualifiedtobuy",),
    "proposal": ("default/presentationscheduled", "default/contractsent"),
    "won": ("default/closedwon",),
    "lost": ("default/closedlost",),
}
OURS_ALONE = {OUR_ID, "email", "hubspot_owner_id", "dealstage", "pipeline", "hs_timestamp"} | {
    "hs_meeting_start_time",
    "hs_meeting_end_time",
    "hs_meeting_outcome",
}
"""Properties that this module writes by itself."""

MARKUP = {"hs_meeting_body", "hs_internal_meeting_notes"}
"""Shown as HTML, whatever their type says."""

SHAPES: dict[str, Shape] = {"text": "text", "phonenumber": "text", "textarea": "long"}
SHAPES |= {"html": "html", "number": "number"}


class HubSpot:
    """The connector: `Connector`, `SignsIn` and `TakesToken`."""

    name: ClassVar[str] = WHO
    outcome_apart: ClassVar[bool] = True

    def __init__(self, means: Means) -> None:
        self._means = means

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """As `SignsIn.authorize_url`."""
        base = self._means.hubspot_base_url
        asked = {
            "client_id": self._means.hubspot_client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{PAGES if base == API else base}/oauth/authorize?{urlencode(asked)}"

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> SignedIn:
        """As `SignsIn.exchange`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self._signed_in(web.kept(self._tokens(form), ""))

    def with_token(self, token: str) -> SignedIn:
        """As `TakesToken.with_token`: that of a private app."""
        if not token.isascii() or not token.isprintable():
            raise CrmRefused("This is no token of HubSpot's.")
        return self._signed_in(json.dumps({"access": token}))

    def usual(self, offer: Offer) -> Mapped:
        """As `Connector.usual`."""
        return rules.usual(offer, USUAL, STAGES)

    @contextmanager
    def at(self, account: Account) -> Iterator["HubSpotDesk"]:
        """As `Connector.at`."""
        with web.opened(self._means) as out:
            yield HubSpotDesk(self._means.hubspot_base_url, self._line(account, out))

    def revoke(self, account: Account) -> None:
        """As `Connector.revoke`: the refresh token ends, the app stays installed there."""
        refresh = json.loads(account.load()).get("refresh")
        if refresh:
            form = {"token": refresh, "token_type_hint": "refresh_token", **_client(self._means)}
            with web.opened(self._means) as out:
                url = f"{self._means.hubspot_base_url}/oauth/v3/token/revoke"
                web.ask(out, "POST", url, WHO, data=form)

    def _line(self, account: Account, out: Outgoing) -> web.Line:
        def renew(refresh: str) -> dict[str, Any]:
            return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh})

        return web.Line(out, account, WHO, renew)

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        """Their OAuth guide, version 3."""
        url = f"{self._means.hubspot_base_url}/oauth/v3/token"
        return web.tokens(self._means, url, WHO, {**form, **_client(self._means)})

    def _signed_in(self, secret: str) -> SignedIn:
        """Whose it is, by HubSpot's account information API."""
        once = Account("", lambda: secret, lambda _: None)
        with web.opened(self._means) as out:
            url = f"{self._means.hubspot_base_url}/account-info/v3/details"
            answer = self._line(once, out).send("GET", url, {})
        if answer.status_code >= 400:
            raise CrmUnavailable("HubSpot did not answer as it should.")
        portal = str(web.read(answer, WHO).get("portalId", ""))
        return SignedIn(f"HubSpot account {portal}", portal, secret)


@dataclass(frozen=True)
class Pool:
    """The pool of connections that the library sends through: our guarded way out."""

    line: web.Line

    def request(
        self, method: str, url: str, *, body: str | None = None, fields: Any = None, **more: Any
    ) -> "Heard":
        """As urllib3's `PoolManager.request`. Raises what `web.Line` does, and `CrmRejected`."""
        headers = dict(more.get("headers") or {})
        answer = self.line.send(method, url, headers, data=body, params=fields)
        if answer.status_code >= 400:
            raise _rejected(answer.status_code, answer.content.decode("utf-8", "replace"))
        return Heard(answer)


class Heard:
    """An answer, as urllib3 would give it."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer
        self.status, self.reason = answer.status_code, answer.reason
        self.data, self.headers = answer.content, answer.headers

    def getheaders(self) -> Mapping[str, str]:
        """As http.client."""
        return self.headers

    def __repr__(self) -> str:
        return f"Heard({self.status})"


class HubSpotDesk:
    """As `Desk`."""

    def __init__(self, base_url: str, line: web.Line) -> None:
        pool = Pool(line)
        self._client = Client.create(host=base_url, api_factory=lambda *of: _api(pool, *of))
        # Kept: the library makes each anew whenever it is named.
        self._objects = self._client.crm.objects.basic_api
        self._batches = self._client.crm.objects.batch_api
        self._links = self._client.crm.associations.v4.basic_api

    def offer(self) -> Offer:
        """As `Desk.offer`."""
        crm = self._client.crm
        fields: dict[Kind, tuple[Theirs, ...]] = {}
        missing = []
        for kind in KINDS:
            found = self._told(crm.properties.core_api.get_all, TYPES[kind])["results"]
            fields[kind] = tuple(one for each in found if (one := _theirs(each)))
            unique = {each["name"] for each in found if each.get("hasUniqueValue")}
            if kind != "contact" and OUR_ID not in unique:
                missing.append(f"HubSpot's {TYPES[kind]} need the property {OUR_ID}.")
        pipelines = self._told(crm.pipelines.pipelines_api.get_all, "deals")["results"]
        stages = tuple(
            Choice(f"{line['id']}/{stage['id']}", f"{line['label']}: {stage['label']}")
            for line in pipelines
            for stage in line["stages"]
        )
        return Offer(fields, stages, tuple(missing))

    def prepare(self) -> None:
        """As `Desk.prepare`: the property that keeps our id, on deals and meetings."""
        properties = self._client.crm.properties
        ours = {
            "name": OUR_ID,
            "label": "Workestra id",
            "description": "Keeps Workestra from making this twice. Please leave it as it is.",
            "groupName": GROUP["name"],
            "type": "string",
            "fieldType": "text",
            "hasUniqueValue": True,
        }
        for kind in ("deals", "meetings"):
            self._made(properties.groups_api.create, kind, GROUP)
            self._made(properties.core_api.create, kind, ours)

    def owner(self, email: str) -> str:
        """As `Desk.owner`."""
        found = self._told(self._client.crm.owners.owners_api.get_page, email=email, limit=1)
        owners = [one for one in found["results"] if not one.get("archived")]
        return str(owners[0]["id"]) if owners else ""

    def put(self, push: Push) -> str:
        """As `Desk.put`."""
        said = _properties(push)
        if push.external_id:
            external_id = push.external_id
            if said:
                self._update(push.kind, external_id, said)
        elif push.kind == "contact":
            external_id = self._meet(push.email, said)
        else:
            external_id = self._upsert(push.kind, OUR_ID, str(push.id), said)
        for kind, other in push.links.items():
            self._link(push.kind, external_id, kind, other)
        return external_id

    def _meet(self, email: str, said: dict[str, str]) -> str:
        """Somebody known there is only filled in: what people wrote stays."""
        try:
            known = self._told(
                self._objects.get_by_id,
                "contacts",
                email,
                id_property="email",
                properties=sorted(said) or ["email"],
            )
        except CrmRejected as absent:
            if not absent.gone:
                raise
            return self._upsert("contact", "email", email, said | {"email": email})
        blank = {name: value for name, value in said.items() if not known["properties"].get(name)}
        if blank:
            self._update("contact", str(known["id"]), blank)
        return str(known["id"])

    def _update(self, kind: Kind, external_id: str, said: dict[str, str]) -> None:
        self._told(self._objects.update, TYPES[kind], external_id, {"properties": said})

    def _upsert(self, kind: Kind, key: str, value: str, said: dict[str, str]) -> str:
        """One that is there is brought in line, however it came there."""
        wish = {"id": value, "idProperty": key, "properties": {**said, key: value}}
        answer = self._told(self._batches.upsert, TYPES[kind], {"inputs": [wish]})
        made = answer.get("results", [])
        if len(made) == 1:
            return str(made[0]["id"])
        raise _rejected(400, json.dumps(answer.get("errors", [])))

    def _link(self, kind: Kind, external_id: str, other: Kind, other_id: str) -> None:
        try:
            self._told(self._links.create_default, TYPES[kind], external_id, TYPES[other], other_id)
        except CrmRejected as lost:
            if not lost.gone:
                raise
            self._told(self._objects.get_by_id, TYPES[kind], external_id)  # or is it this one?
            raise LinkLost(other) from lost

    def _made(self, create: Any, *arguments: Any) -> None:
        """Makes what may be there already. What we may not make is missed by `offer`."""
        try:
            self._told(create, *arguments)
        except CrmRejected:
            return

    def _told(self, call: Any, *arguments: Any, **options: Any) -> Any:
        """A call of the library's; the line speaks of errors."""
        try:
            heard = call(*arguments, _preload_content=False, **options)
        except (TypeError, ValueError) as error:  # checked by the library before it asks
            raise CrmRejected("HubSpot cannot take what we would write.") from error
        return web.read(heard.answer, WHO) if heard.data else {}


def _api(pool: Pool, package: Any, name: str, config: dict[str, Any]) -> Any:
    """A part of the library that sends through our pool, which adds the token."""
    configuration = package.Configuration()
    configuration.host = config["host"]
    client = package.ApiClient(configuration=configuration)
    client.user_agent = "Workestra"
    client.rest_client.pool_manager = pool
    return getattr(package, name)(api_client=client)


def _client(means: Means) -> dict[str, str]:
    known = means.hubspot_client_id, means.hubspot_client_secret
    return dict(zip(("client_id", "client_secret"), known, strict=True))


def _theirs(one: dict[str, Any]) -> Theirs | None:
    """A property that we may write."""
    name, about = str(one["name"]), one.get("modificationMetadata") or {}
    shape = "html" if name in MARKUP else SHAPES.get(one.get("fieldType", ""))
    closed = about.get("readOnlyValue") or one.get("calculated") or one.get("archived")
    if shape is None or closed or one.get("hidden") or name in OURS_ALONE:
        return None
    return Theirs(name, str(one.get("label") or name)[:200], shape)


def _properties(push: Push) -> dict[str, str]:
    """What is to be written; instants in milliseconds since 1970."""
    said = {name: _text(value) for name, value in push.fields.items()}
    if push.owner:
        said["hubspot_owner_id"] = push.owner
    if push.stage:
        said["pipeline"], _, said["dealstage"] = push.stage.partition("/")
    if push.start and push.end:
        said["hs_timestamp"] = said["hs_meeting_start_time"] = _ms(push.start)
        said["hs_meeting_end_time"] = _ms(push.end)
    if push.outcome:
        said["hs_meeting_outcome"] = OUTCOMES[push.outcome]
    return said


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}"


def _ms(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def _rejected(status: int, said: str) -> CrmRejected:
    """Why it is not taken, in our words; `said` is only looked through for codes we know."""
    if status == 404:
        return CrmRejected("It was deleted in HubSpot. Another try makes it anew.", gone=True)
    if status == 403:
        return CrmRejected("HubSpot does not allow us to write this: a permission is missing.")
    words = next((words for code, words in CODES.items() if code in said), "")
    return CrmRejected(words or f"HubSpot does not take it (error {status}).")


CODES = {
    "INVALID_EMAIL": "HubSpot does not accept this e-mail address.",
    "PROPERTY_DOESNT_EXIST": "A field that we write does not exist in HubSpot any more.",
    "READ_ONLY_VALUE": "A field that we write may only be read in HubSpot.",
    "INVALID_OPTION": "HubSpot does not know a value or a stage that we write.",
    "INVALID_OWNER_ID": "HubSpot does not know the owner any more.",
    "INVALID_INTEGER": "A field that we write takes only numbers in HubSpot.",
    "INVALID_LONG": "A field that we write takes only numbers in HubSpot.",
    "INVALID_DATE": "A field that we write takes only dates in HubSpot.",
    "PROPERTY_VALUE_TOO_LONG": "A text is too long for its field in HubSpot.",
    "CONFLICT": "HubSpot has something else under the same id or address.",
    "OBJECT_ALREADY_EXISTS": "HubSpot has something else under the same id or address.",
    "VALIDATION_ERROR": "HubSpot does not accept what we write. Check the fields' mapping.",
}
"""HubSpot's codes that we know, the more precise first."""
