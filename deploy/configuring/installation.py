"""A running installation over its host API: what stands, what would be offered, each change."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import requests

from configuring.state import Change, Plan, State
from contracts.availability import OfferChanges, Schedule, Schedules
from contracts.booking import Hosts, Link, Links, LinkSettings, Team, Teams

T = TypeVar("T")
PATIENCE = 60
"""Seconds that an answer may take: a large plan counts the slots of many links."""

CHANGED = "It was changed meanwhile."

SCHEDULE_FIELDS = ("name", "timezone", "hours", "overrides", "is_default", "holidays")
TEAM_FIELDS = ("name", "slug", "members")


class Refused(Exception):
    """The installation's own words. `fields` are those of the request; `status` is HTTP's, 0 where
    no answer came and nobody knows what became of the request.
    """

    def __init__(self, status: int, says: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(says)
        self.status, self.says, self.fields = status, says, fields or {}


class _Bearer(requests.auth.AuthBase):
    """Named as a session's `auth`, a key is never replaced by what ~/.netrc says of the host."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, asked: requests.PreparedRequest) -> requests.PreparedRequest:
        asked.headers["Authorization"] = f"Bearer {self._key}"
        return asked


class _Session(requests.Session):
    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """After a redirect: the key stays with its host, and ~/.netrc is not asked here either."""
        there, here = response.request.url, prepared_request.url
        if self.should_strip_auth(str(there), str(here)):  # type: ignore[no-untyped-call]
            prepared_request.headers.pop("Authorization", None)


class Installation:
    """`url` is where the suite is; `key` that of an owner or admin."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/") + "/api/v1"
        self._http = _Session()
        self._http.auth = _Bearer(key)

    def state(self) -> State:
        """What the key sees. Raises `Refused`."""
        hosts = self._read("/hosts", Hosts).hosts
        if not hosts:
            raise Refused(404, "This workspace has no hosts yet.")
        return State(
            workspace_id=hosts[0].workspace_id,
            timezone=hosts[0].workspace_timezone,
            hosts=hosts,
            schedules=self._read("/schedules", Schedules).schedules,
            teams=self._read("/teams", Teams).teams,
            links=self._read("/links", Links).links,
        )

    def try_out(self, plan: Plan, timezone: str, days: int) -> OfferChanges:
        """Checks all of a plan and counts its slots; nothing is saved. Raises `Refused`."""
        drafts = {
            "links": [_draft(one.value) for one in plan.saved("links")],
            "teams": [_team(one.value) for one in plan.saved("teams")],
            "schedules": [_schedule(one.value) for one in plan.saved("schedules")],
            "removed": [one.value.id for one in plan.removed("links")],
            "timezone": timezone,
            "days": days,
        }
        return self._converted(self._ask("POST", "/what-if", drafts), OfferChanges)

    def save(self, change: Change) -> None:
        """Makes or replaces one object, of the version that was seen. Raises `Refused`."""
        value = change.value
        if isinstance(value, Link):
            self._save_link(value)
        elif isinstance(value, Team):
            self._ask("PUT", f"/teams/{value.id}", _team(value))
        else:
            self._ask("PUT", f"/schedules/{value.id}", _schedule(value))

    def _save_link(self, link: Link) -> None:
        if link.version:
            self._change_link(link)
        else:
            self._ask("POST", "/links", _settings(link.settings) | {"owner": link.owner_id})

    def _change_link(self, link: Link) -> None:
        """By the tag of the settings, if they are still those that were seen."""
        path = f"/links/{link.id}/settings"
        answer = self._request("GET", path)
        if self._converted(answer.json(), Link).version != link.version:
            raise Refused(412, CHANGED)
        self._request("PATCH", path, _settings(link.settings), answer.headers["ETag"])

    def remove(self, change: Change) -> None:
        """Deletes one object, of the version that was seen. Raises `Refused`."""
        tail = "/settings" if change.section == "links" else ""
        tag = f'"{change.value.version}"'
        self._request("DELETE", f"/{change.section}/{change.value.id}{tail}", tag=tag)

    # --- HTTP -----------------------------------------------------------------------------------

    def _read(self, path: str, kind: type[T]) -> T:
        return self._converted(self._ask("GET", path), kind)

    @staticmethod
    def _converted(answer: Any, kind: type[T]) -> T:
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError as error:
            says = f"This program does not understand the installation's answer: {error}"
            raise Refused(200, says) from None

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._request(method, path, body)
        return answer.json() if answer.content else None

    def _request(
        self, method: str, path: str, body: Any = None, tag: str = ""
    ) -> requests.Response:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"If-Match": tag} if tag else {}
        data = msgspec.json.encode(body) if body is not None else None
        try:
            answer = self._http.request(
                method, self._url + path, data=data, headers=headers, timeout=PATIENCE
            )
        except requests.RequestException as error:
            raise Refused(0, f"No answer from {self._url}: {error}") from None
        if not answer.ok:
            raise _refusal(answer)
        return answer


def _refusal(answer: requests.Response) -> Refused:
    try:
        error = dict(answer.json()["error"])
    except (ValueError, KeyError, TypeError, json.JSONDecodeError):
        error = {"message": f"HTTP {answer.status_code}"}
    says = {401: "The API key is not accepted.", 412: CHANGED}
    return Refused(
        answer.status_code,
        says.get(answer.status_code) or str(error.get("message")),
        {str(name): str(text) for name, text in dict(error.get("fields") or {}).items()},
    )


def _picked(value: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in ("id", *fields, "version")}


def _team(value: Any) -> dict[str, Any]:
    return _picked(value, TEAM_FIELDS)


def _schedule(value: Schedule | Any) -> dict[str, Any]:
    return _picked(value, SCHEDULE_FIELDS) | {"host": value.host_id}


def _draft(value: Any) -> dict[str, Any]:
    return {
        "id": value.id,
        "owner": value.owner_id,
        "version": value.version,
        "settings": value.settings,
    }


def _settings(settings: LinkSettings) -> dict[str, Any]:
    """As the API takes them: it spells `color`."""
    found: dict[str, Any] = msgspec.structs.asdict(settings)
    return found | {"color": found.pop("colour")}
