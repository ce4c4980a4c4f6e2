"""Hosts' calendars as another client of the same account sees and changes them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urljoin
from uuid import uuid4

import requests
from icalendar import Calendar, Event

from fakes.google import Book as GoogleBook
from fakes.graph import Book as GraphBook

HALF_AN_HOUR = timedelta(minutes=30)


class Diary(Protocol):
    """One calendar."""

    def events(self) -> dict[datetime, str]:
        """The starts in UTC of what stands in it, and each one's join URL, "" without one."""
        ...

    def put(self, start: datetime) -> None:
        """An appointment of half an hour."""
        ...


@dataclass(frozen=True)
class InGoogle:
    """Of the strict Google."""

    book: GoogleBook

    def events(self) -> dict[datetime, str]:
        """As `Diary.events`."""
        return {
            datetime.fromisoformat(one["start"]["dateTime"]).astimezone(UTC): one.get(
                "hangoutLink", ""
            )
            for one in self.book.living()
        }

    def put(self, start: datetime) -> None:
        """As `Diary.put`."""
        self.book.put(start, start + HALF_AN_HOUR, summary="Dentist")


@dataclass(frozen=True)
class InGraph:
    """Of the strict Graph."""

    book: GraphBook

    def events(self) -> dict[datetime, str]:
        """As `Diary.events`."""
        return {one.start: one.join_url for one in self.book.standing}

    def put(self, start: datetime) -> None:
        """As `Diary.put`."""
        self.book.block(start, start + HALF_AN_HOUR)


@dataclass(frozen=True)
class InCalDav:
    """A collection of a CalDAV server, asked by plain WebDAV requests."""

    url: str
    login: tuple[str, str]

    def events(self) -> dict[datetime, str]:
        """As `Diary.events`; nobody makes conferences here."""
        whole: Any = Calendar.from_ical(self._ask("GET", self.url).text)
        return {event["DTSTART"].dt.astimezone(UTC): "" for event in whole.walk("VEVENT")}

    def put(self, start: datetime) -> None:
        """As `Diary.put`."""
        event = Event()
        for name, value in {"uid": str(uuid4()), "summary": "Dentist"}.items():
            event.add(name, value)
        for name, at in {"dtstamp": start, "dtstart": start, "dtend": start + HALF_AN_HOUR}.items():
            event.add(name, at)
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//another client//")
        calendar.add_component(event)
        self._ask("PUT", urljoin(self.url, f"{uuid4()}.ics"), calendar.to_ical())

    def move(self, start: datetime, to: datetime) -> None:
        """What begins at `start` begins at `to` instead, as long as before."""
        for url, event in self._items():
            if event["DTSTART"].dt.astimezone(UTC) == start:
                event["DTEND"].dt = to + (event["DTEND"].dt - event["DTSTART"].dt)
                event["DTSTART"].dt = to
                event["DTSTART"].params.pop("TZID", None)
                event["DTEND"].params.pop("TZID", None)
                whole: Any = Calendar.from_ical(self._ask("GET", url).text)
                whole.subcomponents = [event]
                self._ask("PUT", url, whole.to_ical())
                return
        raise AssertionError(f"nothing begins at {start}")

    def _items(self) -> list[tuple[str, Any]]:
        listed = self._ask("PROPFIND", self.url, headers={"Depth": "1"}).text
        urls = [
            urljoin(self.url, path) for path in re.findall(r"<href>([^<]+\.ics)</href>", listed)
        ]
        texts = [(url, self._ask("GET", url).text) for url in urls]
        return [(url, Calendar.from_ical(text).walk("VEVENT")[0]) for url, text in texts]

    def _ask(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        given = {"Content-Type": "text/calendar"} if method == "PUT" else {}
        answer = requests.request(
            method,
            url,
            data=body,
            headers=given | (headers or {}),
            auth=self.login,
            timeout=10,
        )
        answer.raise_for_status()
        return answer
