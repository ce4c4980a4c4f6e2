"""A link's settings as a form: nothing is lost on the way there and back."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from contracts.booking import NOTE, Limits, LinkSettings, Location, Question
from gateway.settings_pages.link_form import read, slug_of, to_values
from gateway.settings_pages.link_words import says

BASE = LinkSettings(title="Intro call", slug="ada")
ZONE = "America/New_York"


def typed(base=BASE, **changes):
    return read(MultiDict({**to_values(base, ZONE), **changes}), base, ZONE)


limit = st.none() | st.integers(1, 1000)
settings = st.builds(
    LinkSettings,
    title=st.sampled_from(["Intro", "Zoë & Ada", "<b>"]),
    slug=st.just("ada"),
    durations=st.lists(st.integers(5, 480), min_size=1, max_size=8, unique=True).map(tuple),
    interval=st.none() | st.integers(5, 480),
    buffer_before=st.integers(0, 240),
    buffer_after=st.integers(0, 240),
    notice=st.integers(0, 35_040).map(lambda quarters: quarters * 15),
    horizon_days=st.integers(1, 730),
    limits=st.builds(Limits, day=limit, week=limit, month=limit),
    location=st.sampled_from(
        [Location(), Location(kind="phone"), Location(kind="url", value="https://a.test/x?y=1")]
    ),
    listed=st.booleans(),
    active=st.booleans(),
    single_use=st.booleans(),
    creates_deal=st.booleans(),
    expires_at=st.none() | st.just(datetime(2026, 12, 24, 17, 30, tzinfo=UTC)),
    reschedule_cutoff=st.integers(0, 96).map(lambda halves: halves * 30),
    questions=st.sampled_from([(NOTE,), (), (Question(id="note", label="Why?", required=True),)]),
)


@given(settings)
def test_what_a_form_shows_is_what_it_saves(stored):
    back = read(MultiDict(to_values(stored, ZONE)), stored, ZONE)
    assert (back.errors, back.settings) == ({}, stored)


@pytest.mark.parametrize("minutes", range(0, 600, 7))
def test_every_notice_that_the_api_can_set_survives_the_form(minutes):
    stored = LinkSettings(title="Intro", slug="ada", notice=minutes)
    back = read(MultiDict(to_values(stored, ZONE)), stored, ZONE)
    assert back.settings is not None
    assert back.settings.notice == minutes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("slug", ""),
        ("slug", "Ada"),
        ("slug", "-ada"),
        ("slug", "ab"),
        ("durations", ""),
        ("durations", "4"),
        ("durations", "30, soon"),
        ("durations", "5 6 7 8 9 10 11 12 13"),
        ("interval", "4"),
        ("buffer_before", "241"),
        ("notice_hours", "-1"),
        ("horizon_days", "0"),
        ("horizon_days", ""),
        ("limit_day", "0"),
        ("expires_day", "tomorrow"),
        ("colour", "red"),
        ("redirect_url", "javascript:alert(1)"),
        ("redirect_url", "//evil.test"),
        ("redirect_url", "https://user@evil.test"),
        ("location_kind", "moon"),
        ("description", "x" * 5001),
        ("schedule_id", "mine"),
    ],
)
def test_a_wrong_value_is_said_at_its_input_and_kept(name, value):
    form = typed(**{name: value})
    assert form.settings is None
    assert name in form.errors
    assert form.values[name] == value


def test_a_place_that_is_an_address_needs_one():
    assert "location_value" in typed(location_kind="address").errors
    assert "location_value" in typed(location_kind="url", location_value="javascript:x").errors


def test_a_range_of_days_needs_both_in_order():
    assert set(typed(horizon="range").errors) == {"first_day", "last_day"}
    form = typed(horizon="range", first_day="2026-12-02", last_day="2026-12-01")
    assert set(form.errors) == {"last_day"}
    right = typed(horizon="range", first_day="2026-12-01", last_day="2026-12-02", horizon_days="")
    assert right.settings is not None
    assert right.settings.first_day == date(2026, 12, 1)


def test_going_back_to_days_ahead_forgets_the_range():
    stored = LinkSettings(
        title="Intro", slug="ada", first_day=date(2026, 12, 1), last_day=date(2026, 12, 2)
    )
    form = typed(stored, horizon="days", horizon_days="14")
    assert form.settings is not None
    assert (form.settings.first_day, form.settings.horizon_days) == (None, 14)


def test_what_has_no_input_here_stays_as_it_was():
    other = Question(id="size", label="How many?", type="number")
    stored = LinkSettings(
        title="Intro", slug="ada", kind="group", capacity=5,
        embed_domains=("example.com",), questions=(NOTE, other),
    )  # fmt: skip
    form = typed(stored, title="Other")
    assert form.settings is not None
    assert form.settings.questions == (NOTE, other)
    assert (form.settings.kind, form.settings.capacity) == ("group", 5)
    assert form.settings.embed_domains == ("example.com",)


def test_whether_a_booking_follows_the_calendar_is_chosen():
    form = typed(calendar_changes="tell")
    assert form.settings is not None
    assert form.settings.calendar_changes == "tell"
    assert (
        says(form.settings, {})["notifications"] == "The usual words; you are told of changes only"
    )
    assert "calendar_changes" in typed(calendar_changes="ignore").errors


def test_a_form_cannot_set_what_is_not_its_own():
    form = typed(hosts="x", team_id="y", embed_domains="evil.test", freshness="1440")
    assert form.settings == BASE


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Intro call", "intro-call"),
        ("Zoë's  30!", "zoe-s-30"),
        ("日本", "meeting"),
        ("30", "meeting-30"),
    ],
)
def test_a_slug_comes_out_of_the_title(title, slug):
    assert slug_of(title) == slug


@given(st.text(max_size=300))
def test_a_slug_is_always_one(title):
    assert typed(slug=slug_of(title)).settings is not None


def test_each_section_says_what_it_is_set_to():
    stored = LinkSettings(
        title="Intro", slug="ada", durations=(30, 60), notice=2880, buffer_after=10,
        limits=Limits(day=3), cancel_cutoff=120, creates_deal=True,
    )  # fmt: skip
    assert says(stored, {}) == {
        "when": "30 min and 1 hour, 2 days ahead at least, up to 30 days ahead, 0 + 10 min of buffer",
        "limits": "3 a day, cancelling until 2 hours before",
        "where": "Video call",
        "questions": "Name, e-mail, “Anything we should know beforehand?”",
        "notifications": "The usual words",
        "crm": "Makes a deal for new people",
    }
