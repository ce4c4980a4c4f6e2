"""The tokens of one account: kept as JSON in its secret, renewed when they end."""

import json
from datetime import UTC, datetime
from typing import Any

from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2.credentials import Credentials

from calendar_sync.adapters.google.transport import Transport
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable

FINAL = "invalid_grant"
"""The only refusal of the token endpoint that the host must mend; every other is the operator's,
or passes.
"""


def secret_of(refresh_token: str, token: str, expiry: datetime | None) -> str:
    """As it is kept."""
    ends = expiry.replace(tzinfo=UTC).isoformat() if expiry else ""
    return json.dumps({"refresh_token": refresh_token, "token": token, "expiry": ends})


class Tokens:
    """What opens an account. Raises `AccessRefused` or `ProviderUnavailable`."""

    def __init__(self, means: Means, account: Account, transport: Transport) -> None:
        kept = _kept(account.secret)
        self._account, self._transport = account, transport
        self._credentials: Any = Credentials(  # type: ignore[no-untyped-call]
            token=kept.get("token") or None,
            refresh_token=kept["refresh_token"],
            token_uri=f"{means.google_oauth_url}/token",
            client_id=means.google_client_id,
            client_secret=means.google_client_secret,
            expiry=_expiry(kept.get("expiry", "")),
        )

    @property
    def refresh_token(self) -> str:
        """What the permission as a whole hangs on."""
        return str(self._credentials.refresh_token)

    def bearer(self) -> str:
        """An access token that is good for a while."""
        if not self._credentials.valid:
            self.renew()
        return str(self._credentials.token)

    def renew(self) -> None:
        """Fetches another; what came is kept before it is used, a rotated refresh token too."""
        try:
            self._credentials.refresh(self._transport)
        except RefreshError as error:
            said = error.args[1] if len(error.args) > 1 else {}
            code = said.get("error", "") if isinstance(said, dict) else ""
            if code == FINAL:
                raise AccessRefused("invalid_grant") from error
            raise ProviderUnavailable(f"Google gave no token: {code}") from error
        except GoogleAuthError as error:
            raise ProviderUnavailable("Google gave no token") from error
        fresh = self._credentials
        self._account.keep(secret_of(self.refresh_token, str(fresh.token), fresh.expiry))


def _kept(secret: str) -> dict[str, Any]:
    try:
        kept = json.loads(secret)
        return {"refresh_token": kept["refresh_token"], **kept}
    except (KeyError, TypeError, ValueError):
        raise AccessRefused("the account was never signed in") from None


def _expiry(text: str) -> datetime | None:
    """As google-auth has it: UTC without saying so."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None
