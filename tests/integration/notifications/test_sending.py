"""Nothing lost, nothing twice: mail servers that fail, schedulers that die, several of them."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from contracts.errors import NotFound, Unavailable
from contracts.gateway import AccountInvited
from contracts.notifications import ListDeliveries, MailFailed, Resend
from notifications import adapters
from notifications.adapters import TemporaryMailError
from notifications.service import RESENT, Notifications
from notifications.store import deliveries
from servicekit import context
from servicekit.sealing import Sealer

ADA, ZOE = "ada@acme.test", "zoe@example.org"


@pytest.fixture
def quiet(office, monkeypatch):
    """Nothing is sent before the next tick: the waking after a commit is switched off."""
    monkeypatch.setattr(Notifications, "wake", lambda _self, _tick: None)
    return office


def states(office):
    return office.execute("SELECT state FROM delivery WHERE kind <> 'reminder'").scalars().all()


def found(office, booked):
    asked = ListDeliveries(workspace_id=office.workspace, root_id=booked.booking.root_id)
    return office.notifications.list_deliveries(asked).deliveries


def test_a_mail_server_that_is_down_delays_mails_and_loses_none(office, smtp_server):
    smtp_server.stop()
    for hours in range(4):
        office.book(office.START + timedelta(hours=hours / 2))
    office.send()
    for _ in range(30):
        office.later(minutes=10)
    assert set(states(office)) == {"due"}
    smtp_server.start()
    for _ in range(8):
        office.later(hours=1)
    assert office.subjects(ZOE) == ["Confirmed"] * 4
    assert office.subjects(ADA) == ["Confirmed"] * 4


def test_a_server_that_says_later_is_asked_again_with_pauses(office, smtp_server):
    said = []

    def busy(_envelope):
        said.append(office.clock.now())
        return "451 later"

    smtp_server.answer = busy
    office.book()
    office.send()
    office.later(seconds=2)
    assert len(said) == 2, "one try each for attendee and host"
    for _ in range(20):
        office.later(hours=2)
    limit = office.notifications.settings.max_tries
    tried = office.execute("SELECT attempts FROM delivery WHERE kind = 'confirmed'").scalars().all()
    assert tried == [limit, limit]
    assert set(states(office)) == {"failed"}


def test_a_mail_given_up_is_announced_and_can_be_sent_again(office, smtp_server):
    smtp_server.answer = lambda envelope: "550 no" if ZOE in envelope.rcpt_tos else "250 OK"
    booked = office.book()
    office.send()
    (failed,) = (one for one in found(office, booked) if one.state == "failed")
    assert (failed.recipient, failed.problem[:3]) == (ZOE, "550")
    smtp_server.clear()
    asked = Resend(workspace_id=office.workspace, delivery_id=failed.id)
    assert office.notifications.resend(asked).state == "due"
    assert office.notifications.resend(asked).state == "due"
    office.send()
    assert office.subjects(ZOE) == ["Confirmed"]
    assert office.notifications.resend(asked).state == "sent"
    office.send()
    assert office.subjects(ZOE) == ["Confirmed"]


def test_whatever_a_server_says_can_be_kept(office, smtp_server):
    smtp_server.answer = lambda _envelope: "550 no\x00\x1b[31m thanks"
    booked = office.book()
    office.send()
    problems = {one.problem for one in found(office, booked) if one.state == "failed"}
    assert problems == {"550 no[31m thanks"}


def test_another_workspace_finds_no_delivery(office):
    booked = office.book()
    office.send()
    other = booked.booking.id
    asked = ListDeliveries(workspace_id=other, root_id=booked.booking.root_id)
    assert office.notifications.list_deliveries(asked).deliveries == ()
    with pytest.raises(NotFound):
        office.notifications.resend(
            Resend(workspace_id=other, delivery_id=found(office, booked)[0].id)
        )


def lease(office):
    with office.notifications.db.begin() as tx:
        return deliveries.lease(tx, office.clock.now(), 20)


def expire(office):
    office.execute("UPDATE delivery SET leased_until = clock_timestamp() - interval '1 second'")


def test_what_one_scheduler_has_leased_no_other_sends(quiet):
    quiet.book()
    quiet.local.deliver()
    assert lease(quiet)
    assert lease(quiet) == []
    quiet.later(hours=1)
    assert quiet.mails(ZOE) == []


def test_a_scheduler_that_died_before_sending_is_made_good_by_the_next(quiet):
    quiet.book()
    quiet.local.deliver()
    assert lease(quiet)
    expire(quiet)
    before = RESENT._value.get()
    quiet.later()
    assert quiet.subjects(ZOE) == ["Confirmed"]
    assert RESENT._value.get() == before


def test_a_scheduler_that_died_in_the_smtp_window_repeats_with_the_same_message_id(quiet):
    quiet.book()
    quiet.local.deliver()
    for due in lease(quiet):
        with quiet.notifications.db.begin() as tx:
            assert deliveries.start(tx, due, f"<{due.id}@acme.test>", due.recipient)
    expire(quiet)
    before = RESENT._value.get()
    quiet.later()
    (mail,) = quiet.mails(ZOE)
    assert RESENT._value.get() == before + 2
    ids = quiet.execute("SELECT message_id FROM delivery WHERE kind = 'confirmed'").scalars().all()
    assert mail["Message-ID"] in ids


def test_a_lease_that_was_taken_over_cannot_send(quiet):
    quiet.book()
    quiet.local.deliver()
    slow = lease(quiet)
    expire(quiet)
    assert lease(quiet)
    with quiet.notifications.db.begin() as tx:
        assert [deliveries.start(tx, due, "<1@x>", "x@y") for due in slow] == [False, False]


def test_schedulers_together_send_each_mail_once(quiet):
    for hours in range(6):
        quiet.book(quiet.START + timedelta(hours=hours / 2))
    quiet.local.deliver()
    threads = [
        threading.Thread(target=quiet.local.tick, args=("notifications", "send_due"))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    quiet.later(minutes=1)
    assert len(quiet.mails(ZOE)) == 6
    assert len({mail["Message-ID"] for mail in quiet.server.messages}) == 12


class Away:
    """booking, when it does not answer."""

    def get_booking(self, _request):
        raise Unavailable

    manage_tokens = get_booking


def test_a_booking_service_that_does_not_answer_delays_mails_without_counting_tries(
    quiet, monkeypatch
):
    office = quiet
    office.book()
    office.local.deliver()
    with monkeypatch.context() as patch:
        patch.setattr(Notifications, "booking", Away())
        for _ in range(30):
            office.later(minutes=10)
    assert office.mails(ZOE) == []
    assert office.execute("SELECT max(attempts) FROM delivery").scalar() == 0
    office.later(minutes=1)
    office.later(minutes=1)
    assert office.subjects(ZOE) == ["Confirmed"]


def test_a_join_url_that_comes_while_the_mail_is_on_its_way_makes_the_update(office, smtp_server):
    office.conference()
    booked = office.book(slug="meet")
    office.local.deliver()

    told = []

    def meanwhile(envelope):
        if ZOE in envelope.rcpt_tos and not told:
            told.append(envelope)
            office.written(booked.booking)
        return "250 OK"

    smtp_server.answer = meanwhile
    office.later(seconds=60)
    office.later()
    assert office.subjects(ZOE) == ["Confirmed", "Updated"]


def test_a_fault_in_what_follows_from_a_mail_does_not_send_it_again(office, smtp_server):
    """The update cannot be planned, whatever the reason; that the mail went out is still noted."""
    office.conference()
    office.execute(
        "CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.kind = 'updated' THEN RAISE 'choked'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER choke BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION choke()"
    )
    booked = office.book(slug="meet")
    office.local.deliver()

    def meanwhile(_envelope):
        smtp_server.answer = lambda _envelope: "250 OK"
        office.written(booked.booking)
        return "250 OK"

    smtp_server.answer = meanwhile
    for _ in range(3):
        office.later(minutes=1)
    assert office.subjects(ZOE) == ["Confirmed"]
    assert set(states(office)) == {"sent"}


def test_an_address_that_is_none_fails_alone(office):
    for email in ("bea at acme", "cyd@acme.test"):
        office.hear(
            office.notifications,
            AccountInvited(
                workspace_id=office.workspace,
                version=1,
                account_id=uuid4(),
                email=email,
                name="Bea",
                invited_by="Ada",
                workspace_name="Acme",
                sealed_url=Sealer(office.notifications.settings.secret_keys).seal("https://h.test"),
                expires_at=office.NOW + office.DAY,
            ),
        )
    office.later()
    assert len(office.mails("cyd@acme.test")) == 1
    assert sorted(office.execute("SELECT state FROM delivery").scalars()) == ["failed", "sent"]


def test_a_failure_is_announced(office, smtp_server, monkeypatch):
    announced = []
    monkeypatch.setattr(
        Notifications, "announce", lambda _self, _tx, event: announced.append(event)
    )
    smtp_server.answer = lambda _envelope: "550 no"
    office.book()
    office.send()
    assert {type(event) for event in announced} == {MailFailed}
    assert {event.delivery.recipient for event in announced} == {ADA, ZOE}


def test_maildir_mails_are_the_same_mails(office, tmp_path):
    mailer = adapters.connect(f"maildir://{tmp_path}/mail")
    office.book()
    office.send()
    for mail in office.mails():
        del mail["X-RcptTo"]
        mailer.send(mail)
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1
    assert TemporaryMailError("x").unreachable is False


def test_resync_finds_and_repairs_lost_and_stray_reminders(office):
    office.book()
    cancelled = office.book(office.START + timedelta(hours=1))
    office.send()
    assert office.notifications.resync(check=True) == {"bookings": 2, "missing": 0, "stray": 0}
    office.execute("DELETE FROM delivery WHERE kind = 'reminder' AND role = 'attendee'")
    office.cancel(cancelled)
    expected = {"bookings": 2, "missing": 1, "stray": 1}
    assert office.notifications.resync(check=True) == expected
    assert office.notifications.resync(check=False) == expected
    assert office.notifications.resync(check=True) == {"bookings": 2, "missing": 0, "stray": 0}


def test_resync_after_a_restore_sends_no_reminder_again(office):
    office.book()
    office.send()
    office.clock.advance(office.START - office.DAY - office.NOW)
    office.later()
    assert office.subjects() == ["Confirmed", "Reminder"]
    office.execute("DELETE FROM delivery")
    office.notifications.resync(check=False)
    office.later(minutes=5)
    assert office.subjects() == ["Confirmed", "Reminder"]


def test_a_mail_that_the_mailer_chokes_on_delays_itself_alone(office, monkeypatch):
    real = adapters.connect(office.notifications.settings.smtp_url)

    class Choking:
        def send(self, message):
            if ZOE in message["To"]:
                raise ValueError("an error that no mailer promised")
            real.send(message)

    monkeypatch.setattr(adapters, "connect", lambda _url: Choking())
    office.book()
    office.send()
    assert office.subjects(ADA) == ["Confirmed"]
    query = "SELECT attempts, lease, started FROM delivery WHERE role = 'attendee'"
    assert set(office.execute(query + " AND kind = 'confirmed'").all()) == {(1, None, True)}
    for _ in range(office.notifications.settings.max_tries):
        office.later(hours=1)
    assert sorted(states(office)) == ["failed", "sent"]


def test_a_mails_failure_carries_the_id_of_the_request_that_caused_it(office, smtp_server):
    smtp_server.answer = lambda _envelope: "550 no"
    context.enter("request-of-the-booking")
    office.book()
    office.local.deliver()
    context.enter("tick")
    office.later(seconds=1)
    query = "SELECT correlation_id FROM outbox WHERE name = 'MailFailed'"
    assert set(office.execute(query).scalars()) == {"request-of-the-booking"}


def test_reminders_that_got_lost_are_found_in_the_night(office):
    office.book()
    office.send()
    office.execute("DELETE FROM delivery WHERE kind = 'reminder'")
    office.clock.set(office.clock.now().replace(hour=1) + office.DAY)
    for _ in range(2):
        office.notifications.compare_copies()
        office.clock.advance(timedelta(minutes=1))
    labels = {"service": "notifications", "kind": "missing"}
    assert REGISTRY.get_sample_value("copies_differ", labels) == 2


def test_a_process_that_is_to_end_puts_the_rest_back_for_the_others(quiet, smtp_server):
    for hours in range(3):
        quiet.book(quiet.START + timedelta(hours=hours))
    quiet.local.deliver()

    def told_to_end(_envelope):
        quiet.notifications.kit.ending = True
        return "250 OK"

    smtp_server.answer = told_to_end
    quiet.notifications.send_due()
    assert sorted(states(quiet)) == ["due"] * 5 + ["sent"]
    quiet.notifications.kit.ending = False
    smtp_server.answer = lambda _envelope: "250 OK"
    quiet.notifications.send_due()
    assert set(states(quiet)) == {"sent"}
    assert len(smtp_server.messages) == 6


def test_a_database_that_fails_over_while_a_mail_goes_out_doubles_none(quiet, smtp_server):
    quiet.book()
    quiet.local.deliver()
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    )

    def meanwhile(_envelope):
        other = sa.create_engine(quiet.notifications.db.engine.url, poolclass=sa.NullPool)
        with other.connect() as connection:
            connection.execute(sa.text(cut + " AND pid <> pg_backend_pid()"))
        return "250 OK"

    smtp_server.answer = meanwhile
    before = RESENT._value.get()
    quiet.notifications.send_due()
    assert set(states(quiet)) == {"sent"}
    assert (len(smtp_server.messages), RESENT._value.get()) == (2, before)
