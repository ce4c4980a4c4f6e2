"""However late, repeated or reordered the events of a chain come, the right mails go out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.booking import BookingCancelled, BookingConfirmed
from notifications.domain import decide, plan
from notifications.domain.decide import Question, Send
from notifications.domain.thread import Thread
from unit.notifications.builders import (
    NOW,
    START,
    ended,
    make_booking,
    moved,
    was_cancelled,
    was_confirmed,
    was_moved,
)


@dataclass
class Desk:
    """A mail desk in memory: a table of due mails by key, decided as the service decides."""

    thread: Thread
    due: dict = field(default_factory=dict)
    done: set = field(default_factory=set)
    sent: list = field(default_factory=list)

    def hear(self, event, now):
        if isinstance(event, BookingConfirmed):
            mails = plan.confirmed(event, self.thread, now)
        elif isinstance(event, BookingCancelled):
            mails = plan.cancelled(event, now)
        else:
            mails = plan.rescheduled(event, self.thread, now)
        for mail in mails:
            if mail.key not in self.done:
                self.due.setdefault(mail.key, mail)
        self.thread = self.thread.with_booking(event.booking)

    def tick(self, current, now):
        for key, mail in sorted(self.due.items()):
            if mail.due_at > now:
                continue
            question = Question(mail.kind, mail.role, mail.booking_id, mail.start)
            if isinstance(decide.about_booking(question, current, now), Send):
                self.sent.append((mail, current))
            del self.due[key]
            self.done.add(key)


def history(moves, *, cancel):
    """The bookings of a chain with the event that announces each."""
    booking = make_booking()
    chain = [(booking, was_confirmed(booking))]
    for days in moves:
        previous = booking
        booking = moved(previous, START + timedelta(days=days), NOW)
        chain.append((booking, was_moved(booking, previous)))
    if cancel:
        booking = ended(booking)
        chain.append((booking, was_cancelled(booking)))
    return chain


@st.composite
def runs(draw):
    """A chain, and an order of: the next thing happens; an event that happened is heard; a tick."""
    moves = draw(st.lists(st.integers(-2, 3), max_size=4))
    chain = history(moves, cancel=draw(st.booleans()))
    steps = draw(st.lists(st.sampled_from(["happen", "hear", "tick"]), max_size=30))
    picks = draw(st.lists(st.integers(0, 99), min_size=60, max_size=60))
    last = draw(st.permutations(range(len(chain))))
    return chain, steps, picks, last


@settings(max_examples=300)
@given(runs())
def test_every_order_and_repeat_ends_with_the_right_mails(run):
    chain, steps, picks, last = run
    desk = Desk(Thread(chain[0][0].root_id, chain[0][0].workspace_id))
    happened = 1
    for step, pick in zip(steps, picks, strict=False):
        if step == "happen":
            happened = min(happened + 1, len(chain))
        elif step == "hear":
            desk.hear(chain[pick % happened][1], NOW)
        else:
            desk.tick(chain[happened - 1][0], NOW)
    for place in last:
        desk.hear(chain[place][1], NOW)
    final = chain[-1][0]
    desk.tick(final, NOW)
    desk.tick(final, final.start - timedelta(hours=1))
    desk.tick(final, final.start + timedelta(hours=1))
    _check(desk, final, NOW)


def _check(desk, final, now):
    counted = Counter((mail.kind, mail.booking_id, mail.role) for mail, _ in desk.sent)
    assert set(counted.values()) <= {1}, "no mail goes out twice"
    for mail, current in desk.sent:
        assert (mail.booking_id, mail.start) == (current.id, current.start), "no mail is stale"
        assert (mail.kind == "cancelled") == (current.status == "cancelled")
    told = {(mail.kind, mail.role) for mail, _ in desk.sent if mail.booking_id == final.id}
    roles = {"attendee", f"host:{final.hosts[0].id}"}
    if final.status == "cancelled":
        assert {role for kind, role in told if kind == "cancelled"} == roles
        assert not {kind for kind, _ in told} & {"reminder"}
        return
    news = "rescheduled" if final.sequence else "confirmed"
    assert {role for kind, role in told if kind == news} == roles
    assert {role for kind, role in told if kind == "reminder"} == roles
    assert now < final.start
