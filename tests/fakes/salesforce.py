"""A strict Salesforce: its sign-in and the parts of its REST API that we use, over TLS.

    salesforce = Salesforce()
    with salesforce.served() as url: ...      # SALESFORCE_LOGIN_URL

By https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ and the object
reference. SOQL is understood as far as it is asked: equal fields, AND, OR, ORDER BY, LIMIT.
"""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from fakes.crm import JSON, Asked, Crm, Refusal

OUR_ID = "Workestra_Id__c"
STAGES = ("Prospecting", "Qualification", "Proposal/Price Quote", "Closed Won", "Closed Lost")
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def _field(name: str, kind: str = "string", **more: Any) -> JSON:
    usual = {
        "name": name,
        "label": name.replace("__c", "").replace("_", " "),
        "type": kind,
        "length": {"string": 255, "textarea": 32000}.get(kind, 0),
        "createable": True,
        "updateable": True,
        "calculated": False,
        "nillable": True,
        "defaultedOnCreate": False,
        "externalId": False,
        "unique": False,
        "htmlFormatted": False,
        "picklistValues": [],
    }
    return usual | more


NEEDED: JSON = {"nillable": False}
READ_ONLY: JSON = {"createable": False, "updateable": False}
OURS = _field(OUR_ID, length=36, externalId=True, unique=True)
PREFIXES = {"Contact": "003", "Opportunity": "006", "Event": "00U", "OpportunityContactRole": "00K"}
USUAL: dict[str, list[JSON]] = {
    "Contact": [
        _field("Id", "id", **READ_ONLY),
        _field("FirstName", length=40),
        _field("LastName", length=80, **NEEDED),
        _field("Email", "email", length=80),
        _field("Title", length=128),
        _field("Department", length=80),
        _field("OwnerId", "reference"),
        _field("CreatedDate", "datetime", **READ_ONLY),
        OURS,
    ],
    "Opportunity": [
        _field("Id", "id", **READ_ONLY),
        _field("Name", length=120, **NEEDED),
        _field(
            "StageName",
            "picklist",
            picklistValues=[{"value": one, "label": one, "active": True} for one in STAGES],
            **NEEDED,
        ),
        _field("CloseDate", "date", **NEEDED),
        _field("Amount", "currency"),
        _field("Description", "textarea"),
        _field("ExpectedRevenue", "currency", **READ_ONLY),
        _field("OwnerId", "reference"),
        _field("CreatedDate", "datetime", **READ_ONLY),
        OURS,
    ],
    "Event": [
        _field("Id", "id", **READ_ONLY),
        _field("Subject", "combobox", length=255),
        _field("Description", "textarea"),
        _field("Location", length=255),
        _field("StartDateTime", "datetime"),
        _field("EndDateTime", "datetime"),
        _field("WhoId", "reference"),
        _field("WhatId", "reference"),
        _field("OwnerId", "reference"),
        _field("CreatedDate", "datetime", **READ_ONLY),
        OURS | {"externalId": False, "unique": False},
    ],
    "OpportunityContactRole": [
        _field("Id", "id", **READ_ONLY),
        _field("OpportunityId", "reference", **NEEDED),
        _field("ContactId", "reference", **NEEDED),
        _field("IsPrimary", "boolean"),
    ],
    "User": [
        _field("Id", "id", **READ_ONLY),
        _field("Email", "email"),
        _field("IsActive", "boolean"),
    ],
}
REFERENCES = {"WhoId": "Contact", "WhatId": "Opportunity", "ContactId": "Contact"}
REFERENCES |= {"OpportunityId": "Opportunity", "OwnerId": "User"}


class Salesforce(Crm):
    """One organisation. `records`: by object and id."""

    AUTHORIZE = "/services/oauth2/authorize"

    def __init__(self, organisation: str = "00D000000000062") -> None:
        super().__init__()
        self.organisation = organisation
        self._ids = count(1)
        data = "/services/data/v59.0"
        objects = f"{data}/sobjects/{{kind}}"
        routes: tuple[tuple[str, str, str, Callable[[Asked], Any]], ...] = (
            ("GET", self.AUTHORIZE, "authorize", self.consent_page),
            ("GET", f"{self.AUTHORIZE}/allow", "allow", self.allow),
            ("POST", "/services/oauth2/token", "token", self._tokens),
            ("POST", "/services/oauth2/revoke", "revoke", self._revoke),
            ("GET", f"{data}/query/", "query", self._query),
            ("GET", f"{objects}/describe", "{kind}.describe", self._describe),
            ("POST", f"{objects}/", "{kind}.create", self._create),
            ("PATCH", f"{objects}/{{id}}", "{kind}.update", self._update),
            ("DELETE", f"{objects}/{{id}}", "{kind}.delete", self._delete),
            ("PATCH", f"{objects}/{OUR_ID}/{{id}}", "{kind}.upsert", self._upsert),
        )
        for verb, path, name, handler in routes:
            self.route(verb, path, name, handler)
        self.reset()

    def reset(self) -> None:
        """As on the first day."""
        self.clear()
        self.fields = {kind: {one["name"]: one for one in USUAL[kind]} for kind in USUAL}
        self.records: dict[str, dict[str, JSON]] = {kind: {} for kind in USUAL}

    def owner(self, email: str) -> str:
        """A user; their id."""
        return self.add("User", Email=email, IsActive=True)

    def add(self, kind: str, **fields: Any) -> str:
        """A record that was there before us; its id."""
        made = f"{PREFIXES.get(kind, '005')}{next(self._ids):012d}AAA"
        born = f"2026-12-01T09:00:00.{int(made[3:15]) % 1000:03d}+0000"
        self.records[kind][made] = {"Id": made, "CreatedDate": born, **fields}
        return made

    def alive(self, kind: str) -> list[JSON]:
        """Every record that was not deleted."""
        return list(self.records[kind].values())

    def delete(self, kind: str, record_id: str) -> None:
        """Somebody deletes it over there, and with it what is only a part of it."""
        del self.records[kind][record_id]
        roles = self.records["OpportunityContactRole"]
        for key in [key for key, one in roles.items() if record_id in one.values()]:
            del roles[key]

    def refuses(self, asked: Asked) -> Refusal | None:
        """Requests for data need a token, and an object that exists."""
        if asked.path.startswith("/services/oauth2"):
            return None
        if not self.login.lets_in(asked.headers.get("authorization", "")):
            return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if asked.named.get("kind", "User") not in USUAL:
            self.odd.append(asked.path)
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        return None

    # OAuth.

    def _tokens(self, asked: Asked) -> JSON:
        identity = f"{self.url}/id/{self.organisation}AAA/005000000000001AAA"
        return self.login.tokens(asked.form) | {"instance_url": self.url, "id": identity}

    def _revoke(self, asked: Asked) -> tuple[int, None]:
        self.login.revoked.append(asked.form["token"])
        self.login.forget()
        return 200, None

    # Data.

    def _describe(self, asked: Asked) -> JSON:
        kind = asked.named["kind"]
        return {"name": kind, "fields": list(self.fields[kind].values())}

    def _create(self, asked: Asked) -> tuple[int, JSON]:
        kind = asked.named["kind"]
        self._check(kind, asked.json, new=True)
        made = self.add(kind, **asked.json)
        return 201, {"id": made, "success": True, "errors": []}

    def _update(self, asked: Asked) -> tuple[int, None]:
        record = self._record(asked)
        self._check(asked.named["kind"], asked.json, new=False)
        self._unique(asked.named["kind"], asked.json, record)
        record.update(asked.json)
        return 204, None

    def _delete(self, asked: Asked) -> tuple[int, None]:
        del self.records[asked.named["kind"]][self._record(asked)["Id"]]
        return 204, None

    def _upsert(self, asked: Asked) -> tuple[int, JSON]:
        kind, key, body = asked.named["kind"], asked.named["id"], asked.json
        if not self.fields[kind].get(OUR_ID, {}).get("externalId"):
            self.odd.append(f"{asked.path}: no external id")
            raise _error(400, "INVALID_FIELD", "not an external id")
        if OUR_ID in body or "Id" in body:
            self.odd.append(f"{asked.path}: the id stands in the address")
            raise _error(400, "INVALID_FIELD", "The Id field should not be specified")
        found = [one for one in self.alive(kind) if one.get(OUR_ID) == key]
        self._check(kind, body, new=not found)
        if found:
            found[0].update(body)
        place = found[0]["Id"] if found else self.add(kind, **body, **{OUR_ID: key})
        answer: JSON = {"id": place, "success": True, "errors": [], "created": not found}
        return (200 if found else 201), answer

    def _record(self, asked: Asked) -> JSON:
        found = self.records[asked.named["kind"]].get(asked.named["id"])
        if found is None:
            raise _error(404, "ENTITY_IS_DELETED", "entity is deleted")
        return found

    def _unique(self, kind: str, body: JSON, record: JSON) -> None:
        for one in self.alive(kind):
            if one is not record and OUR_ID in body and one.get(OUR_ID) == body[OUR_ID]:
                raise _error(400, "DUPLICATE_VALUE", "duplicate value found")

    def _check(self, kind: str, body: JSON, *, new: bool) -> None:
        known = self.fields[kind]
        for name, value in body.items():
            if name not in known:
                raise _error(400, "INVALID_FIELD", f"No such column '{name}'")
            self._value(known[name], value, new=new)
        needed = [one["name"] for one in known.values() if one["createable"]]
        for name in needed:
            if new and not known[name]["nillable"] and not body.get(name):
                raise _error(400, "REQUIRED_FIELD_MISSING", f"Required: {name}")
        if kind == "Event" and new and not {"StartDateTime", "EndDateTime"} <= set(body):
            raise _error(400, "REQUIRED_FIELD_MISSING", "Required: DurationInMinutes")

    def _value(self, known: JSON, value: Any, *, new: bool) -> None:
        name, kind = known["name"], known["type"]
        if not known["createable" if new else "updateable"]:
            raise _error(400, "INVALID_FIELD_FOR_INSERT_UPDATE", name)
        if kind == "reference" and value not in self.records[REFERENCES[name]]:
            raise _error(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        numbers = kind in {"currency", "double"}
        wanted: Any = bool if kind == "boolean" else (int, float) if numbers else str
        if not isinstance(value, wanted):
            self.odd.append(f"{name}: {value!r}")
            raise _error(400, "JSON_PARSER_ERROR", name)
        if kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}", value):
            raise _error(400, "INVALID_EMAIL_ADDRESS", value)
        if kind == "datetime" and not re.fullmatch(INSTANT, value):
            raise _error(400, "JSON_PARSER_ERROR", name)
        if kind == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise _error(400, "JSON_PARSER_ERROR", name)
        if kind == "picklist" and value not in STAGES:
            raise _error(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", value)
        if known["length"] and len(value) > known["length"]:
            raise _error(400, "STRING_TOO_LONG", name)

    # SOQL.

    def _query(self, asked: Asked) -> JSON:
        form = re.fullmatch(
            r"SELECT ([\w, ]+) FROM (\w+) WHERE (.+?)(?: ORDER BY ([\w, ]+?))?(?: LIMIT (\d+))?",
            asked.query["q"],
        )
        if form is None or form[2] not in USUAL:
            self.odd.append(asked.query["q"])
            raise _error(400, "MALFORMED_QUERY", "unexpected token")
        names, kind = [one.strip() for one in form[1].split(",")], form[2]
        tests = self._tests(kind, form[3])
        for name in [*names, *re.findall(r"\w+", form[4] or "")]:
            if name not in self.fields[kind]:
                raise _error(400, "INVALID_FIELD", f"No such column '{name}'")
        hits = [one for one in self.alive(kind) if any(all(t(one) for t in and_) for and_ in tests)]
        hits.sort(key=lambda one: (one["CreatedDate"], one["Id"]))
        hits = hits[: int(form[5] or 2000)]
        records = [{name: one.get(name) for name in names} for one in hits]
        return {"totalSize": len(records), "done": True, "records": records}

    def _tests(self, kind: str, where: str) -> list[list[Callable[[JSON], bool]]]:
        """A list of alternatives, each a list of what must hold."""
        literal = r"'(?:[^'\\]|\\.)*'|true|false"
        pieces = re.findall(rf"(\w+) = ({literal})(?: (AND|OR) |$)", where)
        said = "".join(
            f"{name} = {value}" + (f" {op} " if op else "") for name, value, op in pieces
        )
        if said != where or any(name not in self.fields[kind] for name, _, _ in pieces):
            self.odd.append(where)
            raise _error(400, "MALFORMED_QUERY", "unexpected token")
        tests: list[list[Callable[[JSON], bool]]] = [[]]
        for name, value, op in pieces:
            tests[-1].append(_equals(name, value))
            if op == "OR":
                tests.append([])
        return tests


def _equals(name: str, value: str) -> Callable[[JSON], bool]:
    """Texts are compared as SOQL does, whatever their case."""
    if value in {"true", "false"}:
        return lambda one: one.get(name) is (value == "true")
    wanted = re.sub(r"\\(.)", r"\1", value[1:-1]).lower()
    return lambda one: str(one.get(name) or "").lower() == wanted


def _error(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, [{"errorCode": code, "message": message, "fields": []}])
