"""The attendee's pages in each language: chosen, kept through the flow, and whole."""

import io
import re
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from contracts.booking import Location, Question, SaveTeam, Team, TeamMember
from contracts.languages import LANGUAGES, RIGHT_TO_LEFT
from gateway.languages import catalogue
from support.suite_web import working_starts

OTHERS = sorted(LANGUAGES.keys() - {"en"})
ASKED = (
    Question(id="company", label="Firma?", required=True),
    Question(id="size", label="Groesse", type="select", options=("klein", "gross")),
    Question(id="cv", label="Lebenslauf", type="file", accept=("pdf",), max_mib=1),
)
STARTS = working_starts()
SEEN = {"aria-label", "title", "alt", "placeholder", "abbr"}
ENGLISH = re.compile(r"\b(?:the|this|your|with|and|please|book|meeting|you|free)\b", re.IGNORECASE)
"""Words that none of the other languages has."""


class Words(HTMLParser):
    """What is read or heard of a page, one piece of text after the other."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.skips = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.skips += tag in {"script", "style"}
        said = {name: value or "" for name, value in attrs}
        self.found += [said[name] for name in said if name in SEEN or name.startswith("data-says")]

    def handle_endtag(self, tag):
        self.skips -= tag in {"script", "style"}

    def handle_data(self, data):
        if data.strip() and not self.skips:
            self.found.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def ada(whole):
    found = whole.site.workspace(name="Akme", owner="ada")
    whole.hear()
    whole.link(found, "gruss", title="Plausch", questions=ASKED, description="Kaffee!")
    whole.link(found, "gesperrt", title="Zugesperrt", active=False)
    us, members = found.workspace_id, (TeamMember(host_id=found.id),)
    team = Team(id=uuid4(), workspace_id=us, name="Rudel", slug="rudel", members=members)
    whole.local.booking.save_team(SaveTeam(team=team, actor="test"))
    ring = {"kind": "round_robin", "team_id": team.id, "visitor_picks": True}
    whole.link(found, "reihum", title="Reihum", **ring)
    whole.link(found, "runde", title="Runde", kind="group", capacity=5)
    whole.link(
        found,
        "frage",
        title="Anfrage",
        approval=True,
        location=Location(kind="phone", value="+49 30 1234"),
    )
    return found


@pytest.fixture
def browser(whole, ada):
    return whole.site.client()


def page(answer, *statuses):
    assert answer.status_code in (statuses or (200,)), answer.text
    return answer.text


def form(start, slug="gruss", **more):
    typed = {"attendee.name": "Zoë", "attendee.email": "zoe@x.test", "answers.company": "Zett"}
    return {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "tz": "Asia/Tokyo", **typed, **more}


def next_start(whole):
    """A free half hour that no other test takes."""
    start = next(STARTS)
    while start.minute % 30:
        start = next(STARTS)
    return start


def booked(whole, browser, slug="gruss", lang="", start=None):
    """The page after a booking."""
    start = start or next_start(whole)
    answer = browser.post(
        f"/book/{slug}", data=form(start), query_string={"lang": lang} if lang else {}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def links(text):
    return re.findall(r'href="([^"]+)"', text.replace("&amp;", "&"))


def manage(text, action):
    return next(link for link in links(text) if f"/book/{action}/" in link)


def states(whole, browser, lang):
    """Every page of an attendee, in one language, by name."""
    start = next_start(whole)
    at = f"&start={start:%Y-%m-%dT%H:%M:%SZ}"
    ask = {"lang": lang}

    def get(path, *statuses):
        return page(browser.get(path), *statuses)

    done = booked(whole, browser, lang=lang, start=start)
    shown = get(done)
    requested = get(booked(whole, browser, "frage", lang))
    reschedule, cancel = manage(shown, "reschedule"), manage(shown, "cancel")
    second = get(booked(whole, browser, lang=lang))
    found = {
        "picker": get(f"/book/gruss?lang={lang}"),
        "empty": get(f"/book/gruss?lang={lang}&month=2026-12&day=2026-12-27"),
        "seats": get(f"/book/runde?lang={lang}"),
        "team": get(f"/team/rudel?lang={lang}"),
        "picked": get(f"/book/reihum?lang={lang}&host={uuid4()}"),
        "host": get(f"/book/ada-akme?lang={lang}"),
        "closed": get(f"/book/gesperrt?lang={lang}"),
        "taken": get(f"/book/gruss?lang={lang}{at}"),
        "form": get(f"/book/gruss?lang={lang}&start={next_start(whole):%Y-%m-%dT%H:%M:%SZ}"),
        "form-approval": get(
            f"/book/frage?lang={lang}&start={next_start(whole):%Y-%m-%dT%H:%M:%SZ}"
        ),
        "form-errors": page(
            browser.post(
                "/book/gruss",
                data=form(
                    next_start(whole),
                    **{
                        "attendee.name": "",
                        "attendee.email": "x",
                        "answers.company": "",
                        "guests": "y",
                    },
                ),
                query_string=ask,
            ),
            422,
        ),
        "form-refused": page(
            browser.post(
                "/book/gruss",
                data=form(whole.site.clock.now() + timedelta(minutes=30)),
                query_string=ask,
            ),
            422,
        ),
        "unreadable": page(
            browser.post("/book/gruss", data={"start": "never"}, query_string=ask), 422
        ),
        "done": shown,
        "asked": requested,
        "move": get(reschedule),
        "move-chosen": get(f"{reschedule}&start={next_start(whole):%Y-%m-%dT%H:%M:%SZ}"),
        "move-refused": page(
            browser.post(reschedule, data={"start": f"{start:%Y-%m-%dT%H:%M:%SZ}"}), 409, 422
        ),
        "cancel": get(cancel),
        "kept": get(f"/book/cancel/kept?lang={lang}"),
    }
    moved = browser.post(
        manage(second, "reschedule"), data={"start": f"{next_start(whole):%Y-%m-%dT%H:%M:%SZ}"}
    )
    found["moved"] = get(moved.headers["Location"])
    found["over"] = get(manage(second, "reschedule"), 409)
    assert browser.post(cancel, data={"reason": "-"}).status_code == 303
    found["cancelled"] = get(cancel)
    found["dead"] = get(f"/book/cancel/{'x' * 43}?lang={lang}", 404)
    found["nothing"] = get(f"/book/nirgendwo?lang={lang}", 404)
    found["no-team"] = get(f"/team/nirgends?lang={lang}", 404)
    return found


@pytest.mark.parametrize("lang", OTHERS)
def test_every_page_is_in_the_language_that_was_chosen(whole, browser, lang):
    known = catalogue(lang)._catalog
    english = {key for key, said in known.items() if isinstance(key, str) and key and key != said}
    direction = "rtl" if lang in RIGHT_TO_LEFT else "ltr"
    left = {}
    for name, text in states(whole, browser, lang).items():
        assert f'<html lang="{lang}" dir="{direction}"' in text, name
        said = Words(text).found
        wrong = [each for each in said if each in english or ENGLISH.search(each)]
        left |= {name: wrong} if wrong else {}
    assert left == {}


def test_the_address_decides_then_the_browser_then_english(whole, browser):
    def spoken(path, accept=""):
        answer = browser.get(path, headers={"Accept-Language": accept} if accept else {})
        assert "Accept-Language" in answer.headers["Vary"]
        return answer.headers["Content-Language"]

    assert spoken("/book/gruss") == "en"
    assert spoken("/book/gruss", "sv, fr-CH;q=0.8, de;q=0.9") == "de"
    assert spoken("/book/gruss", "pt-BR,en;q=0.5") == "pt"
    assert spoken("/book/gruss", "iw-IL") == "he"
    assert spoken("/book/gruss", "de;q=0, *") == "en"
    assert spoken("/book/gruss?lang=ja", "de") == "ja"
    assert spoken("/book/gruss?lang=xx", "de") == "de"
    assert spoken("/book/gruss?lang=%00'\"<", "de") == "de"


def test_whoever_says_none_gets_the_workspaces(whole):
    eve = whole.site.workspace(name="Etoile", owner="eve")
    whole.hear()
    whole.link(eve, "salut", title="Salut")
    whole.site.accounts.update_workspace(eve, "Etoile", "Europe/Paris", "fr")
    browser = whole.site.client()

    assert '<html lang="fr"' in page(browser.get("/book/salut"))
    assert '<html lang="fr"' in page(
        browser.get("/book/eve-etoile", headers={"Accept-Language": "sv"})
    )
    assert '<html lang="en"' in page(
        browser.get("/book/salut", headers={"Accept-Language": "en-GB"})
    )
    assert '<html lang="de"' in page(browser.get("/book/salut?lang=de"))
    assert '<html lang="fr"' in page(browser.get("/embed/salut"))


def test_the_language_goes_along_and_stays_with_the_booking(whole, browser):
    start = next_start(whole)
    at = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    text = page(browser.get("/book/gruss?lang=fr"))
    onward = [link for link in links(text) if link.startswith("/book/gruss?")]
    assert onward
    assert {*map(str, (parse_qs(urlsplit(link).query)["lang"] for link in onward))} == {"['fr']"}
    answer = browser.post("/book/gruss?lang=fr", data=form(start))
    done = answer.headers["Location"]
    # Whoever follows a link of a mail brings no wish: the booking knows.
    plain = urlsplit(done).path
    english = {"Accept-Language": "en-GB"}
    text = page(browser.get(plain, headers=english))
    assert '<html lang="fr"' in text
    token = manage(text, "cancel").partition("?")[0]
    assert '<html lang="fr"' in page(browser.get(token, headers=english))
    assert '<html lang="de"' in page(browser.get(f"{token}?lang=de", headers=english))
    assert at


def test_a_form_is_shown_in_another_language_with_what_was_typed(whole, browser):
    sent = form(next_start(whole), language="he", **{"attendee.name": "Zoë <b>"})
    text = page(browser.post("/book/gruss?lang=he", data=sent))
    assert 'dir="rtl"' in text
    assert 'value="Zoë &lt;b&gt;"' in text
    assert "aria-invalid" not in text


def test_clocks_weeks_and_cities_are_the_readers(browser):
    def shown(accept, **query):
        return page(
            browser.get(
                "/book/gruss",
                query_string={"tz": "America/New_York"} | query,
                headers={"Accept-Language": accept},
            )
        )

    american, british, german, hebrew = (shown(tag) for tag in ("en-US", "en-GB", "de-DE", "he"))
    assert re.search(r">\d{1,2}:\d\d (?:am|pm)<", american)
    assert not re.search(r"\d (?:am|pm)<", british)
    first = re.compile(r'<th scope="col" abbr="([^"]+)"')
    days = [first.search(each)[1] for each in (american, british, german, hebrew)]
    assert days == ["Sunday", "Monday", "Montag", "יום ראשון"]
    assert "ניו יורק" in hebrew
    assert "カトマンズ" in shown("ja", tz="Asia/Kathmandu")


MONTHS = {
    "he": ("דצמבר 2026", "א׳"),  # noqa: RUF001 - as Hebrew writes it
    "de": ("Dezember 2026", "Mo"),
    "ja": ("2026年12月", "日"),
    "pt": ("dezembro de 2026", "Dom"),
    "fr": ("décembre 2026", "Lu"),
    "es": ("diciembre de 2026", "Lu"),
    "en": ("December 2026", "Mo"),
}


def test_one_language_takes_no_names_from_another_that_was_spoken_before(browser):
    def shown(lang):
        text = page(browser.get(f"/book/gruss?lang={lang}"))
        month = re.search(r'<h2 id="month"[^>]*>([^<]+)<', text)[1]
        return month, re.search(r'<th scope="col" abbr="[^"]+">([^<]+)<', text)[1]

    assert {lang: shown(lang) for lang in MONTHS} == MONTHS
    assert {lang: shown(lang) for lang in reversed(MONTHS)} == MONTHS


def test_hosts_words_keep_their_own_direction(browser):
    text = page(browser.get("/book/gruss?lang=he"))
    assert "<h1><bdi>Plausch</bdi></h1>" in text
    assert '<p class="description" dir="auto">Kaffee!</p>' in text


def test_an_upload_is_refused_in_the_language_that_its_address_names(browser):
    def refused(query):
        sent = {"question": "cv", "file": (io.BytesIO(b""), "cv.pdf")}
        answer = browser.post(
            f"/api/v1/links/gruss/uploads{query}", data=sent, headers={"Accept-Language": "de"}
        )
        return answer.status_code, answer.get_json()["error"]["fields"]["file"]

    assert refused("") == (422, "This file is empty.")
    assert refused("?lang=de") == (422, "Diese Datei ist leer.")


def test_hosts_pages_stay_in_english(whole, ada):
    text = (
        whole.site.signed_in(ada)
        .get("/settings/profile?lang=de", headers={"Accept-Language": "de"})
        .text
    )
    assert '<html lang="en" dir="ltr">' in text
    assert not re.search(r"Bitte|Ihre", text)
