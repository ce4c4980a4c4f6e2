"""The entrypoints of booking; what each does is in the module of its word."""

from collections.abc import Callable
from typing import TypeVar

from booking.service import (
    approving,
    attaching,
    drafting,
    feeding,
    following,
    hearing,
    holding,
    linking,
    listing,
    making,
    managing,
    moving,
    reassigning,
    teams,
    telling,
)
from booking.settings import Settings
from booking.store import hosts, links
from contracts import booking as c
from contracts.availability import AvailabilityRpc
from contracts.calendar_sync import (
    AttendeeDeclined,
    ConnectionChanged,
    EventDeleted,
    EventMoved,
    EventWritten,
)
from contracts.errors import SchedulingError
from contracts.gateway import AccountChanged, WorkspaceChanged
from contracts.wire import Empty
from servicekit import Rpc, Service, Tx, endpoint, listen, tick
from servicekit.metrics import Counter

T = TypeVar("T")

ATTEMPTS = Counter(
    "booking_attempts_total", "Attempts to change a booking, by result.", ["action", "result"]
)


class Booking(Service[Settings]):
    """Gives the hosts' time away, never twice."""

    name = "booking"
    settings_class = Settings
    availability = Rpc(AvailabilityRpc)

    def _counted(self, action: str, act: Callable[[], T]) -> T:
        try:
            done = act()
        except SchedulingError as refused:
            ATTEMPTS.labels(action, refused.code).inc()
            raise
        except Exception:
            ATTEMPTS.labels(action, "error").inc()
            raise
        ATTEMPTS.labels(action, "ok").inc()
        return done

    # --- hosts and links ---

    @endpoint
    def list_hosts(self, request: c.ListHosts) -> c.Hosts:
        """The workspace's hosts by name, inactive ones too."""
        with self.db.begin() as tx:
            return c.Hosts(hosts=hosts.of_workspace(tx, request.workspace_id))

    @endpoint
    def save_host(self, request: c.SaveHost) -> c.Host:
        """Slug and limits. Raises `Invalid`, `SlugTaken`, `NotFound`."""
        return linking.save_host(self, request)

    @endpoint
    def create_link(self, request: c.CreateLink) -> c.Link:
        """A new link. Raises `Invalid`, `SlugTaken`, `Conflict`."""
        return linking.create(self, request)

    @endpoint
    def update_link(self, request: c.UpdateLink) -> c.Link:
        """Other settings. Raises `Invalid`, `SlugTaken`, `Conflict`, `NotFound`."""
        return linking.update(self, request)

    @endpoint
    def delete_link(self, request: c.DeleteLink) -> Empty:
        """Raises `NotFound`."""
        linking.delete(self, request)
        return Empty()

    @endpoint
    def get_link(self, request: c.GetLink) -> c.Link:
        """Raises `NotFound`."""
        with self.db.begin() as tx:
            return links.get(tx, request.workspace_id, request.link_id)

    @endpoint
    def list_links(self, request: c.ListLinks) -> c.Links:
        """Oldest first."""
        with self.db.begin() as tx:
            found = links.of_workspace(tx, request.workspace_id, request.owner_id)
            return c.Links(links=found)

    @endpoint
    def find_page(self, request: c.FindPage) -> c.Page:
        """Raises `NotFound`."""
        return linking.page(self, request)

    # --- teams ---

    @endpoint
    def list_teams(self, request: c.ListTeams) -> c.Teams:
        """By name."""
        return teams.listed(self, request)

    @endpoint
    def save_team(self, request: c.SaveTeam) -> c.Team:
        """New or other settings. Raises `Invalid`, `SlugTaken`, `Conflict`, `NotFound`."""
        return teams.save(self, request)

    @endpoint
    def delete_team(self, request: c.DeleteTeam) -> Empty:
        """Raises `NotFound`, `Conflict` while a link names it."""
        teams.delete(self, request)
        return Empty()

    @endpoint
    def find_team(self, request: c.FindTeam) -> c.TeamPage:
        """Raises `NotFound`."""
        return teams.page(self, request)

    @endpoint
    def check_drafts(self, request: c.CheckDrafts) -> c.Drafts:
        """Could these be saved? Raises `Invalid`, `Conflict`; changes nothing."""
        return drafting.check(self, request)

    @endpoint
    def decisions(self, request: c.GetDecisions) -> c.Decisions:
        """Why a booking went to whom. Raises `NotFound`."""
        return telling.decisions(self, request)

    @endpoint
    def fairness(self, request: c.GetFairness) -> c.Fairness:
        """Raises `NotFound`, `Invalid` on too many months."""
        return telling.report(self, request)

    @endpoint
    def try_terms(self, request: c.TryTerms) -> c.Tried:
        """Raises `NotFound`, `Invalid`."""
        return telling.try_terms(self, request)

    # --- holds ---

    @endpoint
    def place_hold(self, request: c.PlaceHold) -> c.Hold:
        """Raises what `book` raises, and `LimitReached` on too many from one address."""
        return self._counted("hold", lambda: holding.place(self, request))

    @endpoint
    def renew_hold(self, request: c.RenewHold) -> c.Hold:
        """Raises `HoldExpired`."""
        return holding.renew(self, request)

    @endpoint
    def release_hold(self, request: c.ReleaseHold) -> Empty:
        """Frees the slot at once."""
        holding.release(self, request.hold_id)
        return Empty()

    @tick(seconds=10)
    def end_expired_holds(self) -> None:
        """Frees what nobody came back for, and tells the readers of claims."""
        holding.end_expired(self)

    # --- bookings ---

    @endpoint
    def book(self, request: c.Book) -> c.Booked:
        """Raises `Invalid`, `NotFound`, `SlotTaken`, `LimitReached`, `LinkClosed`, `Conflict`,
        `CalendarUnreachable`, `Unavailable`; nothing is stored then.
        """
        return self._counted("book", lambda: making.book(self, request))

    @endpoint
    def find_by_token(self, request: c.FindByToken) -> c.Managed:
        """Looks only. Raises `NotFound`, `AlreadyMoved`."""
        return managing.find(self, request)

    @endpoint
    def reschedule_by_token(self, request: c.RescheduleByToken) -> c.Booked:
        """Raises what `book` raises, and `AlreadyMoved`, `AlreadyCancelled`, `TooLate`."""
        return self._counted("reschedule", lambda: moving.by_token(self, request))

    @endpoint
    def cancel_by_token(self, request: c.CancelByToken) -> c.Booking:
        """Raises `NotFound`, `AlreadyMoved`, `AlreadyCancelled`, `TooLate`."""
        return self._counted("cancel", lambda: managing.cancel_by_token(self, request))

    @endpoint
    def reschedule(self, request: c.RescheduleBooking) -> c.Booking:
        """As by token, with the host's freedoms."""
        return self._counted("reschedule", lambda: moving.by_host(self, request).booking)

    @endpoint
    def cancel(self, request: c.CancelBooking) -> c.Booking:
        """As by token, until the meeting has ended."""
        return self._counted("cancel", lambda: managing.cancel_by_host(self, request))

    @endpoint
    def reassign(self, request: c.ReassignBooking) -> c.Booking:
        """Another host, by hand. Raises `NotFound`, `Invalid`, `Conflict`, `SlotTaken`,
        `LimitReached`, `CalendarUnreachable`.
        """
        return self._counted("reassign", lambda: reassigning.reassign(self, request))

    @endpoint
    def decide(self, request: c.DecideBooking) -> c.Booking:
        """Approves or declines a request. Raises `NotFound`, `Conflict`, `TooLate`."""
        return self._counted("decide", lambda: approving.decide(self, request))

    @endpoint
    def decide_by_token(self, request: c.DecideByToken) -> c.Booking:
        """The same by the hosts' mail."""
        return self._counted("decide", lambda: approving.by_token(self, request))

    @endpoint
    def approval_tokens(self, request: c.ManageTokens) -> c.ApprovalTokens:
        """Raises `NotFound`."""
        return approving.tokens(self, request)

    @tick(seconds=30)
    def lapse_requests(self) -> None:
        """Ends the requests that no host has answered in time."""
        approving.lapse(self)

    @endpoint
    def set_no_show(self, request: c.SetNoShow) -> c.Booking:
        """Raises `NotFound`, `Conflict` before the start."""
        return self._counted("no_show", lambda: managing.set_no_show(self, request))

    @endpoint
    def get_booking(self, request: c.GetBooking) -> c.BookingDetail:
        """Raises `NotFound`."""
        return managing.get(self, request)

    @endpoint
    def list_bookings(self, request: c.ListBookings) -> c.Bookings:
        """Raises `Invalid` on a cursor that is none."""
        return listing.bookings(self, request)

    @endpoint
    def manage_tokens(self, request: c.ManageTokens) -> c.Booked:
        """Raises `NotFound`."""
        return managing.tokens(self, request)

    @endpoint
    def export(self, request: c.Export) -> c.Exported:
        """Raises `Invalid` on a cursor that is none."""
        return listing.export(self, request)

    # --- the dashboard ---

    @endpoint
    def bookings_between(self, request: c.BookingsBetween) -> c.Bookings:
        """What takes time in a period. Raises `Invalid` where it ends before it begins."""
        return listing.between(self, request)

    @endpoint
    def overview(self, request: c.GetOverview) -> c.Overview:
        """Counts of some weeks."""
        return listing.overview(self, request)

    @endpoint
    def save_feed(self, request: c.SaveFeed) -> c.Feed:
        """A host's private feed, or another secret for it. Raises `NotFound`."""
        return feeding.save(self, request)

    @endpoint
    def get_feed(self, request: c.GetFeed) -> c.Feed:
        """Whether there is one."""
        return feeding.get(self, request)

    @endpoint
    def drop_feed(self, request: c.DropFeed) -> c.Feed:
        """Ends it."""
        return feeding.drop(self, request)

    @endpoint
    def read_feed(self, request: c.ReadFeed) -> c.FeedBookings:
        """Raises `NotFound`."""
        return feeding.read(self, request)

    # --- files ---

    @endpoint
    def add_upload(self, request: c.AddUpload) -> c.Upload:
        """A file's record. Raises `NotFound`, `Invalid`, `LinkClosed`, `LimitReached`."""
        return attaching.add(self, request)

    @endpoint
    def find_uploads(self, request: c.FindUploads) -> c.Uploads:
        """By their secret ids. Raises `NotFound`."""
        return attaching.found(self, request)

    @endpoint
    def booking_uploads(self, request: c.BookingUploads) -> c.Uploads:
        """Raises `NotFound`."""
        return attaching.of_booking(self, request)

    @endpoint
    def erase_upload(self, request: c.EraseUpload) -> c.Uploads:
        """Raises `NotFound`."""
        return attaching.erase(self, request)

    @endpoint
    def due_uploads(self, request: c.DueUploads) -> c.Uploads:
        """Past their time, or erased."""
        return attaching.due(self, request)

    @endpoint
    def drop_uploads(self, request: c.DropUploads) -> Empty:
        """Forgets those that were due."""
        attaching.drop(self, request)
        return Empty()

    # --- what others announce ---

    @listen
    def on_account_changed(self, event: AccountChanged, tx: Tx) -> None:
        """Makes or changes the host."""
        hearing.account_changed(self, event, tx)

    @listen
    def on_workspace_changed(self, event: WorkspaceChanged, tx: Tx) -> None:
        """Name and zone."""
        hearing.workspace_changed(self, event, tx)

    @listen
    def on_connection_changed(self, event: ConnectionChanged, tx: Tx) -> None:
        """Whether a calendar is written."""
        hearing.connection_changed(self, event, tx)

    @listen
    def on_event_written(self, event: EventWritten, tx: Tx) -> None:
        """The join URL."""
        hearing.event_written(self, event, tx)

    @listen
    def on_event_moved(self, event: EventMoved, tx: Tx) -> None:
        """The host moved it in their calendar."""
        following.moved(self, event, tx)

    @listen
    def on_event_deleted(self, event: EventDeleted, tx: Tx) -> None:
        """The host deleted it there."""
        following.deleted(self, event, tx)

    @listen
    def on_attendee_declined(self, event: AttendeeDeclined, tx: Tx) -> None:
        """An attendee declined it there."""
        following.declined(self, event, tx)
