"""Every route and method for everyone, out of the URL map itself: what has no row here fails."""

import io
import re
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from werkzeug.routing import Rule

from contracts.booking import GetLink
from gateway.accounts.signing import SCOPES
from gateway.security import BY_KEY, WITHOUT_CSRF, is_public
from gateway.settings_pages.link_form import to_values
from support.access_table import HOLDERS, TABLE, VISITORS
from support.document import UNDESCRIBED, Document
from support.markup import Reader
from support.roles import LOGO
from support.web import PASSWORD, Hands, Web

ANYWHERE = "https: http://localhost:* http://*.localhost:* http://127.0.0.1:*"
"""Who may frame the widget of a link without a list, in an embedded run."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {401, 403, 404}


def url_map():
    """Of an application with every route there is; nothing is asked of it."""
    nobody: Any = SimpleNamespace(engine=None)
    return Web(nobody, Hands(), [], embedded=True, mail_dir="-").app.url_map


MAP = url_map()
RULES = sorted(MAP.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def is_keyed(endpoint):
    return endpoint.partition(".")[0] in BY_KEY and not is_public(endpoint)


class Cell(NamedTuple):
    """A route, a method, who asks, and the status that is expected; None where nobody said."""

    rule: Rule
    method: str
    column: str
    status: int | None

    @property
    def endpoint(self):
        return self.rule.endpoint


def row_of(rule, method):
    """The cells of one route and method; HEAD is answered as GET, and asked by two."""
    columns = HOLDERS if is_keyed(rule.endpoint) else VISITORS
    row = TABLE.get(rule.endpoint, {}).get("GET" if method == "HEAD" else method)
    statuses = row.statuses if row else (None,) * len(columns)
    cells = [Cell(rule, method, *pair) for pair in zip(columns, statuses, strict=True)]
    return [cell for cell in cells if method != "HEAD" or cell.column in {columns[0], "member"}]


CELLS = [
    cell
    for rule in RULES
    for method in METHODS
    if method in rule.methods
    for cell in row_of(rule, method)
]


@pytest.fixture(scope="module")
def document(roles):
    return Document(roles.site.app)


def name_of(cell):
    return f"{cell.endpoint}-{cell.method}-{cell.column}".replace(" ", "_")


def test_the_table_has_no_row_too_many():
    found = {(rule.endpoint, method) for rule in RULES for method in rule.methods}
    assert {(name, method) for name, row in TABLE.items() for method in row} <= found


@pytest.mark.parametrize("cell", CELLS, ids=name_of)
def test_access(roles, document, cell):
    assert cell.status is not None, f"{cell.method} {cell.rule} has no row: say who may"
    path = roles.address(cell.rule, cell.method)
    who, headers = asker(roles, cell)
    request = prepared(roles, cell, path)
    before = roles.marks()
    request["headers"] = request.get("headers", {}) | headers
    answer = roles.ask(who, cell.method, path, **request)
    assert answer.status_code == cell.status, answer.text[:2000]
    guarded(answer, cell)
    if cell.endpoint.startswith("api.") and cell.method != "HEAD":
        judged(document, cell, answer)
    answer.close()
    if cell.method in {"GET", "HEAD"} or refuses(answer):
        assert roles.marks() == before, "something was done"
    if answer.mimetype == "text/html" and cell.endpoint.partition(".")[0] not in WITHOUT_CSRF:
        assert all('name="csrf_token"' in form for form in posting_forms(answer.text))


def guarded(answer, cell):
    """The headers of every answer; and no page has what its policy forbids."""
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    if cell.endpoint == "dev.mail_html":  # a mail, shut into a frame of the page beside it
        assert policy.startswith("sandbox; default-src 'none'")
        return
    assert "default-src 'none'" in policy
    in_frame = cell.endpoint.startswith("embed_pages.") and cell.endpoint != "embed_pages.script"
    assert policy.endswith("frame-ancestors " + (ANYWHERE if in_frame else "'none'"))
    assert headers.get("X-Frame-Options") == (None if in_frame else "DENY")
    assert "unsafe" not in policy
    if answer.mimetype == "text/html":
        assert Reader(answer.text).wrong == []
    if cell.column != "anonymous" and not is_public(cell.endpoint):
        assert headers["Cache-Control"] == "no-store"


def judged(document, cell, answer):
    """The API's own document names the answer."""
    if cell.endpoint not in UNDESCRIBED:
        document.judge(cell.rule, cell.method, answer)


def refuses(answer):
    return answer.status_code in REFUSED or "/login" in answer.headers.get("Location", "")


def posting_forms(page):
    found = re.findall(r"<form\b.*?</form>", page, re.DOTALL)
    return [form for form in found if 'method="post"' in form.partition(">")[0]]


def somebody(roles, column):
    who = {"stranger": roles.eve, "colleague": roles.max, "member": roles.mia, "admin": roles.abe}
    return None if column in {"anonymous", "no key"} else who.get(column, roles.ada)


def asker(roles, cell):
    """Whose session, and the headers of whose key."""
    who = somebody(roles, cell.column)
    if not is_keyed(cell.endpoint) or who is None:
        return who, {}
    needed = getattr(roles.site.app.view_functions[cell.endpoint], "__scope__", None)
    scopes = tuple(s for s in SCOPES if s != needed) if cell.column == "unscoped" else SCOPES
    return None, roles.key(who, scopes)


# --- what each route takes ---------------------------------------------------------------------

DAYS = {"from": "2026-12-01", "to": "2026-12-02"}
QUERIES = {
    "api.slots": DAYS | {"tz": "UTC"},
    "api.explain": {"start": "2026-12-02T10:00:00Z"},
    "api.overview": {"first": "2026-12-01"},
    "api.preview": DAYS,
    "api.holidays": DAYS,
    "api.fairness": DAYS,
}
ATTENDEE = {"name": "Zoë", "email": "zoe@example.com", "timezone": "Asia/Tokyo"}


def prepared(roles, cell, path):
    """The content of a request that would be done, were it its sender's to do."""
    if cell.endpoint == "assistant.mcp":
        return {"json": PING, "headers": {"Accept": "application/json"}}
    if cell.endpoint in QUERIES:
        return {"query_string": QUERIES[cell.endpoint]}
    if cell.method in {"GET", "HEAD"} or cell.endpoint not in CONTENT:
        return {}
    content = CONTENT[cell.endpoint](roles, path, cell.column)
    if cell.endpoint == "api.book":
        return {"json": content, "headers": {"Idempotency-Key": roles.word("key")}}
    is_json = cell.endpoint.partition(".")[0] in {"api", "dev", "hooks"}
    is_json &= cell.endpoint != "api.upload"
    return {"json": content} if is_json else {"data": content}


def link_form(roles, path):
    """The inputs of a link's page as it shows them."""
    wanted = GetLink(workspace_id=roles.mia.workspace_id, link_id=path.rpartition("/")[2])
    link = roles.local.booking.get_link(wanted)
    return to_values(link.settings, "UTC") | {"version": str(link.version)}


def new_team(roles, column):
    """A team of Mia's workspace; a stranger's of their own."""
    who = roles.eve if column == "stranger" else roles.mia
    return {"name": roles.word("Team"), "member": str(who.id), f"active_{who.id}": "1"} | {
        f"{name}_{who.id}": "1" for name in ("weight", "level")
    }


PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HOOK = "http://127.0.0.1:9/hook"
SCHEDULE = {"name": "Hours", "timezone": "UTC", "version": 1}
CONTENT = {
    "auth.login": lambda r, _p, _c: {"email": f"{r.word()}@acme.test", "password": "wrong"},
    "auth.ask_reset": lambda r, _p, _c: {"email": f"{r.word()}@acme.test"},
    "auth.reset": lambda _r, _p, _c: {"password": PASSWORD},
    "auth.accept": lambda _r, _p, _c: {"name": "Ivo", "timezone": "UTC", "password": PASSWORD},
    "booking_pages.book": lambda r, _p, _c: {
        "start": r.next_start(),
        "attendee.name": "Zoë",
        "attendee.email": "zoe@example.com",
        "tz": "UTC",
    },
    "embed_pages.book": lambda r, _p, _c: {
        "start": r.next_start(),
        "attendee.name": "Zoë",
        "attendee.email": "zoe@example.com",
        "tz": "UTC",
    },
    "embed_pages.reschedule": lambda r, _p, _c: {"start": r.next_start()},
    "manage_pages.move": lambda r, _p, _c: {"start": r.next_start()},
    "calendar.reschedule": lambda r, _p, _c: {"start": r.next_start()},
    "calendar.reassign": lambda r, _p, _c: {"host": str(r.mia.id)},
    "calendar.no_show": lambda _r, _p, _c: {"no_show": "1"},
    "crm_pages.deal": lambda _r, _p, _c: {"stage": "won"},
    "settings_pages.new_link": lambda r, _p, _c: {"title": r.word("New"), "length": "30"},
    "settings_pages.link": lambda r, p, _c: link_form(r, p),
    "settings_pages.new_schedule": lambda r, _p, _c: {"name": r.word("New"), "timezone": "UTC"},
    "settings_pages.schedule": lambda _r, _p, _c: SCHEDULE,
    "settings_pages.set_holidays": lambda _r, _p, _c: {"country": "DE"},
    "settings_pages.override": lambda _r, _p, _c: {"first": "2026-12-24", "kind": "off"},
    "settings_pages.add_time_off": lambda _r, _p, _c: {"kind": "days", "first_day": "2027-06-02"},
    "settings_pages.connect": lambda r, _p, _c: {"account": r.word()},
    "settings_pages.choose_written": lambda _r, _p, _c: {"written": ""},
    "hooks.microsoft": lambda _r, _p, _c: {"value": []},
    "hooks.microsoft_lifecycle": lambda _r, _p, _c: {"value": []},
    "settings_pages.invite": lambda r, _p, _c: {"name": "Ivo", "email": f"{r.word()}@acme.test"},
    "settings_pages.change_role": lambda _r, _p, _c: {"role": "member"},
    "settings_pages.new_team": lambda r, _p, c: new_team(r, c),
    "settings_pages.edit_team": lambda r, _p, c: new_team(r, c),
    "settings_pages.save_profile": lambda _r, _p, c: {"name": c, "timezone": "UTC"},
    "settings_pages.save_page": lambda r, _p, _c: {"slug": r.word("page")},
    "settings_pages.change_password": lambda _r, _p, _c: {"current": "x", "password": PASSWORD},
    "settings_pages.save_workspace": lambda _r, _p, _c: {"name": "Acme", "timezone": "UTC"},
    "settings_pages.save_photo": lambda _r, _p, _c: {"photo": (io.BytesIO(LOGO), "me.png")},
    "settings_pages.save_new_links": lambda _r, _p, _c: {"durations": "30", "colour": "#112233"},
    "settings_pages.save_logo": lambda _r, _p, _c: {"logo": (io.BytesIO(LOGO), "logo.png")},
    "settings_pages.create_key": lambda r, _p, _c: {"name": r.word(), "scopes": "links:read"},
    "settings_pages.create_webhook": lambda _r, _p, _c: {"url": HOOK},
    "dev.move_clock": lambda _r, _p, _c: {"offset_seconds": 0},
    "api.place_hold": lambda r, _p, _c: {"start": r.next_start()},
    "api.upload": lambda _r, _p, _c: {
        "question": "cv",
        "file": (io.BytesIO(b"Dear Mia"), "letter.txt"),
    },
    "api.book": lambda r, _p, _c: {"start": r.next_start(), "attendee": ATTENDEE},
    "api.reschedule_by_token": lambda r, _p, _c: {"start": r.next_start()},
    "api.create_link": lambda r, _p, _c: {"title": "Call", "slug": r.word("made")},
    "api.reschedule": lambda r, _p, _c: {"start": r.next_start()},
    "api.no_show": lambda _r, _p, _c: {"no_show": True},
    "api.change_link": lambda _r, _p, _c: {"active": False},
    "api.reassign": lambda r, _p, _c: {"host": str(r.mia.id)},
    "api.change_host": lambda r, _p, _c: {"slug": r.word("page")},
    "api.save_team": lambda r, _p, _c: {
        "name": r.word("Team"),
        "slug": r.word("team"),
        "members": [{"host_id": str(r.mia.id)}],
        "version": 1,
    },
    "api.try_terms": lambda _r, _p, _c: {"first": "2026-12-01", "last": "2026-12-01"},
    "api.what_if": lambda _r, _p, _c: {"links": [], "days": 7},
    "api.invite": lambda r, _p, _c: {"name": "Ivo", "email": f"{r.word('api')}@acme.test"},
    "api.change_role": lambda _r, _p, _c: {"role": "member"},
    "api.save_workspace": lambda _r, _p, _c: {"name": "Acme", "timezone": "UTC"},
    "api.connect": lambda r, _p, _c: {"provider": "practice", "account": r.word("calendar")},
    "api.choose_calendars": lambda _r, _p, _c: {"checked": []},
    "api.change_deal": lambda _r, _p, _c: {"stage": "qualified", "value_cents": 100},
    "api.add_deal_note": lambda r, _p, _c: {"text": r.word("note")},
    "api.add_contact_note": lambda r, _p, _c: {"text": r.word("note")},
    "api.merge_contacts": lambda r, _p, _c: {"contact": str(r.person("merged"))},
    "api.connect_crm": lambda _r, _p, _c: {"provider": "nobodys", "token": "x"},
    "api.save_crm_mapping": lambda _r, _p, _c: {"fields": []},
    "api.save_me": lambda r, _p, _c: {"name": r.word("Name"), "timezone": "UTC"},
    "api.save_schedule": lambda r, _p, _c: SCHEDULE | {"host": str(r.mia.id)},
    "api.create_webhook": lambda _r, _p, _c: {"url": HOOK},
    "api.replay_events": lambda _r, _p, _c: {"after": ""},
    "api.add_time_off": lambda _r, _p, _c: {"first_day": "2027-06-02", "last_day": "2027-06-02"},
}


# --- methods -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.endpoint}-{rule.rule}")
def test_other_methods_are_refused_to_everyone(roles, rule):
    """So every route that acts refuses GET and HEAD, unless a page of its own stands there."""
    path = roles.address(rule, "GET")
    allowed = set(MAP.bind("").allowed_methods(path))
    key = roles.key(roles.ada)
    before = roles.marks()
    for method in set(METHODS) - allowed | {"TRACE"}:
        for who, headers in ((None, {}), (roles.ada, key)):
            answer = roles.ask(who, method, path, headers=headers)
            assert answer.status_code == 405, (method, path)
    statuses = [roles.ask(who, "OPTIONS", path).status_code for who in (None, roles.eve)]
    assert statuses == [200, 200] if is_public(rule.endpoint) else statuses[0] == 401
    assert roles.marks() == before
