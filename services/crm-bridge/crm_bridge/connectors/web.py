"""How connectors reach the other side: the guarded way out, its limits, and errors in our words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from requests import Response

from crm_bridge.connectors.base import Account, CrmRefused, CrmUnavailable, Means
from servicekit.outgoing import Forbidden, Limits, Outgoing, Unreachable, retry_after

LONGEST_ANSWER = 20_000_000
"""Bytes: a description of all fields of a large account takes a few."""

BUSY = {408, 423, 425, 429, 477, 502, 503, 504, 521, 522, 523, 524, 525, 526}
"""Answers that mean "later" for whatever is asked."""


def opened(means: Means) -> Outgoing:
    """A session for one thread."""
    limits = Limits(
        connect=min(5, means.call_seconds),
        read=means.call_seconds,
        total=means.call_seconds,
        size=LONGEST_ANSWER,
        redirects=0,
    )
    return Outgoing(limits, private=means.private_addresses, ca_bundle=means.ca_bundle)


def ask(out: Outgoing, method: str, url: str, who: str, **options: Any) -> Response:
    """One request; redirects are never followed, since tokens travel. Raises `CrmUnavailable` where
    there is no whole answer, or one that means "later".
    """
    try:
        answer = out.request(method, url, allow_redirects=False, **options)
    except (Forbidden, Unreachable) as failure:
        raise CrmUnavailable(f"{who} did not answer in time.", everywhere=True) from failure
    if answer.status_code in BUSY:
        wait = retry_after(answer, datetime.now(UTC))
        raise CrmUnavailable(f"{who} asked us to wait.", wait, everywhere=True)
    if answer.status_code >= 500 or 300 < answer.status_code < 400:
        raise CrmUnavailable(f"{who} did not answer as it should.", _asked(answer))
    return answer


def _asked(answer: Response) -> timedelta | None:
    return retry_after(answer, datetime.now(UTC))


def read(answer: Response, who: str) -> Any:
    """An answer's JSON. Raises `CrmUnavailable` where it is none: something else answered."""
    try:
        return json.loads(answer.content)
    except ValueError:
        raise CrmUnavailable(f"{who} did not answer as it should.") from None


def tokens(means: Means, url: str, who: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What a token endpoint gives (RFC 6749, 4.1.3 and 6). A grant that is refused is final; what
    is wrong with our own registration is not: the operator can mend it.
    """
    headers = {"Accept": "application/json"}
    with opened(means) as out:
        answer = ask(out, "POST", url, who, data=dict(form), headers=headers)
    said = read(answer, who)
    if not isinstance(said, dict):
        raise CrmUnavailable(f"{who} did not answer as it should.")
    if answer.status_code == 200 and said.get("access_token"):
        return said
    codes = {str(said.get(name, "")).lower() for name in ("error", "status", "category")}
    if codes & FINAL:
        raise CrmRefused(f"{who} does not let us in any more.")
    raise CrmUnavailable(f"{who} gave no token.")


FINAL = {
    "invalid_grant",
    "bad_refresh_token",
    "bad_auth_code",
    "expired_auth_code",
    "access_denied",
}
"""How refusals of a grant are called; but for the first two, HubSpot's and Salesforce's own."""


EARLY = timedelta(minutes=2)
"""Tokens are renewed so long before they end."""


@dataclass(frozen=True)
class Line:
    """Requests to one account, with its token; `renew` gets another by the refresh token. What
    opens it is kept as JSON, as `kept` makes it.
    """

    out: Outgoing
    account: Account
    who: str
    renew: Callable[[str], dict[str, Any]]

    def send(self, method: str, url: str, headers: Mapping[str, str], **options: Any) -> Response:
        """As `ask`; a token that is over is renewed once. Raises `CrmRefused` as well."""
        token = self._token("")
        for _ in range(2):
            named = {**headers, "Authorization": f"Bearer {token}"}
            answer = ask(self.out, method, url, self.who, headers=named, **options)
            if answer.status_code != 401:
                return answer
            token = self._token(token)
        raise self._refused()

    def _token(self, refused: str) -> str:
        """One that is good for a while, and not the one that was just refused."""
        with self.account.lock:
            known = json.loads(self.account.load() or "{}")
            token, refresh = known.get("access", ""), known.get("refresh", "")
            ends = datetime.fromisoformat(known["ends"]) if known.get("ends") else None
            over = ends is not None and ends - EARLY < datetime.now(UTC)
            if token and token != refused and not over:
                return str(token)
            if not refresh:
                raise self._refused()
            fresh = kept(self.renew(refresh), refresh, known)
            self.account.keep(fresh)
            return str(json.loads(fresh)["access"])

    def _refused(self) -> CrmRefused:
        return CrmRefused(f"{self.who} does not let us in any more.")


def kept(given: Mapping[str, Any], refresh: str, known: Mapping[str, Any] | None = None) -> str:
    """What a token endpoint gave, as it is kept; a refresh token that came along takes the place of
    the old one. What is `known` besides stays.
    """
    lasts = given.get("expires_in")
    ends = datetime.now(UTC) + timedelta(seconds=int(lasts)) if lasts else None
    tokens = {
        "access": given["access_token"],
        "refresh": given.get("refresh_token") or refresh,
        "ends": ends.isoformat() if ends else "",
    }
    return json.dumps({**(known or {}), **tokens})
