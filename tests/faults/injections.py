"""Faults for the checker to find: what breaks each rule, undone afterwards."""

from collections.abc import Callable

from faults.world import Fate, Mail, World

LIVE = "SELECT id FROM booking WHERE status = 'confirmed' AND next_id IS NULL ORDER BY id LIMIT 1"
NOBODY = "00000000-0000-4000-8000-000000000002"

INJECTED = {
    "acknowledged_is_kept": (
        "booking",
        f"UPDATE booking SET start_at = start_at - interval '1 min' WHERE id = ({LIVE})",
    ),
    "claims_do_not_overlap": (
        "booking",
        (
            "ALTER TABLE claim DROP CONSTRAINT claim_no_overlap;"
            " INSERT INTO claim (id, workspace_id, meeting_id, host_id, host_key, link_id, state, start_at,"
            " end_at, meeting_start, meeting_end) SELECT gen_random_uuid(), workspace_id, meeting_id,"
            " host_id, host_key, link_id, state, start_at, end_at, meeting_start, meeting_end"
            " FROM claim WHERE state <> 'hold' LIMIT 1"
        ),
    ),
    "meetings_do_not_overlap": (
        "booking",
        (
            "UPDATE booking_host SET start_at = '2030-01-01', end_at = '2030-01-02'"
            " WHERE status = 'confirmed'"
        ),
    ),
    "claims_are_of_bookings": ("booking", "DELETE FROM claim WHERE state <> 'hold'"),
    "chains_are_whole": (
        "booking",
        f"UPDATE booking SET status = 'rescheduled' WHERE id = ({LIVE})",
    ),
    "copies_are_true": ("availability", "UPDATE claim SET removed = true"),
    "news_is_sent": (
        "notifications",
        ("UPDATE delivery SET state = 'skipped' WHERE kind = 'confirmed'"),
    ),
    "mails_have_bookings": (
        "notifications",
        f"UPDATE delivery SET booking_id = '{NOBODY}' WHERE kind = 'confirmed'",
    ),
    "no_mail_is_planned_twice": (
        "notifications",
        ("UPDATE delivery SET kind = 'confirmed' WHERE kind = 'reminder'"),
    ),
    "reminders_are_once": ("notifications", "DELETE FROM delivery WHERE kind = 'reminder'"),
    "deals_are_once": (
        "crm-bridge",
        ("UPDATE deal SET contact_id = (SELECT contact_id FROM deal LIMIT 1)"),
    ),
    "timelines_are_true": ("crm-bridge", "DELETE FROM timeline_entry WHERE kind = 'booked'"),
    "calendars_are_true": ("calendar-sync", "UPDATE wanted_event SET written = false"),
    "written_is_told_once": (
        "calendar-sync",
        (
            "INSERT INTO outbox (event_id, name, body, correlation_id, created_at, published_at)"
            " SELECT gen_random_uuid(), name, body, correlation_id, created_at, published_at FROM outbox"
            " WHERE name = 'EventWritten' LIMIT 1"
        ),
    ),
    "workspaces_are_apart": ("crm-bridge", f"UPDATE chain SET workspace_id = '{NOBODY}'"),
    "outboxes_are_empty": ("booking", "UPDATE outbox SET published_at = NULL"),
    "inboxes_are_done": ("crm-bridge", "UPDATE inbox SET state = 'dead'"),
    "announced_is_heard": ("crm-bridge", "DELETE FROM inbox WHERE name = 'BookingConfirmed'"),
}
"""Rule: a service, and the statement that breaks it in its database."""


def _lost(world: World) -> None:
    world.fates.append(Fate(NOBODY, "confirmed", world.now))


def _forgotten(world: World) -> None:
    world.fates.pop()


def _doubled(world: World) -> None:
    world.mails.extend(world.mails[-(world.repeats + 1) :])


def _missing(world: World) -> None:
    world.mails.pop()


def _stray(world: World) -> None:
    world.mails.append(Mail("somebody@load.test", "confirmed", "<x@x>"))


def _third(world: World) -> None:
    mail = next(mail for mail in world.mails if mail.recipient.endswith("@load.test"))
    world.mails.append(mail._replace(kind="cancelled", message_id="<x@x>"))


TOLD: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("acknowledged_is_kept", _lost),
    ("nothing_unasked", _forgotten),
    ("no_mail_goes_out_twice", _doubled),
    ("sent_is_journalled", _missing),
    ("sent_is_journalled", _stray),
    ("mailboxes_are_right", _third),
)
"""Rule: what breaks it in what bookers were told, or in the journal of mails."""
