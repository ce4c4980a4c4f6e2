"""The widget's pages: framed by whom their link names, and nothing typed into them runs."""

import re

import pytest

from contracts.booking import GetBooking, Question
from gateway.booking_pages import done
from support.markup import Reader

EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
DOMAINS = ("example.com", "*.example.com")


def policy(answer):
    return answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]


@pytest.fixture(scope="module")
def framed(roles):
    """A link of Mia's on two domains, with the question of a hostile name."""
    questions = (Question(id="note", label=EVIL, type="textarea"),)
    more = {"embed_domains": DOMAINS, "title": EVIL, "questions": questions}
    return roles.new_link("mia-framed", redirect_url="https://mia.example/thanks", **more)


@pytest.fixture(scope="module")
def http(roles):
    return roles.site.client()


@pytest.fixture(scope="module")
def booked(roles, framed):
    return roles.book(slug="mia-framed")


@pytest.fixture
def paths(roles, booked):
    with roles.site.app.app_context():
        token = done.token(booked, onward="https://mia.example/thanks")
    return [
        "",
        f"/done/{token}",
        f"/reschedule/{booked.reschedule_token}",
        f"/cancel/{booked.cancel_token}",
        "/cancel/kept",
        "/cancel/" + "x" * 43,
    ]


def test_every_page_of_the_widget_names_the_links_domains_and_no_other(http, framed, paths):
    for path in paths:
        answer = http.get(f"/embed/mia-framed{path}")
        assert policy(answer) == "https://example.com https://*.example.com", path
        assert "X-Frame-Options" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert Reader(answer.text).wrong == []


def test_a_list_without_a_sound_entry_lets_nobody_in(roles, http, framed, monkeypatch):
    booking = roles.site.app.extensions["services"].booking
    found = booking.find_page

    def odd(request):
        page = found(request)
        object.__setattr__(page.link.settings, "embed_domains", ("*; script-src *", "a b"))
        return page

    monkeypatch.setattr(booking, "find_page", odd, raising=False)
    assert policy(http.get("/embed/mia-framed")) == "'none'"


def test_a_preview_is_shown_on_our_own_pages_alone(http, framed):
    assert policy(http.get("/embed/mia-framed?preview=1")) == "'self'"
    assert policy(http.get("/embed/mia-framed?preview=%27*%27")) != "'self'"


def test_what_no_link_stands_behind_is_framed_by_nobody(http):
    for path in ("/embed/no-such-link", "/embed/NO", "/embed/mia-framed/nope", "/embed.js"):
        answer = http.get(path)
        assert policy(answer) == "'none'", path
        assert answer.headers["X-Frame-Options"] == "DENY"
        answer.close()


def test_a_booking_is_shown_in_the_frame_of_its_own_link_alone(roles, http, framed, paths):
    """So that a list says who may frame it, also to somebody with a link of their own."""
    roles.new_link("mia-anywhere")
    for path in paths[1:4]:
        assert http.get(f"/embed/mia-framed{path}").status_code == 200
        before = roles.marks()
        for method in ("GET", "POST"):
            answer = http.open(f"/embed/mia-anywhere{path}", method=method)
            assert answer.status_code in {404, 405}
            assert "Zoë" not in answer.text
        assert roles.marks() == before


def test_no_cookie_is_set_read_or_needed(roles, framed, paths):
    roles.site.app.config["WTF_CSRF_ENABLED"] = True
    try:
        visitor = roles.site.client()
        answers = [visitor.get(f"/embed/mia-framed{path}") for path in paths]
        answers.append(visitor.post("/embed/mia-framed", data=form(roles.next_start())))
        assert answers[-1].status_code == 303, answers[-1].text
        answers.append(roles.browser(roles.mia).get("/embed/mia-framed"))
        for answer in answers:
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
    finally:
        roles.site.app.config["WTF_CSRF_ENABLED"] = False


def form(start, **more):
    return {
        "start": start,
        "tz": "UTC",
        "attendee.name": "Zoë",
        "attendee.email": "zoe@example.com",
        **more,
    }


COLOURS = (
    "red",
    "#fff",
    "0f766e;}",
    "0f766e</style>",
    "expression(1)",
    "url(//evil.test)",
    "0F766E\n",
    "٠١٢٣٤٥",
)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_six_digits_or_the_links_own(http, framed, colour):
    page = http.get("/embed/mia-framed", query_string={"color": colour}).text
    assert "/style/accent/" not in page
    assert "color=" not in page


def test_a_colour_that_is_one_is_carried_along(http, framed):
    page = http.get("/embed/mia-framed?color=%230F766E&theme=dark").text
    assert 'href="/style/accent/0f766e.css"' in page
    assert 'data-theme="dark"' in page
    hrefs = re.findall(r'href="(/embed/[^"]+)"', page)
    assert hrefs
    assert all("color=0f766e" in href and "theme=dark" in href for href in hrefs)


@pytest.mark.parametrize(
    "name", ["color", "theme", "tz", "preview", "utm_source", "utm_<b>", "month", "hold", "host"]
)
def test_nothing_in_an_address_runs_or_leads_away(roles, http, framed, name):
    asked = {name: EVIL, "start": roles.next_start()}
    for query in ({name: EVIL}, asked):
        answer = http.get("/embed/mia-framed", query_string=query)
        assert answer.status_code in {200, 409}
        assert Reader(answer.text).wrong == []
        assert "//evil" not in answer.text


def test_where_a_visitor_came_from_is_kept_with_the_booking(roles, http, framed):
    query = {
        "utm_source": "spring",
        "utm_medium": "m" * 300,
        "utm_term": "a\x00b",
        "utm_X": "no",
        "evil": "1",
    }
    answer = http.post("/embed/mia-framed", query_string=query, data=form(roles.next_start()))
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert location.startswith("/embed/mia-framed/done/")
    with roles.site.app.test_request_context():
        ticket = done._ticket(location.partition("/done/")[2].partition("?")[0])
    wanted = GetBooking(workspace_id=ticket.workspace_id, booking_id=ticket.booking_id)
    kept = roles.local.booking.get_booking(wanted).booking.source
    assert kept == {"utm_source": "spring", "utm_medium": "m" * 200}
    own = roles.browser(roles.mia).get(f"/calendar/{ticket.booking_id}").text
    assert "source “spring”" in Reader(own).words
    # On to the link's own page leads the page around, not the frame.
    page = http.get(location).text
    assert "http-equiv" not in page
    assert 'data-onward="https://mia.example/thanks"' in page


def test_what_the_page_around_is_told_holds_no_word_of_anybody(http, framed, paths):
    told = re.findall(
        r'data-(?:tell|booking|from|until)="([^"]*)"', http.get(f"/embed/mia-framed{paths[1]}").text
    )
    assert told[0] == "booking_confirmed"
    assert all(re.fullmatch(r"[0-9a-f-]{36}|2026-12-\d\dT[\d:+]+", each) for each in told[1:])


def test_a_teams_page_is_framed_where_all_of_its_links_are(roles, http):
    team = roles.new_team("framed-team")
    shared = {"kind": "round_robin", "team_id": team.id, "visitor_picks": True, "who": roles.ada}
    path = "/embed/team/framed-team"
    assert policy(http.get(path)).startswith("https: ")
    roles.new_link("framed-one", embed_domains=("a.example", "b.example"), title=EVIL, **shared)
    answer = http.get(path, query_string={"color": "#0F766E", "theme": "dark", "tz": EVIL})
    assert policy(answer) == "https://a.example https://b.example"
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert Reader(answer.text).wrong == []
    onward = re.findall(r'href="(/embed/framed-one[^"]+)"', answer.text)
    assert len(onward) == 3
    assert all("color=0f766e" in href and "theme=dark" in href for href in onward)
    roles.new_link("framed-two", embed_domains=("b.example",), **shared)
    assert policy(http.get(path)) == "https://b.example"
    assert policy(http.get(f"{path}?preview=1")) == "'self'"
    roles.new_link("framed-three", embed_domains=("c.example",), **shared)
    assert policy(http.get(path)) == "'none'"
    assert policy(http.get("/embed/team/no-such-team")) == "'none'"
    words = Reader(roles.browser(roles.ada).get(f"/settings/team/{team.id}/embed").text).words
    assert "have no domain in common" in words


ENTRIES = (
    "*",
    "*.com",
    "'none'; script-src *",
    "example.com/path",
    "http://",
    "exa mple.c",
    "<b>.example",
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_list_entry_is_a_domain_or_refused(roles, framed, entry):
    before = roles.marks()
    answer = roles.browser(roles.mia).post(
        f"/settings/booking-links/{framed.id}/embed", data={"domains": f"ok.example\n{entry}"}
    )
    assert answer.status_code == 422
    assert Reader(answer.text).wrong == []
    assert "is no domain" in answer.text
    assert roles.marks() == before


def test_the_snippet_holds_what_was_asked_for_as_text(roles, framed):
    query = {"mode": "popup", "color": '"><script>', "label": EVIL}
    page = roles.browser(roles.mia).get(
        f"/settings/booking-links/{framed.id}/embed", query_string=query
    )
    assert Reader(page.text).wrong == []
    words = Reader(page.text).words
    assert 'data-mode="popup">&lt;img src=x' in words
    assert "data-color" not in words.partition("What else")[0]
