"""A workspace of sixty people, with a team of forty and links that they share, and one of a single
person, for `support.tour`.

Its people are written where the gateway keeps them; the rest is made through the API.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests

from gateway.accounts import Accounts, NewWorkspace, Profile, members, open_engine
from gateway.accounts.secret import hash_password
from gateway.accounts.signing import SCOPES
from servicekit import outbox
from support.suites import EmbeddedSuite
from support.waiting import wait_for

if TYPE_CHECKING:
    from support.tour import Tour

PASSWORD = "demo-demo-demo"
GIVEN = (
    "Amélie", "Bartholomew", "Chloë", "Dạ Thảo", "Eleftheria", "Fu", "Guðrún", "Henrik",
    "Ines", "Jürgen", "Κωνσταντίνα", "Lakshmi", "محمد", "נועה", "Oluwaseun",
)  # fmt: skip
FAMILY = ("Li", "Nguyễn-Okonkwo", "Featherstonehaugh-Cholmondeley von Sigmaringen", "田中")
HOSTS, TEAM, BOOKED = 55, 40, 5
"""Who can be booked, how many of them the team has, and how often the team was booked."""


def prepare(tour: "Tour") -> None:
    """Adds the addresses to the tour's, and `crowd` and `alone`: who owns the workspaces."""
    accounts = _accounts(tour.suite)
    name = f"Crowd {uuid4().hex[:5]}"
    owner, alone = _people(accounts, name), _owner(accounts, f"Alone {uuid4().hex[:5]}")
    key = accounts.create_key(owner, "tour", SCOPES)[1]
    accounts.engine.dispose()
    api = _Api(tour.url, key)
    hosts = api.hosts()
    team = api.put(f"/teams/{uuid4()}", _team(name, hosts))
    kinds = {"round_robin": {"team_id": team["id"], "visitor_picks": True, "notice": 60}}
    kinds["collective"] = {"hosts": [{"host_id": each} for each in hosts[::2]]}
    made = {kind: api.link(f"{kind} of {name}", kind, more) for kind, more in kinds.items()}
    slug = made["round_robin"]["settings"]["slug"]
    wait_for(lambda: requests.get(f"{tour.url}/book/{slug}", timeout=10).ok, slug)
    booked = [tour.book(slug, start) for start in tour.free(slug)[: BOOKED * 7 : 7]]
    tour.states |= {"crowd": tour.signed_in(owner.email), "alone": tour.signed_in(alone.email)}
    links = f"{tour.url}/settings/booking-links"
    tour.addresses |= {
        "crowd_team": f"{tour.url}/settings/team/{team['id']}",
        "crowd_slug": team["slug"],
        "crowd_booking": booked[0]["id"],
        "crowd_link": f"{links}/{made['collective']['id']}",
        "crowd_team_link": f"{links}/{made['round_robin']['id']}",
    }


def _accounts(suite: EmbeddedSuite) -> Accounts:
    """The gateway's own, of a suite that runs: its relay looks for what it has to announce."""
    folder = suite.data / "postgres"
    socket = (folder / "postmaster.pid").read_text().splitlines()[4]
    return Accounts(
        engine=open_engine(f"postgresql+psycopg2://postgres@/gateway?host={socket}", pool_size=1),
        now=lambda: datetime.now(UTC),
        announce=outbox.add,
        wake=lambda: None,
        seal=str,
        public_url=suite.url,
    )


def _owner(accounts: Accounts, name: str) -> Profile:
    new = NewWorkspace(
        name=name,
        timezone="Europe/London",
        owner_name="Ada",
        owner_email=f"ada@{uuid4().hex[:8]}.test",
        password=PASSWORD,
    )
    return accounts.create_workspace(new)


def _people(accounts: Accounts, name: str) -> Profile:
    """The owner; everybody's names are different, as are their states."""
    owner, password = _owner(accounts, name), hash_password(PASSWORD)
    host = owner.email.partition("@")[2]
    with accounts.begin() as tx:
        for number in range(1, 60):
            values = _member(owner, number, host) | {"password_hash": password}
            profile = members.add(tx, values)
            if number < HOSTS:
                accounts.announce(tx, members.changed(profile), accounts.now())
    return owner


def _member(owner: Profile, number: int, host: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "workspace_id": owner.workspace_id,
        "name": f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]}",
        "email": f"member-{number}@{host}",
        "role": "admin" if number % 20 == 0 else "member",
        "timezone": ("Europe/London", "Asia/Tokyo", "America/Argentina/Buenos_Aires")[number % 3],
        "state": "active" if number < HOSTS else "invited" if number % 2 else "deactivated",
        "created_at": datetime.now(UTC),
    }


def _team(name: str, hosts: list[str]) -> dict[str, Any]:
    members = [
        {
            "host_id": host,
            "weight": (1, 1, 2, 5, 1000)[place % 5],
            "level": 1 + place % 3,
            "active": place % 9 != 8,
        }
        for place, host in enumerate(hosts[:TEAM])
    ]
    slug = name.lower().replace(" ", "-")
    return {"name": f"Everybody of {name}", "slug": slug, "members": members, "version": 0}


class _Api:
    """The suite's, with a key of the owner's."""

    def __init__(self, url: str, key: str) -> None:
        self.url = f"{url}/api/v1"
        self.headers = {"Authorization": f"Bearer {key}"}

    def hosts(self) -> list[str]:
        """Everybody who can be booked, once booking has heard of them all."""
        found: list[str] = []

        def heard() -> bool:
            answer = requests.get(f"{self.url}/hosts", headers=self.headers, timeout=20).json()
            found[:] = [host["id"] for host in answer["hosts"]]
            return len(found) == HOSTS

        wait_for(heard, "the hosts of a crowd")
        return found

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What is answered."""
        answer = requests.put(self.url + path, json=body, headers=self.headers, timeout=20)
        assert answer.ok, answer.text
        return dict(answer.json())

    def link(self, title: str, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
        """A new one."""
        body = {"title": title, "kind": kind, "slug": f"crowd-{uuid4().hex[:8]}"}
        headers = self.headers | {"Idempotency-Key": str(uuid4())}
        answer = requests.post(
            f"{self.url}/links", json=body | settings, headers=headers, timeout=20
        )
        assert answer.ok, answer.text
        return dict(answer.json())
