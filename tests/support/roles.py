"""A workspace with somebody of each role, and everything that a route can name, made afresh.

Everything belongs to Mia, a member. Max is another member, Abe an admin, Ada the owner; Eve owns
another workspace.
"""

import itertools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from contracts.availability import SaveSchedule, SaveTimeOff, Schedule, TimeOff
from contracts.booking import (
    NOTE,
    Answer,
    ApprovalTokens,
    Attendee,
    Book,
    Booked,
    Link,
    LinkHost,
    ManageTokens,
    PlaceHold,
    Question,
    SaveFeed,
    SaveTeam,
    Team,
    TeamMember,
)
from contracts.calendar_sync import Connect
from contracts.notifications import ListDeliveries
from gateway.accounts import NewAccount, Profile
from gateway.accounts.signing import SCOPES
from gateway.booking_pages import done
from gateway.settings_pages.schedules import WORKING_WEEK
from support.crm_roles import CrmRoles
from support.suite_web import Suite, working_starts
from support.web import NOW, PASSWORD

FILED = frozenset({"calendar.file", "calendar.erase_file", "manage_pages.file"})
LOGO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63606060f80f0001040100c2f4d6f50000000049454e44ae426082"
)
"""A picture of one point."""
NAMED = frozenset({"token", "account_id", "slug", "provider", "digest", "contact_id", "note_id"})
"""Parts of paths that some routes want another thing for."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
LINK = "mia-call"
CV = Question(id="cv", label="Your CV", type="file")
ASKING, SHARED = "mia-asks", "mia-shares"
"""Links of Mia's: one that asks for approval, one whose meetings others could take."""
BOOKED_THROUGH = {
    "calendar.approve": ASKING,
    "calendar.decline": ASKING,
    "calendar.reassign": SHARED,
    "api.approve": ASKING,
    "api.decline": ASKING,
    "api.reassign": SHARED,
}


class Roles(CrmRoles):
    """The people (`ada`, `abe`, `mia`, `max`, `eve`), their browsers and keys, and their things."""

    def __init__(self, suite: Suite) -> None:
        self.suite, self.site, self.local = suite, suite.site, suite.local
        self.ada = self.site.workspace("Acme", "ada")
        self.abe = self.site.member(self.ada, "abe", "admin")
        self.mia = self.site.member(self.ada, "mia")
        self.max = self.site.member(self.ada, "max")
        self.eve = self.site.workspace("Else", "eve")
        suite.hear()
        self.link = self.new_link(LINK, questions=(NOTE, CV))
        self.new_link(ASKING, approval=True)
        self.new_link(SHARED, kind="round_robin", hosts=(LinkHost(host_id=self.mia.id),))
        self._team_slug = self.new_team("sales").slug
        self._starts = working_starts()
        self._numbers = itertools.count(1)
        self._keys: dict[tuple[UUID, tuple[str, ...]], str] = {}
        self._kept: dict[str, Any] = {}
        self._filed: dict[str, Booked] = {}
        self._readers: dict[UUID, FlaskClient] = {}
        self._begun = self.book(start=NOW + timedelta(hours=1)).booking.id
        suite.pass_time(timedelta(hours=2))

    # --- who ------------------------------------------------------------------------------------

    def browser(self, who: Profile | None) -> FlaskClient:
        """Signed in as somebody, or nobody's."""
        return self.site.client() if who is None else self.site.signed_in(who)

    def key(self, who: Profile, scopes: tuple[str, ...] = SCOPES) -> dict[str, str]:
        """The header of a key of theirs with these scopes."""
        wanted = who.id, scopes
        if wanted not in self._keys:
            self._keys[wanted] = self.site.accounts.create_key(who, "key", scopes)[1]
        return {"Authorization": f"Bearer {self._keys[wanted]}"}

    def ask(self, who: Profile | None, method: str, path: str, **more: Any) -> TestResponse:
        """As a page is asked for; readers keep their browser."""
        if who is None:
            return self.browser(who).open(path, method=method, **more)
        if method not in READING:
            self._readers.pop(who.id, None)  # it may be signed out by this
            return self.browser(who).open(path, method=method, **more)
        if who.id not in self._readers:
            self._readers[who.id] = self.browser(who)
        return self._readers[who.id].open(path, method=method, **more)

    # --- what -----------------------------------------------------------------------------------

    def new_link(self, slug: str, who: Profile | None = None, **more: Any) -> Link:
        """Of five minutes each, without notice, with deals."""
        settings = {"title": "Call", "durations": (5,), "notice": 0, "creates_deal": True} | more
        return self.suite.link(who or self.mia, slug, **settings, interval=5, horizon_days=60)

    def book(
        self,
        start: datetime | None = None,
        slug: str = LINK,
        answers: dict[str, Answer] | None = None,
    ) -> Booked:
        """By Zoë, at the next time that is free, or at `start`."""
        asked = Book(
            slug=slug,
            idempotency_key=str(uuid4()),
            start=start or next(self._starts),
            attendee=Attendee(name="Zoë", email="zoe@example.com", timezone="Asia/Tokyo"),
            answers=answers or {},
        )
        booked: Booked = self.local.booking.book(asked)
        return booked

    def next_start(self) -> str:
        """A time that nobody has yet, as the API takes it."""
        return next(self._starts).strftime("%Y-%m-%dT%H:%M:%SZ")

    def word(self, before: str = "x") -> str:
        """A word that was not said before."""
        return f"{before}-{next(self._numbers)}"

    def address_of(self, endpoint: str) -> str:
        """A path that leads to something of Mia's."""
        rule = next(self.site.app.url_map.iter_rules(endpoint))
        return self.address(rule, "GET")

    def address(self, rule: Rule, method: str) -> str:
        """A path of the rule that leads to something of Mia's; a new thing, if it may change."""
        values = {name: self._value(rule, name, method) for name in rule.arguments}
        built = rule.build(values)
        assert built is not None
        return built[1]

    def _value(self, rule: Rule, name: str, method: str) -> object:
        made: Callable[[], object] = getattr(self, f"_{name}", lambda: _PLAIN[name])
        if name in NAMED:
            made = getattr(self, f"_{name}_of_{rule.endpoint.replace('.', '_')}", made)
        if rule.endpoint in BOOKED_THROUGH:
            return self.book(slug=BOOKED_THROUGH[rule.endpoint]).booking.id
        if rule.endpoint in FILED:
            made = partial(self._of_filed, rule.endpoint, name)
        if rule.endpoint in {"api.no_show", "calendar.no_show"}:
            return self._begun  # marks are for meetings that began
        if rule.endpoint in {"calendar.resend", "api.resend"} and name == "booking_id":
            return self._mailed().booking.id
        if method not in READING:
            return made()
        kept = f"{rule.endpoint} {name}"
        if kept not in self._kept:
            self._kept[kept] = made()
        return self._kept[kept]

    def _slug(self) -> str:
        return LINK

    def _provider(self) -> str:
        return "practice"

    def _provider_of_settings_pages_begin_sign_in(self) -> str:
        return "google"

    _provider_of_settings_pages_finish_sign_in = _provider_of_settings_pages_begin_sign_in

    def _provider_of_settings_pages_begin_crm_sign_in(self) -> str:
        return "hubspot"

    _provider_of_settings_pages_finish_crm_sign_in = _provider_of_settings_pages_begin_crm_sign_in
    _provider_of_settings_pages_connect_crm = _provider_of_settings_pages_begin_crm_sign_in

    def _slug_of_booking_pages_team(self) -> str:
        return self._team_slug

    _slug_of_embed_pages_team = _slug_of_booking_pages_team

    def _secret(self) -> str:
        """Of Mia's feed."""
        mine = {"workspace_id": self.mia.workspace_id, "host_id": self.mia.id}
        self.local.booking.save_feed(SaveFeed(**mine, digest=sha256(b"mias").hexdigest()))
        return "mias"

    def _booking_id(self) -> UUID:
        return self.book().booking.id

    def _of_filed(self, endpoint: str, name: str) -> object:
        """A booking with a file, and that file: the path names both."""
        if endpoint in self._filed:
            booked = self._filed.pop(endpoint)
        else:
            booked = self._filed[endpoint] = self.book(answers={"cv": self.upload()})
        file = booked.booking.files[0]
        named = {"booking_id": booked.booking.id, "upload_id": file.id}
        return named.get(name, booked.reschedule_token)

    def upload(self) -> str:
        """A file that somebody sent to Mia's link; its id."""
        parts = {"question": CV.id, "file": (BytesIO(b"Dear Mia"), "letter.txt")}
        answer = self.site.client().post(f"/api/v1/links/{LINK}/uploads", data=parts)
        return str((answer.json or {})["upload"])

    def _delivery_id(self) -> UUID:
        booking = self._mailed().booking
        asked = ListDeliveries(workspace_id=booking.workspace_id, root_id=booking.root_id)
        return UUID(str(self.local.notifications.list_deliveries(asked).deliveries[0].id))

    def _mailed(self) -> Booked:
        if "mailed" not in self._kept:
            self._kept["mailed"] = self.book()
            self.suite.hear()
        booked: Booked = self._kept["mailed"]
        return booked

    def _link_id(self) -> UUID:
        return self.new_link(self.word("link")).id

    def _team_id(self) -> UUID:
        return self.new_team(self.word("team")).id

    def new_team(self, slug: str) -> Team:
        """Of Mia and Max."""
        members = tuple(TeamMember(host_id=who.id) for who in (self.mia, self.max))
        workspace_id = self.mia.workspace_id
        team = Team(id=uuid4(), workspace_id=workspace_id, name=slug, slug=slug, members=members)
        saved: Team = self.local.booking.save_team(SaveTeam(team=team, actor="test"))
        return saved

    def _schedule_id(self) -> UUID:
        schedule = Schedule(
            id=uuid4(),
            workspace_id=self.mia.workspace_id,
            host_id=self.mia.id,
            name=self.word("Hours"),
            timezone="UTC",
            hours=WORKING_WEEK,
        )
        self.local.availability.save_schedule(SaveSchedule(schedule=schedule, actor="test"))
        return schedule.id

    def _time_off_id(self) -> UUID:
        day = date(2027, 6, 1)
        off = TimeOff(
            id=uuid4(),
            workspace_id=self.mia.workspace_id,
            host_id=self.mia.id,
            first_day=day,
            last_day=day,
        )
        self.local.availability.save_time_off(SaveTimeOff(time_off=off, actor="test"))
        return off.id

    def _connection_id(self) -> UUID:
        asked = Connect(
            workspace_id=self.mia.workspace_id,
            connection_id=uuid4(),
            host_id=self.mia.id,
            provider="practice",
            account=self.word("calendar"),
        )
        self.local.calendar_sync.connect(asked)
        return asked.connection_id

    def _host_id(self) -> UUID:
        return self.mia.id

    def _account_id(self) -> UUID:
        return self.newcomer().id

    def newcomer(self) -> Profile:
        """Another member, of whom nothing is known yet."""
        name = self.word("newcomer")
        new = NewAccount(name=name, email=f"{name}@acme.test", password=PASSWORD)
        return self.site.accounts.add_account(self.ada.workspace_id, new)

    def _account_id_of_settings_pages_invite_again(self) -> UUID:
        return self.site.accounts.invite(self.ada, "Ivo", f"{self.word('ivo')}@acme.test").id

    def _account_id_of_settings_pages_reactivate(self) -> UUID:
        return self.site.accounts.deactivate(self.ada, self._account_id()).id

    _account_id_of_api_reactivate = _account_id_of_settings_pages_reactivate

    def _key_id(self) -> UUID:
        return self.site.accounts.create_key(self.mia, self.word("key"), ("links:read",))[0].id

    def _hold(self) -> UUID:
        asked = PlaceHold(hold_id=uuid4(), slug=LINK, start=next(self._starts), address="")
        return UUID(str(self.local.booking.place_hold(asked).id))

    def _token_of_manage_pages_reschedule(self) -> str:
        return self.book().reschedule_token

    _token_of_manage_pages_move = _token_of_manage_pages_reschedule
    _token_of_embed_pages_reschedule = _token_of_manage_pages_reschedule
    _token_of_api_reschedule_by_token = _token_of_manage_pages_reschedule

    def _token_of_manage_pages_cancel(self) -> str:
        return self.book().cancel_token

    _token_of_manage_pages_cancel_now = _token_of_manage_pages_cancel
    _token_of_embed_pages_cancel = _token_of_manage_pages_cancel
    _token_of_api_cancel_by_token = _token_of_manage_pages_cancel

    def _token_of_approval_pages_approve(self) -> str:
        return self._answers().approve_token

    def _token_of_approval_pages_decline(self) -> str:
        return self._answers().decline_token

    def _answers(self) -> ApprovalTokens:
        asked = self.book(slug=ASKING).booking
        wish = ManageTokens(workspace_id=asked.workspace_id, booking_id=asked.id)
        found: ApprovalTokens = self.local.booking.approval_tokens(wish)
        return found

    def _token_of_booking_pages_booked(self) -> str:
        with self.site.app.app_context():
            return done.token(self.book())

    _token_of_booking_pages_calendar_file = _token_of_booking_pages_booked
    _token_of_embed_pages_booked = _token_of_booking_pages_booked
    _token_of_embed_pages_calendar_file = _token_of_booking_pages_booked

    def _workspace_id(self) -> UUID:
        return self.mia.workspace_id

    def _digest(self) -> str:
        return self.site.accounts.set_logo(self.ada, LOGO).digest

    def _account_id_of_booking_pages_photo(self) -> UUID:
        return self.mia.id

    def _digest_of_booking_pages_photo(self) -> str:
        return self.site.accounts.set_photo(self.mia, LOGO).digest

    def _token_of_auth_reset(self) -> str:
        self.site.accounts.ask_reset(self.newcomer().email)
        return self._mailed_token()

    def _token_of_auth_accept(self) -> str:
        self._account_id_of_settings_pages_invite_again()
        return self._mailed_token()

    def _mailed_token(self) -> str:
        last: Any = self.site.said[-1]
        return str(last.sealed_url.rpartition("/")[2])

    def marks(self) -> tuple[int, ...]:
        """As the suite's."""
        return self.suite.marks()


_PLAIN: dict[str, object] = {
    "colour": "112233",
    "day": "2026-12-24",
    "filename": "icon.svg",
    "name": "1.host",
}
