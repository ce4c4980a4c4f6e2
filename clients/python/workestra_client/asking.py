"""How the client asks: one request, its errors, waiting when asked to, page after page."""

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
import msgspec

T = TypeVar("T")

PATIENT = frozenset({429, 503})
"""The server is busy, or a part of it is away: it says when to come again."""
LONGEST_WAIT = 30.0


class Refused(Exception):
    """The API's refusal. `code` is for programs, `fields` says what is wrong where, `alternatives`
    are free instants with `slot_taken`; `request_id` finds it in the server's log.
    """

    def __init__(self, answer: httpx.Response) -> None:
        said = _said(answer)
        error = said.get("error", {})
        self.status = answer.status_code
        self.code: str = error.get("code", "")
        self.message: str = error.get("message", answer.reason_phrase)
        self.fields: dict[str, str] = error.get("fields", {})
        self.alternatives: list[str] = said.get("alternatives", [])
        self.request_id = answer.headers.get("X-Request-ID", "")
        super().__init__(f"{self.status} {self.code}: {self.message} {self.fields or ''}".strip())


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


class Asking:
    """The connection to one server. `tries`: how often a request is sent that the server is too
    busy for; only those that act once however often they are sent are sent again.
    """

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        tries: int = 3,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=timeout, transport=transport
        )
        self._tries = tries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def each(self, method: Callable[..., Any], **query: Any) -> Iterator[Any]:
        """Every row of a list that has pages: `api.each(api.bookings, tab="past")`."""
        while True:
            page = method(**query)
            yield from next(v for v in msgspec.structs.astuple(page) if isinstance(v, tuple))
            if not page.cursor or not getattr(page, "more", True):
                return
            query["after"] = page.cursor

    def _ask(self, method: str, path: str, gives: type[T], **parts: Any) -> T:
        """One request. `parts`: query, headers, body (a type of the API), files."""
        sent: dict[str, Any] = {
            "params": _plain(parts.get("query", {})),
            "headers": _plain(parts.get("headers", {})),
            "files": parts.get("files"),
            "data": parts.get("form"),
        }
        if parts.get("body") is not None:
            sent["content"] = msgspec.json.encode(parts["body"])
            sent["headers"]["Content-Type"] = "application/json"
        answer = self._patiently(method, path, sent)
        if not answer.is_success:
            raise Refused(answer)
        empty = gives is type(None)
        return msgspec.json.decode(b"null" if empty else answer.content, type=gives)

    def _patiently(self, method: str, path: str, sent: dict[str, Any]) -> httpx.Response:
        again = method in {"GET", "PUT", "DELETE"} or "Idempotency-Key" in sent["headers"]
        for _ in range(self._tries - 1 if again else 0):
            answer = self._http.request(method, path, **sent)
            if answer.status_code not in PATIENT:
                return answer
            time.sleep(min(float(answer.headers.get("Retry-After", 1)), LONGEST_WAIT))
        return self._http.request(method, path, **sent)


def _plain(values: dict[str, Any]) -> dict[str, str]:
    """As they stand in addresses and headers; what is None is left out."""
    return {name: _word(value) for name, value in values.items() if value is not None}


def _word(value: Any) -> str:
    if isinstance(value, str | UUID | int):
        return str(value)
    return str(msgspec.to_builtins(value))  # instants and days as RFC 3339


def version(seen: int | str | None) -> str | None:
    """The header `If-Match` for a thing's `version`, or for an ETag as it was sent."""
    return f'"{seen}"' if isinstance(seen, int) else seen
