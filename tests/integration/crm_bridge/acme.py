"""A workspace whose CRM is mirrored somewhere, for tests."""

from datetime import timedelta
from uuid import uuid4

from msgspec.structs import replace

from contracts.crm_bridge import (
    BeginCrmSignIn,
    CrmMapped,
    DisconnectCrm,
    FindDeal,
    FinishCrmSignIn,
    GetCrmMapping,
    ListCrmConnections,
    ListCrmFailures,
    RetryCrm,
    SaveCrmMapping,
    SetStage,
)
from unit.crm_bridge.builders import booked, confirmed

HANDLERS = {
    "BookingConfirmed": "on_booking_confirmed",
    "BookingRescheduled": "on_booking_rescheduled",
    "BookingReassigned": "on_booking_reassigned",
    "BookingCancelled": "on_booking_cancelled",
    "BookingNoShow": "on_booking_no_show",
}
BACK = "https://h.test/settings/crm/callback/"


class Acme:
    """`there` is the other CRM, `provider` its name."""

    def __init__(self, local, provider, there):
        self.local, self.provider, self.there = local, provider, there
        self.crm, self.rpc = local.crm_bridge.service, local.crm_bridge
        self.id, self.admin = uuid4(), uuid4()

    def connect(self, **changes):
        """By signing in there."""
        begin = BeginCrmSignIn(
            workspace_id=self.id,
            account_id=self.admin,
            provider=self.provider,
            redirect_uri=BACK + self.provider,
        )
        begun = self.rpc.begin_crm_sign_in(begin)
        back = self.there.login.consent(begun.url)
        code = back.partition("code=")[2].partition("&")[0]
        return self.rpc.finish_crm_sign_in(self.finish(begun.state, code, **changes))

    def finish(self, state, code, **changes):
        wish = {"account_id": self.admin, "connection_id": uuid4(), **changes}
        return FinishCrmSignIn(workspace_id=self.id, state=state, code=code, **wish)

    def connections(self):
        asked = ListCrmConnections(workspace_id=self.id)
        return self.rpc.list_crm_connections(asked).connections

    def connection(self):
        return self.connections()[0]

    def disconnect(self):
        for one in self.connections():
            self.rpc.disconnect_crm(DisconnectCrm(workspace_id=self.id, connection_id=one.id))

    def booked(self, email="sam@example.org", **changes):
        return booked(email, workspace_id=self.id, **changes)

    def hear(self, *events):
        for event in events:
            with self.crm.db.begin() as tx:
                getattr(self.crm, HANDLERS[type(event).__name__])(event, tx)

    def book(self, email="sam@example.org", **changes):
        """A booking that was heard of and pushed."""
        made = self.booked(email, **changes)
        self.hear(confirmed(made))
        self.push()
        return made

    def push(self):
        self.local.tick("crm-bridge", "push_connectors")

    def settle(self, hours=48):
        """Time goes by, and everything is tried as it falls due."""
        for _ in range(hours * 2):
            self.push()
            if not any(one.waiting for one in self.connections()):
                return
            self.local.clock.advance(timedelta(minutes=30))

    def deal(self, booking):
        return self.rpc.find_deal(FindDeal(workspace_id=self.id, root_id=booking.root_id)).deal

    def stage(self, booking, stage):
        wish = SetStage(workspace_id=self.id, deal_id=self.deal(booking).id, stage=stage, actor="a")
        self.rpc.set_stage(wish)

    def failures(self, **more):
        here = {"workspace_id": self.id, "connection_id": self.connection().id}
        return self.rpc.list_crm_failures(ListCrmFailures(**here, **more)).failures

    def retry(self, failure=None):
        one = {"object": failure.object, "id": failure.id} if failure else {}
        here = {"workspace_id": self.id, "connection_id": self.connection().id}
        return self.rpc.retry_crm(RetryCrm(**here, **one)).count

    def mapping(self):
        here = {"workspace_id": self.id, "connection_id": self.connection().id}
        return self.rpc.get_crm_mapping(GetCrmMapping(**here))

    def save(self, *changes, stages=None):
        """The mapping with `changes` (object, ours, theirs)."""
        now = self.mapping()
        chosen = {(one.object, one.ours): one.theirs for one in now.fields}
        chosen |= {(kind, ours): theirs for kind, ours, theirs in changes}
        fields = tuple(
            CrmMapped(object=kind, ours=ours, theirs=theirs)
            for (kind, ours), theirs in chosen.items()
        )
        here = {"workspace_id": self.id, "connection_id": now.connection.id}
        wish = SaveCrmMapping(**here, fields=fields, stages=now.stages)
        return self.rpc.save_crm_mapping(replace(wish, **({"stages": stages} if stages else {})))
