"""How hosts give their permission on a provider's own pages (OAuth 2 with PKCE, RFC 7636)."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from cryptography.fernet import InvalidToken

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable, SignsIn
from calendar_sync.connecting import Connecting
from calendar_sync.context import Context, counted
from calendar_sync.domain.calendars import SignedIn
from calendar_sync.store import connections, sign_ins
from calendar_sync.store.connections import Newcomer
from contracts.calendar_sync import BeginSignIn, Connection, FinishSignIn, SignInBegun
from contracts.errors import CalendarUnreachable, Invalid
from servicekit.sign_ins import Begun

LASTS = timedelta(minutes=10)
"""How long a host may take on the provider's pages."""


@dataclass(frozen=True)
class SigningIn:
    """`state` is random, kept as a digest, and ends with its first use; the verifier is sealed."""

    context: Context

    def begin(self, request: BeginSignIn) -> SignInBegun:
        """Where to send the host. Raises `Invalid`."""
        if request.provider not in self.context.settings.offered:
            raise Invalid(fields={"provider": "This calendar cannot be connected here."})
        state, verifier = token_urlsafe(32), token_urlsafe(48)
        provider = self._provider(request.provider)
        url = provider.authorize_url(request.redirect_uri, state, _challenge(verifier))
        sealed = self.context.sealer.seal(verifier)
        begun = Begun(request.provider, request.redirect_uri, sealed)
        host, now = (request.workspace_id, request.host_id), self.context.now()
        with self.context.begin() as tx:
            sign_ins.KEPT.drop_expired(tx, now)
            sign_ins.KEPT.begin(tx, state, host, begun, now + LASTS)
        return SignInBegun(url=url, state=state)

    def finish(self, request: FinishSignIn) -> Connection:
        """The connection. A repeat after it was made gives it again; one after a failure has to
        begin anew. Raises `Invalid`, `NotFound`, `Conflict`, `CalendarUnreachable`.
        """
        host = (request.workspace_id, request.host_id)
        with self.context.begin() as tx:
            done = connections.find(tx, request.workspace_id, request.connection_id)
            begun = sign_ins.KEPT.take(tx, request.state, host, self.context.now())
        if done is not None and done.host_id == request.host_id:
            return done
        if begun is None:
            raise Invalid(fields={"state": "This sign-in has ended. Please connect again."})
        signed = self._exchange(begun, request.code)
        new = Newcomer(
            workspace_id=request.workspace_id,
            connection_id=request.connection_id,
            host_id=request.host_id,
            provider=begun.provider,
            account=signed.account,
        )
        return Connecting(self.context).join(new, signed.secret)

    def _exchange(self, begun: Begun, code: str) -> SignedIn:
        provider = self._provider(begun.provider)
        try:
            verifier = self.context.sealer.open(begun.sealed_verifier)
            return counted(
                begun.provider,
                "exchange",
                lambda: provider.exchange(begun.redirect_uri, code, verifier),
            )
        except ProviderUnavailable as failure:
            raise CalendarUnreachable from failure
        except (AccessRefused, InvalidToken) as refused:
            problem = "The sign-in was not completed. Please connect again."
            raise Invalid(fields={"code": problem}) from refused

    def _provider(self, name: str) -> SignsIn:
        provider = self.context.provider(name)
        if not isinstance(provider, SignsIn):
            raise Invalid(fields={"provider": "This calendar has no sign-in of its own."})
        return provider


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636, section 4.2."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
