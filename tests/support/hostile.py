"""What a bus may do to news of bookings: late, shuffled, several times. For tests of their readers."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from contracts.booking import Attendee, Booking
from contracts.wire import Event, encode
from unit.crm_bridge.builders import NOW, booked, cancelled, confirmed, missed, moved, rescheduled


@dataclass(frozen=True)
class Delivery:
    """One message as the bus carries it: a repeat has the same id."""

    id: UUID
    name: str
    body: str


@dataclass
class History:
    """What happened in a workspace: chains of bookings by their root, each oldest first; the kinds
    of the timeline's entries that follow; every event, in an order in which it may have happened.
    """

    chains: dict[UUID, list[Booking]] = field(default_factory=dict)
    kinds: dict[UUID, list[str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @property
    def bookings(self) -> list[Booking]:
        """Every booking, moved ones too."""
        return [one for chain in self.chains.values() for one in chain]

    @property
    def people(self) -> list[str]:
        """The addresses of those who booked, each once, in order."""
        return sorted({self.email(root_id) for root_id in self.chains})

    def root_of(self, booking_id: UUID) -> UUID:
        """The chain of a booking."""
        return next(root for root, chain in self.chains.items() if booking_id in _ids(chain))

    def email(self, root_id: UUID) -> str:
        """Who booked, in the form in which contacts are matched."""
        return self.chains[root_id][0].attendee.email.lower()


def history(workspace_id: UUID, rng: Random, *, people: int = 30) -> History:
    """200 bookings, each told of by one event: 150 first ones, 50 moves; 40 more events end chains.

    Each person books several times, writing their address differently.
    """
    made = History()
    for number in range(150):
        _book(made, workspace_id, number, people)
    for root_id in rng.choices(list(made.chains), k=50):
        before = made.chains[root_id][-1]
        after = moved(before)
        _add(made, after, "rescheduled", rescheduled(before, after))
    for number, root_id in enumerate(rng.sample(list(made.chains), 40)):
        last = made.chains[root_id][-1]
        late = last.created_at + timedelta(hours=1)
        made.kinds[root_id].append("no_show" if number % 3 == 0 else "cancelled")
        made.events.append((missed if number % 3 == 0 else cancelled)(last, late))
    return made


def deliveries(events: list[Event], rng: Random, *, times: int = 5) -> list[Delivery]:
    """Every event so many times, in any order."""
    once = [Delivery(uuid4(), type(one).__name__, encode(one).decode()) for one in events]
    all_of_them = once * times
    rng.shuffle(all_of_them)
    return all_of_them


def _ids(chain: list[Booking]) -> set[UUID]:
    return {one.id for one in chain}


def _book(made: History, workspace_id: UUID, number: int, people: int) -> None:
    person = number % people
    address = f"p{person}@example.org"
    who = Attendee(name=f"Person {person}", email=address.upper() if number % 2 else address)
    start = NOW + timedelta(days=2, hours=number)
    booking = booked(
        who.email,
        workspace_id=workspace_id,
        attendee=who,
        created_at=NOW + timedelta(minutes=number),
        start=start,
        end=start + timedelta(minutes=30),
    )
    _add(made, booking, "booked", confirmed(booking))


def _add(made: History, booking: Booking, kind: str, event: Event) -> None:
    made.chains.setdefault(booking.root_id, []).append(booking)
    made.kinds.setdefault(booking.root_id, []).append(kind)
    made.events.append(event)
