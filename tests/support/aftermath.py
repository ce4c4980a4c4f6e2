"""What is not as it should be after a storm, told from what happened alone: each CRM is read in its
own way, none by the code that wrote to it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fakes.hubspot import HubSpot
from fakes.salesforce import OUR_ID, Salesforce
from support.hostile import History

WORDS = {"booked": "Booked", "rescheduled": "Moved", "cancelled": "Cancelled", "no_show": "Marked"}
"""How the line begins that tells of it in another CRM."""

HUBSPOT_ENDS = {"CANCELED": "cancelled", "NO_SHOW": "no_show", "SCHEDULED": ""}
SALESFORCE_ENDS = {"Cancelled: ": "cancelled", "No-show: ": "no_show"}


@dataclass(frozen=True)
class Meeting:
    """As another CRM shows it. `people`, `deals`: whose it is and whose deals it is on, by address.
    `told`: when what happened, a line each.
    """

    root: str
    people: list[str]
    deals: list[str]
    start: datetime
    end: str
    told: list[list[str]]


@dataclass(frozen=True)
class Shown:
    """What another CRM shows; `deals`: whose each is, by address."""

    contacts: list[str]
    deals: list[list[str]]
    meetings: list[Meeting]


def built_in(select: Callable[[str], Iterable[Any]], history: History) -> list[str]:
    """By rows alone: bookings, contacts, deals, timelines in order."""
    told: dict[UUID, list[Any]] = {root: [] for root in history.chains}
    for row in select(
        "SELECT kind, booking_id FROM timeline_entry ORDER BY at, sequence, version, key"
    ):
        told[history.root_of(row.booking_id)].append(row)
    found = [
        f"timeline of {root}: {[row.kind for row in rows]}"
        for root, rows in told.items()
        if [row.kind for row in rows] != history.kinds[root]
    ]
    seen = {row.booking_id for rows in told.values() for row in rows}
    found += [f"no entry of {one.id}" for one in history.bookings if one.id not in seen]
    return [*found, *_contacts_and_deals(select, history)]


def _contacts_and_deals(select: Callable[[str], Iterable[Any]], history: History) -> Iterator[str]:
    people = {row.id: row.email for row in select("SELECT id, email FROM contact")}
    if sorted(people.values()) != history.people:
        yield f"contacts: {sorted(people.values())}"
    whose = {
        row.id: people.get(row.contact_id) for row in select("SELECT id, contact_id FROM deal")
    }
    if sorted(map(str, whose.values())) != history.people:
        yield f"deals of: {whose.values()}"
    for row in select("SELECT root_id, contact_id, deal_id, booking_id FROM chain"):
        who = history.email(row.root_id)
        if (people.get(row.contact_id), whose.get(row.deal_id)) != (who, who):
            yield f"{row.root_id} is with {people.get(row.contact_id)}, deal {row.deal_id}"
        if row.booking_id != history.chains[row.root_id][-1].id:
            yield f"{row.root_id} stands at {row.booking_id}"


def elsewhere(shown: Shown, history: History) -> list[str]:
    """The same of another CRM."""
    found = []
    if sorted(shown.contacts) != history.people:
        found.append(f"contacts: {sorted(shown.contacts)}")
    if sorted(shown.deals) != [[who] for who in history.people]:
        found.append(f"deals of: {sorted(shown.deals)}")
    roots = Counter(one.root for one in shown.meetings)
    if roots != Counter(map(str, history.chains)):
        found.append(f"meetings: {roots}")
    return found + [wrong for one in shown.meetings for wrong in _of_meeting(one, history)]


def _of_meeting(one: Meeting, history: History) -> Iterator[str]:
    root = UUID(one.root)
    who, kinds, last = [history.email(root)], history.kinds[root], history.chains[root][-1]
    if (one.people, one.deals) != (who, who):
        yield f"{root} is with {one.people}, on deals of {one.deals}"
    ended = kinds[-1] if kinds[-1] in {"cancelled", "no_show"} else ""
    if (one.start, one.end) != (last.start, ended):
        yield f"{root} is at {one.start}, {one.end!r}"
    said = [words.split(" ")[0] for _, words in one.told]
    times = [at for at, _ in one.told]
    if said != [WORDS[kind] for kind in kinds] or times != sorted(times):
        yield f"{root} tells {one.told}"


def in_hubspot(hubspot: HubSpot) -> Shown:
    """What HubSpot shows."""
    alive = {
        kind: {key: one["properties"] for key, one in records.items() if not one["archived"]}
        for kind, records in hubspot.records.items()
    }
    emails = {key: one["email"] for key, one in alive["contacts"].items()}

    def people(kind: str, key: str) -> list[str]:
        return [emails.get(one, "") for one in hubspot.linked(kind, key, "contacts")]

    meetings = [
        Meeting(
            root=said["workestra_id"],
            people=people("meetings", key),
            deals=[
                who for d in hubspot.linked("meetings", key, "deals") for who in people("deals", d)
            ],
            start=datetime.fromtimestamp(int(said["hs_timestamp"]) / 1000, UTC),
            end=HUBSPOT_ENDS.get(said["hs_meeting_outcome"], "?"),
            told=_told(said["hs_meeting_body"].split("<br>")),
        )
        for key, said in alive["meetings"].items()
    ]
    return Shown(list(emails.values()), [people("deals", key) for key in alive["deals"]], meetings)


def in_salesforce(salesforce: Salesforce) -> Shown:
    """What Salesforce shows."""
    emails = {one["Id"]: one["Email"] for one in salesforce.alive("Contact")}
    deals: dict[str, list[str]] = {one["Id"]: [] for one in salesforce.alive("Opportunity")}
    for one in salesforce.alive("OpportunityContactRole"):
        deals[one["OpportunityId"]].append(emails.get(one["ContactId"], ""))
    meetings = [
        Meeting(
            root=one[OUR_ID],
            people=[emails.get(one["WhoId"], "")],
            deals=deals.get(one["WhatId"], []),
            start=datetime.fromisoformat(one["StartDateTime"]),
            end=next((e for p, e in SALESFORCE_ENDS.items() if one["Subject"].startswith(p)), ""),
            told=_told(one["Description"].split("\n")),
        )
        for one in salesforce.alive("Event")
    ]
    contacts = [one["Email"] for one in salesforce.alive("Contact")]
    return Shown(contacts, list(deals.values()), meetings)


def _told(lines: list[str]) -> list[list[str]]:
    return [line.split(" UTC: ", 1) for line in lines if " UTC: " in line]
