"""crm-bridge: contacts and deals that follow from bookings, the feed of what happened, webhooks."""

from typing import Protocol

from contracts.crm_bridge.connectors import (
    BeginCrmSignIn,
    ConnectCrm,
    CrmChoice,
    CrmConnection,
    CrmConnections,
    CrmFailure,
    CrmFailures,
    CrmField,
    CrmMapped,
    CrmMapping,
    CrmObject,
    CrmOffer,
    CrmProvider,
    CrmSignedOut,
    CrmSignInBegun,
    CrmStage,
    DisconnectCrm,
    FinishCrmSignIn,
    GetCrmMapping,
    ListCrmConnections,
    ListCrmFailures,
    RetryCrm,
    SaveCrmMapping,
)
from contracts.crm_bridge.crm import (
    MOST_VALUE,
    AddNote,
    Board,
    Column,
    Contact,
    ContactCreated,
    ContactDetail,
    Contacts,
    Currency,
    Deal,
    DealCreated,
    DealDetail,
    Deals,
    DeleteNote,
    EraseContact,
    FindDeal,
    FoundDeal,
    GetBoard,
    GetContact,
    GetDeal,
    ListContacts,
    ListDeals,
    ListedContact,
    MergeContacts,
    SetStage,
    SetValue,
    Stage,
    TimelineEntry,
)
from contracts.crm_bridge.feed import (
    Events,
    FeedAnswer,
    FeedAttendee,
    FeedBooking,
    FeedContact,
    FeedData,
    FeedDeal,
    FeedEvent,
    FeedHost,
    FeedLink,
    FeedLocation,
    FeedPrevious,
    FeedType,
    ListEvents,
)
from contracts.crm_bridge.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    EnableWebhook,
    ListWebhookDeliveries,
    ListWebhooks,
    Replayed,
    ReplayEvents,
    SendTestEvent,
    Webhook,
    WebhookAdmin,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookDisabled,
    Webhooks,
)
from contracts.wire import Empty, Ping, Pong, surface

__all__ = [
    "MOST_VALUE",
    "AddNote",
    "BeginCrmSignIn",
    "Board",
    "Column",
    "ConnectCrm",
    "Contact",
    "ContactCreated",
    "ContactDetail",
    "Contacts",
    "CreateWebhook",
    "CrmBridgeRpc",
    "CrmChoice",
    "CrmConnection",
    "CrmConnections",
    "CrmFailure",
    "CrmFailures",
    "CrmField",
    "CrmMapped",
    "CrmMapping",
    "CrmObject",
    "CrmOffer",
    "CrmProvider",
    "CrmSignInBegun",
    "CrmSignedOut",
    "CrmStage",
    "Currency",
    "Deal",
    "DealCreated",
    "DealDetail",
    "Deals",
    "DeleteNote",
    "DeleteWebhook",
    "DisconnectCrm",
    "EnableWebhook",
    "EraseContact",
    "Events",
    "FeedAnswer",
    "FeedAttendee",
    "FeedBooking",
    "FeedContact",
    "FeedData",
    "FeedDeal",
    "FeedEvent",
    "FeedHost",
    "FeedLink",
    "FeedLocation",
    "FeedPrevious",
    "FeedType",
    "FindDeal",
    "FinishCrmSignIn",
    "FoundDeal",
    "GetBoard",
    "GetContact",
    "GetCrmMapping",
    "GetDeal",
    "ListContacts",
    "ListCrmConnections",
    "ListCrmFailures",
    "ListDeals",
    "ListEvents",
    "ListWebhookDeliveries",
    "ListWebhooks",
    "ListedContact",
    "MergeContacts",
    "ReplayEvents",
    "Replayed",
    "RetryCrm",
    "SaveCrmMapping",
    "SendTestEvent",
    "SetStage",
    "SetValue",
    "Stage",
    "TimelineEntry",
    "Webhook",
    "WebhookAdmin",
    "WebhookDeliveries",
    "WebhookDelivery",
    "WebhookDisabled",
    "Webhooks",
]


@surface("crm-bridge")
class CrmBridgeRpc(Protocol):
    """What crm-bridge answers."""

    def ping(self, request: Ping) -> Pong: ...
    def list_deals(self, request: ListDeals) -> Deals: ...
    def get_deal(self, request: GetDeal) -> DealDetail: ...
    def find_deal(self, request: FindDeal) -> FoundDeal: ...
    def set_stage(self, request: SetStage) -> Deal: ...
    def get_contact(self, request: GetContact) -> ContactDetail: ...
    def set_value(self, request: SetValue) -> Deal: ...
    def get_board(self, request: GetBoard) -> Board: ...
    def list_contacts(self, request: ListContacts) -> Contacts: ...
    def merge_contacts(self, request: MergeContacts) -> ContactDetail: ...
    def erase_contact(self, request: EraseContact) -> ContactDetail: ...
    def add_note(self, request: AddNote) -> Empty: ...
    def delete_note(self, request: DeleteNote) -> Empty: ...
    def list_events(self, request: ListEvents) -> Events: ...
    def list_webhooks(self, request: ListWebhooks) -> Webhooks: ...
    def create_webhook(self, request: CreateWebhook) -> Webhook: ...
    def enable_webhook(self, request: EnableWebhook) -> Webhook: ...
    def delete_webhook(self, request: DeleteWebhook) -> Empty: ...
    def send_test_event(self, request: SendTestEvent) -> WebhookDelivery: ...
    def replay_events(self, request: ReplayEvents) -> Replayed: ...
    def list_webhook_deliveries(self, request: ListWebhookDeliveries) -> WebhookDeliveries: ...
    def list_crm_connections(self, request: ListCrmConnections) -> CrmConnections: ...
    def begin_crm_sign_in(self, request: BeginCrmSignIn) -> CrmSignInBegun: ...
    def finish_crm_sign_in(self, request: FinishCrmSignIn) -> CrmConnection: ...
    def connect_crm(self, request: ConnectCrm) -> CrmConnection: ...
    def disconnect_crm(self, request: DisconnectCrm) -> Empty: ...
    def get_crm_mapping(self, request: GetCrmMapping) -> CrmMapping: ...
    def save_crm_mapping(self, request: SaveCrmMapping) -> CrmConnection: ...
    def list_crm_failures(self, request: ListCrmFailures) -> CrmFailures: ...
    def retry_crm(self, request: RetryCrm) -> Replayed: ...
