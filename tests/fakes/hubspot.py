"""A strict HubSpot: its sign-in and the parts of its CRM that we use, over TLS.

    hubspot = HubSpot()
    with hubspot.served() as url: ...      # HUBSPOT_BASE_URL

By https://developers.hubspot.com/docs/api-reference/ : objects v3, associations v4, properties,
owners, pipelines, account information, OAuth v3.
"""

import re
from itertools import count
from typing import Any

from fakes.crm import JSON, Asked, Crm, Refusal

TYPES = ("contacts", "deals", "meetings")
STAGES = {
    "default": {
        "appointmentscheduled": "Appointment Scheduled",
        "qualifiedtobuy": "Qualified To Buy",
        "presentationscheduled": "Presentation Scheduled",
        "closedwon": "Closed Won",
        "closedlost": "Closed Lost",
    },
    "partners": {"new": "New", "won": "Won"},
}
OUTCOMES = {"SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"}
OBJECT_SCOPES = {"contacts": "contacts", "deals": "deals", "meetings": "contacts"}


def _property(name: str, label: str, field: str = "text", **more: Any) -> JSON:
    kinds = {"number": "number", "date": "datetime", "select": "enumeration"}
    usual = {
        "name": name,
        "label": label,
        "fieldType": field,
        "type": kinds.get(field, "string"),
        "groupName": "information",
        "hasUniqueValue": False,
        "calculated": False,
        "hidden": False,
        "archived": False,
        "modificationMetadata": {"readOnlyValue": False},
    }
    return usual | more


READ_ONLY = {"modificationMetadata": {"readOnlyValue": True}}
USUAL: dict[str, list[JSON]] = {
    "contacts": [
        _property("email", "Email"),
        _property("firstname", "First Name"),
        _property("lastname", "Last Name"),
        _property("company", "Company Name"),
        _property("numemployees", "Number of Employees", "number"),
        _property("hubspot_owner_id", "Contact owner", "select"),
        _property("hs_object_id", "Record ID", "number", **READ_ONLY),
    ],
    "deals": [
        _property("dealname", "Deal Name"),
        _property("dealstage", "Deal Stage", "select"),
        _property("pipeline", "Pipeline", "select"),
        _property("amount", "Amount", "number"),
        _property("description", "Deal Description", "textarea"),
        _property("hubspot_owner_id", "Deal Owner", "select"),
        _property("hs_forecast_amount", "Forecast amount", "number", calculated=True, **READ_ONLY),
    ],
    "meetings": [
        _property("hs_timestamp", "Activity date", "date"),
        _property("hs_meeting_title", "Meeting name"),
        _property("hs_meeting_body", "Meeting description", "html"),
        _property("hs_meeting_location", "Location"),
        _property("hs_meeting_external_url", "External URL"),
        _property("hs_meeting_start_time", "Meeting start time", "date"),
        _property("hs_meeting_end_time", "Meeting end time", "date"),
        _property("hs_meeting_outcome", "Meeting outcome", "select"),
        _property("hubspot_owner_id", "Activity assigned to", "select"),
    ],
}


class HubSpot(Crm):
    """One account. `records`: by type and id; `links`: pairs of (type, id)."""

    AUTHORIZE = "/oauth/authorize"

    def __init__(self, portal: int = 62515) -> None:
        super().__init__()
        self.portal = portal
        self._ids = count(1001)
        self._serve()
        self.reset()

    def reset(self) -> None:
        """As on the first day."""
        self.clear()
        self.properties = {kind: {one["name"]: one for one in USUAL[kind]} for kind in TYPES}
        self.groups: dict[str, set[str]] = {kind: {"information"} for kind in TYPES}
        self.records: dict[str, dict[str, JSON]] = {kind: {} for kind in TYPES}
        self.links: set[tuple[tuple[str, str], tuple[str, str]]] = set()
        self.owners: dict[str, str] = {}

    def _serve(self) -> None:
        objects = "/crm/v3/objects/{kind}"
        for verb, path, name, handler in (
            ("GET", self.AUTHORIZE, "authorize", self.consent_page),
            ("GET", f"{self.AUTHORIZE}/allow", "allow", self.allow),
            ("POST", "/oauth/v3/token", "token", self._tokens),
            ("POST", "/oauth/v3/token/revoke", "revoke", self._revoke),
            ("GET", "/account-info/v3/details", "account", self._account),
            ("GET", "/crm/v3/owners/", "owners", self._owners),
            ("GET", "/crm/v3/pipelines/deals", "pipelines", self._pipelines),
            ("GET", "/crm/v3/properties/{kind}", "{kind}.properties", self._properties),
            ("POST", "/crm/v3/properties/{kind}", "{kind}.define", self._define),
            ("POST", "/crm/v3/properties/{kind}/groups", "{kind}.group", self._group),
            ("POST", f"{objects}/batch/upsert", "{kind}.upsert", self._upsert),
            ("GET", f"{objects}/{{id}}", "{kind}.get", self._get),
            ("PATCH", f"{objects}/{{id}}", "{kind}.update", self._update),
            (
                "PUT",
                "/crm/v4/objects/{kind}/{id}/associations/default/{other}/{other_id}",
                "{kind}.link",
                self._link,
            ),
        ):
            self.route(verb, path, name, handler)

    def owner(self, email: str) -> str:
        """A user; their id."""
        self.owners[email] = str(next(self._ids))
        return self.owners[email]

    def private_token(self) -> str:
        """That of a private app."""
        return str(self.login.given()["access_token"])

    def add(self, kind: str, **properties: str) -> str:
        """A record that was there before us; its id."""
        made = str(next(self._ids))
        self.records[kind][made] = {"id": made, "properties": properties, "archived": False}
        return made

    def alive(self, kind: str) -> list[JSON]:
        """The properties of every record that was not deleted."""
        return [one["properties"] for one in self.records[kind].values() if not one["archived"]]

    def delete(self, kind: str, record_id: str) -> None:
        """Somebody deletes it over there."""
        self.records[kind][record_id]["archived"] = True

    def linked(self, kind: str, record_id: str, other: str) -> list[str]:
        """The ids of the other type that it is linked to."""
        return [b[1] for a, b in self.links if a == (kind, record_id) and b[0] == other]

    def refuses(self, asked: Asked) -> Refusal | None:
        """Requests for data need a token, and an object's name that exists."""
        if asked.path.startswith("/oauth"):
            return None
        if not self.login.lets_in(asked.headers.get("authorization", "")):
            return _error(401, "EXPIRED_AUTHENTICATION", "The OAuth token used expired")
        for piece in ("kind", "other"):
            if asked.named.get(piece, "deals") not in TYPES:
                self.odd.append(asked.path)
                return _error(400, "VALIDATION_ERROR", "Unable to infer object type")
        return None

    # OAuth and the account.

    def _tokens(self, asked: Asked) -> JSON:
        seconds = int(self.login.lasts.total_seconds())
        given = {"expires_in": seconds, "hub_id": self.portal}
        return self.login.tokens(asked.form) | given

    def _revoke(self, asked: Asked) -> tuple[int, None]:
        self.login.revoked.append(asked.form["token"])
        self.login.forget()
        return 200, None

    def _account(self, asked: Asked) -> JSON:
        del asked
        return {"portalId": self.portal, "uiDomain": "app.hubspot.com", "timeZone": "UTC"}

    def _owners(self, asked: Asked) -> JSON:
        self._only(asked, set(asked.query), {"email", "limit", "after", "archived"})
        found = self.owners.get(asked.query.get("email", ""))
        results = [{"id": found, "email": asked.query["email"], "archived": False}]
        return {"results": results if found else []}

    def _pipelines(self, asked: Asked) -> JSON:
        del asked
        results = [
            {
                "id": name,
                "label": f"{name.title()} pipeline",
                "stages": [{"id": key, "label": label} for key, label in stages.items()],
            }
            for name, stages in STAGES.items()
        ]
        return {"results": results}

    # Properties.

    def _properties(self, asked: Asked) -> JSON:
        return {"results": list(self.properties[asked.named["kind"]].values())}

    def _group(self, asked: Asked) -> tuple[int, JSON]:
        body = asked.json
        self._only(asked, set(body), {"name", "label", "displayOrder"})
        if body["name"] in self.groups[asked.named["kind"]]:
            raise _error(409, "OBJECT_ALREADY_EXISTS", "exists")
        self.groups[asked.named["kind"]].add(body["name"])
        return 201, body

    def _define(self, asked: Asked) -> tuple[int, JSON]:
        body, kind = asked.json, asked.named["kind"]
        needed = {"name", "label", "groupName", "type", "fieldType"}
        self._only(asked, set(body), needed | {"hasUniqueValue", "description", "hidden"})
        if not needed <= set(body) or body["groupName"] not in self.groups[kind]:
            self.odd.append(f"{asked.path} {body}")
            raise _error(400, "VALIDATION_ERROR", "Property group does not exist")
        if body["name"] in self.properties[kind]:
            raise _error(409, "PROPERTY_ALREADY_EXISTS", "exists")
        made = _property(name=body["name"], label=body["label"])
        self.properties[kind][body["name"]] = made | body
        return 201, made | body

    # Objects.

    def _get(self, asked: Asked) -> JSON:
        self._only(asked, set(asked.query), {"idProperty", "properties", "archived"})
        record = self._record(asked, asked.query.get("idProperty", ""))
        return {"id": record["id"], "properties": record["properties"], "archived": False}

    def _update(self, asked: Asked) -> JSON:
        self._only(asked, set(asked.json), {"properties"})
        record = self._record(asked, "")
        self._write(asked, record, asked.json["properties"])
        return record

    def _upsert(self, asked: Asked) -> tuple[int, JSON]:
        self._only(asked, set(asked.json), {"inputs"})
        results = []
        for wish in asked.json["inputs"]:
            self._only(asked, set(wish), {"id", "idProperty", "properties", "objectWriteTraceId"})
            kind, key = asked.named["kind"], wish["idProperty"]
            known = self.properties[kind].get(key, {})
            if not (known.get("hasUniqueValue") or (kind, key) == ("contacts", "email")):
                self.odd.append(f"{kind}: {key} has no unique values")
                raise _error(400, "VALIDATION_ERROR", "idProperty has no unique values")
            record = self._by(kind, key, wish["id"])
            made = record is None
            record = record or {"id": str(next(self._ids)), "properties": {}, "archived": False}
            self._write(asked, record, {**wish["properties"], key: wish["id"]})
            if made and kind == "meetings" and "hs_timestamp" not in record["properties"]:
                raise _error(400, "REQUIRED_PROPERTY_MISSING", "hs_timestamp")
            self.records[kind][record["id"]] = record
            results.append({**record, "new": made})
        return 200, {"status": "COMPLETE", "results": results}

    def _link(self, asked: Asked) -> JSON:
        one = asked.named["kind"], asked.named["id"]
        other = asked.named["other"], asked.named["other_id"]
        for kind, record_id in (one, other):
            record = self.records[kind].get(record_id)
            if record is None or record["archived"]:
                raise _error(404, "OBJECT_NOT_FOUND", "not found")
        self.links |= {(one, other), (other, one)}
        return {"status": "COMPLETE", "results": []}

    def _record(self, asked: Asked, key: str) -> JSON:
        kind, wanted = asked.named["kind"], asked.named["id"]
        record = self._by(kind, key, wanted) if key else self.records[kind].get(wanted)
        if record is None or record["archived"]:
            raise _error(404, "OBJECT_NOT_FOUND", "Object not found")
        return record

    def _by(self, kind: str, key: str, value: str) -> JSON | None:
        for record in self.records[kind].values():
            known = record["properties"].get(key, "")
            if not record["archived"] and known.lower() == value.lower():
                return record
        return None

    def _write(self, asked: Asked, record: JSON, wanted: JSON) -> None:
        kind = asked.named["kind"]
        for name, value in wanted.items():
            self._check(kind, name, value, wanted)
        record["properties"] = record["properties"] | wanted

    def _check(self, kind: str, name: str, value: Any, wanted: JSON) -> None:
        known = self.properties[kind].get(name)
        if known is None:
            raise _error(400, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        if known["modificationMetadata"]["readOnlyValue"]:
            raise _error(400, "READ_ONLY_VALUE", name)
        if not isinstance(value, str):
            self.odd.append(f"{kind}.{name}: {value!r} is no string")
            raise _error(400, "VALIDATION_ERROR", "must be a string")
        if name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", value):
            raise _error(400, "INVALID_EMAIL", f"Email address {value} is invalid")
        if len(value) > 65_536:
            raise _error(400, "PROPERTY_VALUE_TOO_LONG", name)
        options = {
            "hubspot_owner_id": set(self.owners.values()),
            "hs_meeting_outcome": OUTCOMES,
            "pipeline": set(STAGES),
            "dealstage": set(STAGES.get(wanted.get("pipeline", "default"), ())),
        }
        if name in options and value not in options[name]:
            raise _error(400, "INVALID_OPTION", f"{value} was not one of the allowed options")
        if known["type"] == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
            raise _error(400, "INVALID_INTEGER", name)
        if known["type"] == "datetime" and not re.fullmatch(r"\d{13}", value):
            raise _error(400, "INVALID_LONG", name)

    def _only(self, asked: Asked, given: set[str], known: set[str]) -> None:
        if not given <= known:
            self.odd.append(f"{asked.path}: {given - known}")
            raise _error(400, "VALIDATION_ERROR", f"unknown: {given - known}")


def _error(status: int, code: str, message: str) -> Refusal:
    """As https://developers.hubspot.com/docs/api/error-handling shows it."""
    category = "VALIDATION_ERROR" if status == 400 else code
    detail = {"message": message, "code": code}
    body = {"status": "error", "message": message, "category": category, "errors": [detail]}
    return Refusal(status, body)
