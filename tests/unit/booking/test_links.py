"""A link's settings: what is refused, field by field; and when a link is open."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from booking.domain import links
from contracts.booking import Link, LinkHost, LinkSettings, Location, Question
from contracts.errors import Invalid, LinkClosed

ADA, BEA = uuid4(), uuid4()
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def settings(**changes):
    return LinkSettings(
        **({"title": "Intro", "slug": "intro", "hosts": (LinkHost(host_id=ADA),)} | changes)
    )


def wrong(**changes):
    with pytest.raises(Invalid) as refused:
        links.check(settings(**changes), {ADA, BEA})
    assert all(refused.value.fields.values())
    return sorted(refused.value.fields)


def test_a_plain_link_is_fine_and_its_owner_is_its_host():
    bare = links.completed(LinkSettings(title=" Intro ", slug="intro"), ADA)
    assert (bare.title, bare.hosts) == ("Intro", (LinkHost(host_id=ADA),))
    links.check(bare, {ADA})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "team"}, "slug"),
        ({"title": "a\x00b"}, "title"),
        ({"durations": (30, 30)}, "durations"),
        ({"first_day": date(2026, 12, 2), "last_day": date(2026, 12, 1)}, "last_day"),
        ({"first_day": date(2026, 12, 2)}, "last_day"),
        ({"location": Location(kind="phone")}, "location.value"),
        ({"location": Location(kind="address", value="  ")}, "location.value"),
        ({"location": Location(kind="url", value="ftp://x.test")}, "location.value"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"redirect_url": "https://user:secret@x.test/"}, "redirect_url"),
        ({"redirect_url": "https://x.test/\r\nSet-Cookie: a"}, "redirect_url"),
        ({"hosts": (LinkHost(host_id=UUID(int=9)),)}, "hosts"),
        ({"hosts": (LinkHost(host_id=ADA), LinkHost(host_id=BEA))}, "hosts"),
        ({"hosts": (LinkHost(host_id=ADA), LinkHost(host_id=ADA))}, "hosts"),
        ({"embed_domains": ("x.test; script-src *",)}, "embed_domains"),
        ({"grid_timezone": "Europe/Atlantis"}, "grid_timezone"),
        ({"questions": (Question(id="a", label="A"), Question(id="a", label="B"))}, "questions"),
        ({"questions": (Question(id="a", label="A", type="select"),)}, "questions.a"),
        (
            {"questions": (Question(id="a", label="A", type="select", options=("x ",)),)},
            "questions.a",
        ),
        ({"questions": (Question(id="a", label="\u202eA"),)}, "questions.a"),
    ],
)
def test_a_wrong_setting_is_named(changes, field):
    assert wrong(**changes) == [field]


def test_every_wrong_setting_is_named_at_once():
    assert wrong(slug="api", durations=(30, 30), kind="collective") == ["durations", "slug"]


@pytest.mark.parametrize(
    "domain", ["example.com", "*.example.com", "localhost:8080", "a-b.example"]
)
def test_domains_for_embedding(domain):
    links.check(settings(embed_domains=(domain,)), {ADA})


def link(*, used=False, **changes):
    return Link(
        id=uuid4(),
        workspace_id=uuid4(),
        owner_id=ADA,
        settings=settings(**changes),
        used=used,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    "closed",
    [link(active=False), link(expires_at=NOW), link(single_use=True, used=True)],
)
def test_paused_expired_and_used_up_links_are_closed(closed):
    with pytest.raises(LinkClosed):
        links.require_open(closed, NOW)
    assert not links.is_open(closed, NOW)


def test_a_used_link_lets_its_own_meeting_move():
    used = link(single_use=True, used=True)
    with pytest.raises(LinkClosed):
        links.require_open(used, NOW)
    links.require_open(used, NOW, used_counts=False)


def test_a_link_is_open_until_the_instant_it_expires():
    assert links.is_open(link(expires_at=NOW + timedelta(microseconds=1)), NOW)
    assert links.is_open(link(used=True), NOW)


def test_settings_survive_the_wire():
    told = msgspec.json.decode(msgspec.json.encode(settings()), type=LinkSettings)
    assert told == settings()


def test_weights_and_levels_out_of_range_are_refused_at_their_fields():
    hosts = (LinkHost(host_id=ADA, weight=0), LinkHost(host_id=BEA, level=101))
    assert wrong(hosts=hosts) == ["hosts", "hosts.0.weight", "hosts.1.level"]
    assert wrong(team_id=uuid4()) == ["team_id"]
