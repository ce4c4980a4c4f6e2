"""A calendar-sync that reads one Google account, in a process of its own: memory is counted here.

`python -m bench.calendar_reader DATABASE_URL SETTINGS` speaks in lines of JSON with
`bench_calendars`, which stands for Google and for the host.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import requests

from bench.measures import peak, resident, timed
from calendar_sync.service import CalendarSync
from contracts.calendar_sync import BeginSignIn, FinishSignIn
from servicekit.testing import FakeClock, Local

NOW = datetime(2030, 3, 4, 8, tzinfo=UTC)


def say(**words: Any) -> dict[str, Any]:
    """Tells the other side, and hears what it says."""
    print(json.dumps(words), flush=True)
    heard: dict[str, Any] = json.loads(sys.stdin.readline() or "{}")
    return heard


def sign_in(service: CalendarSync) -> None:
    """The host connects an empty calendar."""
    host = {"workspace_id": uuid4(), "host_id": uuid4()}
    begin = BeginSignIn(provider="google", redirect_uri="https://h.test/back", **host)
    begun = service.begin_sign_in(begin)
    code = say(consent=begun.url)["code"]
    service.finish_sign_in(
        FinishSignIn(connection_id=uuid4(), state=begun.state, code=code, **host)
    )


def bare(url: str, token: str, bundle: str) -> None:
    """The floor: the same pages by plain requests, parsed and dropped."""
    address = f"{url}/calendar/v3/calendars/primary/events"
    asked = {"singleEvents": "true", "maxResults": "2500"}
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        page: dict[str, Any] = {"nextPageToken": None}
        while "nextPageToken" in page:
            more = {"pageToken": page["nextPageToken"]} if page["nextPageToken"] else {}
            answer = session.get(address, params=asked | more, verify=bundle, timeout=60)
            page = answer.json()


def main(database: str, settings: dict[str, str]) -> None:
    """Signs in, reads all, reads one change."""
    local = Local(lambda _: database, FakeClock(NOW))
    service = local.add(CalendarSync, **settings)
    sign_in(service)
    heard = say(signed_in=True)
    local.clock.advance(timedelta(minutes=10))
    before, small = resident(), peak()
    first = timed(service.sync_calendars)
    grown = peak() - before if peak() > small else 0.0
    floor = timed(lambda: bare(settings["google_base_url"], heard["token"], settings["ca_bundle"]))
    one = []
    for _ in range(5):
        say(change=True)
        local.clock.advance(timedelta(minutes=10))
        one.append(timed(service.sync_calendars))
    say(first=first, floor=floor, grown=grown, peak=peak(), one=sorted(one)[2])


main(sys.argv[1], json.loads(sys.argv[2]))
