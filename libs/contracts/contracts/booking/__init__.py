"""booking: hosts, links, holds, meetings and their claims, bookings, manage tokens."""

from typing import Protocol

from contracts.booking.dashboard import (
    BookingsBetween,
    DropFeed,
    Feed,
    FeedBookings,
    GetFeed,
    GetOverview,
    NamedTally,
    Overview,
    ReadFeed,
    SaveFeed,
    Tally,
    WeekTally,
)
from contracts.booking.events import (
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingNoShow,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
    CalendarDiffers,
    ClaimsChanged,
    FileErased,
    HostChanged,
    LinkChanged,
)
from contracts.booking.forms import (
    LARGEST_BOOKING,
    MEBIBYTE,
    NOTE,
    AddUpload,
    Answer,
    BookedFile,
    BookingUploads,
    Condition,
    DropUploads,
    DueUploads,
    EraseUpload,
    FileKind,
    FindUploads,
    Question,
    QuestionType,
    Upload,
    Uploads,
)
from contracts.booking.requests import (
    ApprovalTokens,
    Book,
    Booked,
    BookingDetail,
    Bookings,
    CancelBooking,
    CancelByToken,
    CreateLink,
    DecideBooking,
    DecideByToken,
    DeleteLink,
    Export,
    Exported,
    FindByToken,
    FindPage,
    GetBooking,
    GetLink,
    Hold,
    Hosts,
    Links,
    ListBookings,
    ListHosts,
    ListLinks,
    Managed,
    ManageTokens,
    Page,
    PlaceHold,
    ReassignBooking,
    ReleaseHold,
    RenewHold,
    RescheduleBooking,
    RescheduleByToken,
    SaveHost,
    SetNoShow,
    Tab,
    UpdateLink,
)
from contracts.booking.teams import (
    Candidate,
    CheckDrafts,
    Decision,
    Decisions,
    DeleteTeam,
    Drafts,
    Fairness,
    FairnessRow,
    FindTeam,
    GetDecisions,
    GetFairness,
    LinkDraft,
    ListTeams,
    SaveTeam,
    Team,
    TeamMember,
    TeamPage,
    Teams,
    Terms,
    Tried,
    TryTerms,
)
from contracts.booking.values import (
    ANSWER_WITHIN,
    Actor,
    Attendee,
    BookedHost,
    Booking,
    Buffer,
    Claim,
    HistoryEntry,
    Host,
    Key,
    Kind,
    Limit,
    Limits,
    Link,
    LinkHost,
    LinkSettings,
    Location,
    SeatHold,
    Source,
    Status,
)
from contracts.wire import Empty, Ping, Pong, surface

__all__ = [
    "ANSWER_WITHIN",
    "LARGEST_BOOKING",
    "MEBIBYTE",
    "NOTE",
    "Actor",
    "AddUpload",
    "Answer",
    "ApprovalTokens",
    "Attendee",
    "Book",
    "Booked",
    "BookedFile",
    "BookedHost",
    "Booking",
    "BookingCancelled",
    "BookingConfirmed",
    "BookingDeclined",
    "BookingDetail",
    "BookingNoShow",
    "BookingReassigned",
    "BookingRequested",
    "BookingRescheduled",
    "BookingRpc",
    "BookingUploads",
    "Bookings",
    "BookingsBetween",
    "Buffer",
    "CalendarDiffers",
    "CancelBooking",
    "CancelByToken",
    "Candidate",
    "CheckDrafts",
    "Claim",
    "ClaimsChanged",
    "Condition",
    "CreateLink",
    "DecideBooking",
    "DecideByToken",
    "Decision",
    "Decisions",
    "DeleteLink",
    "DeleteTeam",
    "Drafts",
    "DropFeed",
    "DropUploads",
    "DueUploads",
    "EraseUpload",
    "Export",
    "Exported",
    "Fairness",
    "FairnessRow",
    "Feed",
    "FeedBookings",
    "FileErased",
    "FileKind",
    "FindByToken",
    "FindPage",
    "FindTeam",
    "FindUploads",
    "GetBooking",
    "GetDecisions",
    "GetFairness",
    "GetFeed",
    "GetLink",
    "GetOverview",
    "HistoryEntry",
    "Hold",
    "Host",
    "HostChanged",
    "Hosts",
    "Key",
    "Kind",
    "Limit",
    "Limits",
    "Link",
    "LinkChanged",
    "LinkDraft",
    "LinkHost",
    "LinkSettings",
    "Links",
    "ListBookings",
    "ListHosts",
    "ListLinks",
    "ListTeams",
    "Location",
    "ManageTokens",
    "Managed",
    "NamedTally",
    "Overview",
    "Page",
    "PlaceHold",
    "Question",
    "QuestionType",
    "ReadFeed",
    "ReassignBooking",
    "ReleaseHold",
    "RenewHold",
    "RescheduleBooking",
    "RescheduleByToken",
    "SaveFeed",
    "SaveHost",
    "SaveTeam",
    "SeatHold",
    "SetNoShow",
    "Source",
    "Status",
    "Tab",
    "Tally",
    "Team",
    "TeamMember",
    "TeamPage",
    "Teams",
    "Terms",
    "Tried",
    "TryTerms",
    "UpdateLink",
    "Upload",
    "Uploads",
    "WeekTally",
]


@surface("booking")
class BookingRpc(Protocol):
    """What booking answers."""

    def ping(self, request: Ping) -> Pong: ...
    def list_hosts(self, request: ListHosts) -> Hosts: ...
    def save_host(self, request: SaveHost) -> Host: ...
    def create_link(self, request: CreateLink) -> Link: ...
    def update_link(self, request: UpdateLink) -> Link: ...
    def delete_link(self, request: DeleteLink) -> Empty: ...
    def get_link(self, request: GetLink) -> Link: ...
    def list_links(self, request: ListLinks) -> Links: ...
    def find_page(self, request: FindPage) -> Page: ...
    def place_hold(self, request: PlaceHold) -> Hold: ...
    def renew_hold(self, request: RenewHold) -> Hold: ...
    def release_hold(self, request: ReleaseHold) -> Empty: ...
    def book(self, request: Book) -> Booked: ...
    def find_by_token(self, request: FindByToken) -> Managed: ...
    def reschedule_by_token(self, request: RescheduleByToken) -> Booked: ...
    def cancel_by_token(self, request: CancelByToken) -> Booking: ...
    def reschedule(self, request: RescheduleBooking) -> Booking: ...
    def cancel(self, request: CancelBooking) -> Booking: ...
    def reassign(self, request: ReassignBooking) -> Booking: ...
    def decide(self, request: DecideBooking) -> Booking: ...
    def decide_by_token(self, request: DecideByToken) -> Booking: ...
    def approval_tokens(self, request: ManageTokens) -> ApprovalTokens: ...
    def set_no_show(self, request: SetNoShow) -> Booking: ...
    def get_booking(self, request: GetBooking) -> BookingDetail: ...
    def list_bookings(self, request: ListBookings) -> Bookings: ...
    def manage_tokens(self, request: ManageTokens) -> Booked: ...
    def export(self, request: Export) -> Exported: ...
    def list_teams(self, request: ListTeams) -> Teams: ...
    def save_team(self, request: SaveTeam) -> Team: ...
    def delete_team(self, request: DeleteTeam) -> Empty: ...
    def find_team(self, request: FindTeam) -> TeamPage: ...
    def check_drafts(self, request: CheckDrafts) -> Drafts: ...
    def decisions(self, request: GetDecisions) -> Decisions: ...
    def fairness(self, request: GetFairness) -> Fairness: ...
    def try_terms(self, request: TryTerms) -> Tried: ...
    def add_upload(self, request: AddUpload) -> Upload: ...
    def find_uploads(self, request: FindUploads) -> Uploads: ...
    def booking_uploads(self, request: BookingUploads) -> Uploads: ...
    def erase_upload(self, request: EraseUpload) -> Uploads: ...
    def due_uploads(self, request: DueUploads) -> Uploads: ...
    def drop_uploads(self, request: DropUploads) -> Empty: ...
    def bookings_between(self, request: BookingsBetween) -> Bookings: ...
    def overview(self, request: GetOverview) -> Overview: ...
    def save_feed(self, request: SaveFeed) -> Feed: ...
    def get_feed(self, request: GetFeed) -> Feed: ...
    def drop_feed(self, request: DropFeed) -> Feed: ...
    def read_feed(self, request: ReadFeed) -> FeedBookings: ...
