"""Connections to other CRMs: entrypoints."""

import traceback
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.fernet import InvalidToken
from sqlalchemy import Row

from contracts.booking import Booking
from contracts.crm_bridge import (
    BeginCrmSignIn,
    ConnectCrm,
    CrmConnection,
    CrmConnections,
    CrmFailures,
    CrmMapping,
    CrmSignInBegun,
    Deal,
    DisconnectCrm,
    FinishCrmSignIn,
    GetCrmMapping,
    ListCrmConnections,
    ListCrmFailures,
    Replayed,
    RetryCrm,
    SaveCrmMapping,
)
from contracts.errors import Conflict, Invalid, NotFound, Unavailable
from contracts.wire import Empty
from crm_bridge import showing
from crm_bridge.accounts import Accounts
from crm_bridge.connectors import KNOWN
from crm_bridge.connectors.base import (
    Account,
    Connector,
    CrmRefused,
    CrmRejected,
    CrmUnavailable,
    Desk,
    SignedIn,
    SignsIn,
    TakesToken,
)
from crm_bridge.domain import mapping as rules
from crm_bridge.domain import mirror as words
from crm_bridge.domain import paging
from crm_bridge.domain.mapping import Offer
from crm_bridge.feeding import Feeding
from crm_bridge.mirroring import Mirror
from crm_bridge.store import connections, webhooks
from crm_bridge.store import mirror as store
from servicekit import Tx, endpoint, tick
from servicekit.sealing import Sealer
from servicekit.sign_ins import Begun

SIGN_IN_LASTS = timedelta(minutes=10)
ROUNDS = 50
"""Batches in one go: then the tick begins anew."""

ENDED = "This sign-in has ended. Please connect again."
NOT_COMPLETED = "The sign-in was not completed. Please connect again."


class Connecting(Feeding):
    """What crm-bridge keeps in step elsewhere. Every endpoint filters by the workspace."""

    @endpoint
    def list_crm_connections(self, request: ListCrmConnections) -> CrmConnections:
        """What the workspace has, and what could be connected."""
        with self.db.begin() as tx:
            rows = connections.of_workspace(tx, request.workspace_id)
            found = tuple(showing.connection(tx, row) for row in rows)
        means = self.settings.means
        offers = tuple(showing.offer(name, means) for name in self._offered())
        return CrmConnections(offers=offers, connections=found)

    @endpoint
    def begin_crm_sign_in(self, request: BeginCrmSignIn) -> CrmSignInBegun:
        """Where to send the admin. Raises `Invalid`."""
        connector, about = self._connector(request.provider), KNOWN[request.provider]
        if not isinstance(connector, SignsIn) or not about.signs_in(self.settings.means):
            raise Invalid(fields={"provider": "It cannot be signed in to from here."})
        state, verifier = token_urlsafe(32), token_urlsafe(48)
        url = connector.authorize_url(request.redirect_uri, state, _challenge(verifier))
        sealed = self._accounts().sealer.seal(verifier)
        begun = Begun(request.provider, request.redirect_uri, sealed)
        who, now = (request.workspace_id, request.account_id), self.clock.now()
        with self.db.begin() as tx:
            connections.SIGN_INS.drop_expired(tx, now)
            connections.SIGN_INS.begin(tx, state, who, begun, now + SIGN_IN_LASTS)
        return CrmSignInBegun(url=url, state=state)

    @endpoint
    def finish_crm_sign_in(self, request: FinishCrmSignIn) -> CrmConnection:
        """The connection; one that was refused works again. A repeat after it was made gives it
        again. Raises `Invalid`, `Conflict`, `Unavailable`.
        """
        who = (request.workspace_id, request.account_id)
        with self.db.begin() as tx:
            done = connections.find(tx, request.workspace_id, request.connection_id)
            begun = connections.SIGN_INS.take(tx, request.state, who, self.clock.now())
            if done is not None:
                return showing.connection(tx, done)
        if begun is None:
            raise Invalid(fields={"state": ENDED})
        connector = self._connector(begun.provider)
        assert isinstance(connector, SignsIn)
        try:
            verifier = self._accounts().sealer.open(begun.sealed_verifier)
            with self._told("code", NOT_COMPLETED):
                signed = connector.exchange(begun.redirect_uri, request.code, verifier)
        except InvalidToken as lost:
            raise Invalid(fields={"code": NOT_COMPLETED}) from lost
        return self._join(request, begun.provider, signed)

    @endpoint
    def connect_crm(self, request: ConnectCrm) -> CrmConnection:
        """With a token typed in. Raises `Invalid`, `Conflict`, `Unavailable`."""
        with self.db.begin() as tx:
            done = connections.find(tx, request.workspace_id, request.connection_id)
            if done is not None:
                return showing.connection(tx, done)
        connector = self._connector(request.provider)
        if not isinstance(connector, TakesToken):
            raise Invalid(fields={"provider": "It is connected by signing in there."})
        with self._told("token", "This token does not let us in."):
            signed = connector.with_token(request.token.strip())
        return self._join(request, request.provider, signed)

    @endpoint
    def disconnect_crm(self, request: DisconnectCrm) -> Empty:
        """What is there stays; the permission is given back as far as it answers."""
        accounts = self._accounts()
        with self.db.begin() as tx:
            store.alone(tx, request.workspace_id)  # nobody adds to what goes
            gone = connections.remove(tx, request.workspace_id, request.connection_id)
        if gone is None:
            raise NotFound
        try:
            secret = accounts.sealer.open(gone.sealed_secret)
            account = Account(gone.account, lambda: secret, lambda _: None)
            self._connector(gone.provider).revoke(account)
        except (InvalidToken, CrmUnavailable, CrmRefused, Invalid):
            self.log.warning("crm_not_revoked", provider=gone.provider)
        return Empty()

    @endpoint
    def get_crm_mapping(self, request: GetCrmMapping) -> CrmMapping:
        """What is written where, and what could be. Raises `NotFound`, `Unavailable`, `Invalid`
        where it does not let us in.
        """
        row = self._found(request.workspace_id, request.connection_id)
        offer = self._offer(row)
        with self.db.begin() as tx:
            shown = showing.connection(tx, row)
        return showing.mapping(shown, rules.restored(row.mapping), offer)

    @endpoint
    def save_crm_mapping(self, request: SaveCrmMapping) -> CrmConnection:
        """Everything is compared anew; only what differs is sent. Raises `Invalid`, `NotFound`,
        `Unavailable`.
        """
        row = self._found(request.workspace_id, request.connection_id)
        offer = self._prepared(row)
        wish = showing.wish(request, offer)
        wrong = rules.problems(wish, offer)
        if wrong:
            raise Invalid(fields=wrong)
        with self.db.begin() as tx:
            kept = {"mapping": rules.stored(wish), "missing": list(offer.missing)}
            connections.change(tx, row.id, **kept)
            store.again(tx, row.id, self.clock.now(), sa.true())
            self.wake("push_connectors")
            return showing.connection(tx, self._row(tx, request.workspace_id, row.id))

    @endpoint
    def list_crm_failures(self, request: ListCrmFailures) -> CrmFailures:
        """What is not there and why, the latest first. Raises `NotFound`."""
        after = paging.position(request.after)
        with self.db.begin() as tx:
            row = self._row(tx, request.workspace_id, request.connection_id)
            found = store.in_trouble(tx, row.id, after, request.limit)
        page, more = found[: request.limit], len(found) > request.limit
        cursor = paging.cursor(page[-1].next_try, page[-1].object_id) if more else ""
        return CrmFailures(failures=tuple(map(showing.failure, page)), cursor=cursor)

    @endpoint
    def retry_crm(self, request: RetryCrm) -> Replayed:
        """One thing, or everything in trouble, is tried at once; what had to be set up there is
        looked for again. Raises `NotFound`, `Unavailable`, `Invalid` where it does not let us in.
        """
        only = store.troubled()
        if request.object is not None and request.id is not None:
            only = store.one(request.object, request.id)
        row = self._found(request.workspace_id, request.connection_id)
        missing = self._prepared(row).missing if row.missing else ()
        with self.db.begin() as tx:
            row = self._row(tx, request.workspace_id, request.connection_id)
            connections.change(tx, row.id, missing=list(missing))
            count = store.again(tx, row.id, self.clock.now(), only)
            self.wake("push_connectors")
        return Replayed(count=count)

    @tick(seconds=2)
    def push_connectors(self) -> None:
        """Writes what is due to other CRMs, until nothing is."""
        mirror = Mirror(self._accounts())
        for _ in range(ROUNDS):
            if self.kit.ending or not mirror.push_due():
                return

    def mirror(self, tx: Tx, booking: Booking, known: set[UUID], *, changed: bool) -> None:
        """A chain of bookings is as `booking` says; other CRMs are to show it, if it `changed` or
        what its activity says did. The caller shares the workspace, and says nothing of a person
        who was erased.
        """
        kept = store.keep_detail(tx, booking, known, words.detail_of(booking))
        if not (kept.shown and (changed or kept.is_news)):
            return
        now = self.clock.now()
        if store.chain_push(tx, booking.workspace_id, booking.root_id, now):
            self.wake("push_connectors")

    def mirror_deal(self, tx: Tx, deal: Deal) -> None:
        """Other CRMs are to show the deal as it is now."""
        store.share(tx, deal.workspace_id)
        if store.deal_push(tx, deal.workspace_id, deal.id, self.clock.now()):
            self.wake("push_connectors")

    def _join(
        self, request: FinishCrmSignIn | ConnectCrm, provider: str, signed: SignedIn
    ) -> CrmConnection:
        """Everything that the workspace has will be there; a known account goes on."""
        workspace_id, connection_id = request.workspace_id, request.connection_id
        accounts, newest = self._accounts(), [signed.secret]
        account = Account(signed.account, lambda: newest[-1], newest.append)
        connector = self._connector(provider)
        with self._told("token", "It does not let us in."), connector.at(account) as desk:
            desk.prepare()
            offer = desk.offer()
        fresh: dict[str, Any] = {
            "account": signed.account,
            "sealed_secret": accounts.sealer.seal(newest[-1]),
            "state": "ok",
            "why": "",
            "missing": list(offer.missing),
            "failures": 0,
            "rest_until": None,
        }
        with self.db.begin() as tx:
            webhooks.keep_admins(tx, workspace_id, request.admins)
            store.alone(tx, workspace_id)
            known = connections.of_provider(tx, workspace_id, provider)
            if known is None:
                key = {"id": connection_id, "workspace_id": workspace_id, "provider": provider}
                usual = rules.stored(connector.usual(offer))
                made = {"account_key": signed.key, "created_at": self.clock.now()}
                self._create(tx, {**key, **fresh, **made, "mapping": usual})
            elif known.account_key != signed.key:
                raise Conflict(f"{known.account} is connected. Disconnect it first.")
            else:
                connections.change(tx, known.id, **fresh, grants=known.grants + 1)
                store.again(tx, known.id, self.clock.now(), store.waits())
            self.wake("push_connectors")
            row = self._row(tx, workspace_id, known.id if known else connection_id)
            return showing.connection(tx, row)

    def _create(self, tx: Tx, values: dict[str, Any]) -> None:
        if not connections.create(tx, **values):
            raise Conflict
        store.everything(tx, values["id"], self.clock.now())

    def _offer(self, row: Row[Any]) -> Offer:
        """What is there now."""
        with self._desk(row) as desk:
            return desk.offer()

    def _prepared(self, row: Row[Any]) -> Offer:
        """The same; what we need there is made, if it is not and can be."""
        with self._desk(row) as desk:
            offer = desk.offer()
            if not offer.missing:
                return offer
            desk.prepare()
        with self._desk(row) as desk:
            return desk.offer()

    @contextmanager
    def _desk(self, row: Row[Any]) -> Iterator[Desk]:
        again = "It does not let us in any more. Please sign in again."
        connector, account = self._connector(row.provider), self._accounts().account(row)
        with self._told("connection", again), connector.at(account) as desk:
            yield desk

    @contextmanager
    def _told(self, field: str, refused: str) -> Iterator[None]:
        """A connector's errors as those of the contract."""
        try:
            yield
        except CrmUnavailable as failure:
            self.log.warning("crm_unavailable", problem=str(failure))  # in our words
            raise Unavailable(str(failure)) from failure
        except (CrmRefused, CrmRejected) as refusal:
            raise Invalid(fields={field: refused}) from refusal
        except (LookupError, TypeError, ValueError, AttributeError) as odd:  # of another shape
            self.log.warning("crm_answer_odd", error=type(odd).__name__, at=_places(odd))
            raise Unavailable("It did not answer as it should.") from odd

    def _accounts(self) -> Accounts:
        return Accounts(
            begin=self.db.begin,
            announce=self.announce,
            now=self.clock.now,
            new_id=self.new_id,
            sealer=Sealer(self.settings.secret_keys),
            means=self.settings.means,
            log=self.log,
        )

    def _offered(self) -> tuple[str, ...]:
        return tuple(name for name in KNOWN if name in self.settings.connectors)

    def _connector(self, provider: str) -> Connector:
        if provider not in self._offered():
            raise Invalid(fields={"provider": "This CRM cannot be connected here."})
        return self._accounts().connector(provider)

    def _found(self, workspace_id: UUID, connection_id: UUID) -> Row[Any]:
        with self.db.begin() as tx:
            return self._row(tx, workspace_id, connection_id)

    def _row(self, tx: Tx, workspace_id: UUID, connection_id: UUID) -> Row[Any]:
        found = connections.find(tx, workspace_id, connection_id)
        if found is None:
            raise NotFound
        return found


def _places(error: Exception) -> str:
    """Where in the code it was raised; its words may be the other side's, and are not told."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636, section 4.2."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
