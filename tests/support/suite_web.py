"""The gateway over the real services, all in one process: what an API's test needs."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from availability.service import Availability
from booking.service import Booking
from calendar_sync.service import CalendarSync
from contracts import topology
from contracts.booking import CreateLink, Link, LinkSettings
from contracts.gateway import AccountChanged
from crm_bridge.service import CrmBridge
from gateway.accounts import Profile
from gateway.rpc import Services
from notifications.service import Notifications
from servicekit.testing import FakeClock, Local
from support.web import NOW, Web, web

KEYS = ("the keys of these tests " * 2,)


class Suite:
    """The gateway (`site`) and the five services (`local`), with one clock for all."""

    def __init__(self, site: Web, databases: Callable[[str], str], mails: Path) -> None:
        self.site = site
        self.local = Local(databases, clock=FakeClock(NOW))
        for service in (Booking, Availability, CalendarSync):
            self.local.add(service, secret_keys=KEYS)
        own = site.app.extensions["settings"].secret_keys  # the gateway seals webhooks' secrets
        away = {"hubspot_base_url": "http://127.0.0.1:9", "crm_private_addresses": True}
        self.local.add(CrmBridge, secret_keys=own, private_addresses=True, **away)
        post = {"smtp_url": f"maildir://{mails}", "mail_from": "Acme <post@acme.test>"}
        self.local.add(Notifications, secret_keys=KEYS, **post)
        names = Services.__dataclass_fields__
        services = Services(**{name: getattr(self.local, name) for name in names})
        site.app.extensions["services"] = services
        site.app.extensions["slots"].source = services.availability

    def hear(self) -> None:
        """What was announced reaches its listeners, and the gateway forgets its slots."""
        booking = self.local.booking
        for event in self.site.said:
            if isinstance(event, AccountChanged):
                with booking.db.begin() as tx:
                    booking.on_account_changed(event, tx)
        self.site.said.clear()
        self.local.deliver()
        self.site.app.extensions["slots"].clear()

    def pass_time(self, by: Any) -> None:
        """Moves every clock."""
        self.local.clock.advance(by)
        self.site.clock.advance(by)

    def link(self, owner: Profile, slug: str, **settings: Any) -> Link:
        """A link of this owner, everywhere known."""
        asked = CreateLink(
            workspace_id=owner.workspace_id,
            link_id=uuid4(),
            owner_id=owner.id,
            settings=LinkSettings(**{"title": "Intro call", "slug": slug} | settings),
        )
        made: Link = self.local.booking.create_link(asked)
        self.hear()
        return made

    def marks(self) -> tuple[int, ...]:
        """What grows with everything that is done: outboxes, the audit, what the gateway said."""
        counted = [_last(self.local.surface(name).db, "outbox") for name in topology.SERVICES]
        audit = self.site.rows("SELECT count(*) FROM audit")[0][0]
        return (*counted, int(audit), len(self.site.said))


def _last(database: Any, table: str) -> int:
    with database.begin() as tx:
        return int(tx.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one())


def working_starts() -> Iterator[datetime]:
    """Every five minutes of the working days from the third on, 09:00 to 17:00 in UTC."""
    for days in itertools.count(2):
        day = NOW.replace(hour=9, tzinfo=UTC) + timedelta(days=days)
        if day.isoweekday() <= 5:
            yield from (day + timedelta(minutes=minutes) for minutes in range(0, 480, 5))


@contextmanager
def suite(postgres: Any, mails: Path, *, embedded: bool = False) -> Iterator[Suite]:
    """One suite on databases of its own; an embedded one has `/dev`."""
    with (
        postgres.lending() as databases,
        web(databases("gateway"), mail_dir=str(mails) if embedded else "") as site,
    ):
        yield Suite(site, databases, mails)
