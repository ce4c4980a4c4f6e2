"""Feeds beyond the contract: addresses, what changed, and what is no calendar."""

from dataclasses import replace
from datetime import timedelta
from json import loads

import pytest

from calendar_sync.adapters.ics import FEED, Feed
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import (
    AccessRefused,
    Account,
    InvalidAddress,
    ProviderUnavailable,
)
from contract.calendars.harness import HOUR, NOW, Theirs
from contract.calendars.icalendar_text import calendar, vevent
from fakes.authority import ca_bundle, serve
from fakes.feed import FeedServer, Served

MEANS = Means(private_addresses=True, ca_bundle=ca_bundle())
LUNCH = Theirs("lunch", NOW + 24 * HOUR, NOW + 25 * HOUR)


@pytest.fixture(scope="module")
def site():
    made = FeedServer()
    with serve(made) as url:
        yield made, url


@pytest.fixture
def feed(site):
    site[0].feeds = {"/ada.ics": Served(text=of(LUNCH))}
    return site[0].feeds["/ada.ics"]


@pytest.fixture
def url(site, feed):
    return f"{site[1]}/ada.ics"


def of(*events, head="X-WR-CALNAME:Ada's days\n"):
    return calendar(head, *(vevent(one, "ada@host.test") for one in events))


def opened(url, user="", password=""):
    signed = Feed(MEANS).open(url, user, password)
    return Account(signed.account, signed.secret, lambda _: None)


def read(account, cursor=None, now=NOW):
    return Feed(MEANS).read(account, FEED, cursor, now)


def test_a_feed_has_one_calendar_that_cannot_be_written(url):
    (one,) = Feed(MEANS).calendars(opened(url))
    assert (one.name, one.writable) == ("Ada's days", False)


def test_the_names_of_feeds_tell_them_apart_and_give_no_address_away(site, feed, url):
    site[0].feeds["/other-secret.ics"] = feed
    names = {opened(url).name, opened(f"{site[1]}/other-secret.ics").name}
    assert len(names) == 2
    assert not any("secret" in name for name in names)
    assert opened(url, user="Holidays").name.startswith("Holidays (localhost")


def test_a_name_that_a_feed_gives_itself_stays_in_its_line(feed, url):
    feed.text = of(head="X-WR-CALNAME:A\u202eb\u0000c" + "d" * 200 + "\n")
    (one,) = Feed(MEANS).calendars(opened(url))
    assert one.name == "Abc" + "d" * 97


def test_webcal_is_asked_over_https(url):
    assert len(read(opened(url.replace("https", "webcal"))).occurrences) == 1


def test_a_name_and_password_within_the_address_are_not_kept_there(feed, url):
    feed.password = "word"
    account = opened(url.replace("https://", "https://ada:w%6Frd@"))
    assert loads(account.secret) == {"url": url, "user": "ada", "password": "word"}
    assert len(read(account).occurrences) == 1


def test_a_feed_that_wants_a_password_is_refused_without_one(feed, url):
    feed.password = "word"
    with pytest.raises(AccessRefused):
        opened(url)


def test_a_feed_that_did_not_change_is_not_sent_again(feed, url):
    account = opened(url)
    cursor = read(account).cursor
    feed.answered.clear()
    assert read(account, cursor).occurrences == ()
    assert feed.answered == ["304"]


def test_a_server_that_knows_no_etag_is_compared_by_what_it_sends(feed, url):
    feed.validators = False
    account = opened(url)
    reading = read(account, read(account).cursor)
    assert (reading.occurrences, reading.complete) == ((), False)
    feed.text = of(replace(LUNCH, end=LUNCH.end + HOUR))
    assert read(account, reading.cursor).complete


def test_a_server_that_stamps_its_events_anew_each_time_is_compared_without_that(feed, url):
    feed.validators = False
    account = opened(url)
    cursor = read(account).cursor
    feed.text = feed.text.replace("DTSTAMP:20261101", "DTSTAMP:20261102")
    assert not read(account, cursor).complete


def test_all_is_read_again_before_links_reach_beyond_what_was_expanded(feed, url):
    account = opened(url)
    cursor = read(account).cursor
    assert not read(account, cursor, NOW + timedelta(days=6)).complete
    assert read(account, cursor, NOW + timedelta(days=8)).complete


@pytest.mark.parametrize("text", ["", "<html>sign in</html>", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"])
def test_what_is_no_calendar_is_said_to_be_none(feed, url, text):
    account = opened(url)
    feed.text = text
    with pytest.raises(ProviderUnavailable, match="not a calendar"):
        read(account)
    with pytest.raises(InvalidAddress) as wrong:
        opened(url)
    assert (wrong.value.field, "html" in wrong.value.message) == ("url", False)


def test_an_address_without_a_feed_is_said_to_have_none(feed, url):
    with pytest.raises(InvalidAddress, match="no calendar at this address"):
        opened(url + "x")


def test_a_feed_that_is_away_for_a_while_is_not_given_up(site, url):
    account = opened(url)
    site[0].feeds.clear()
    with pytest.raises(ProviderUnavailable, match="no calendar at this address"):
        read(account)


def test_a_feed_that_is_gone_for_good_is_given_up(feed, url):
    account = opened(url)
    feed.status = "410 Gone"
    with pytest.raises(AccessRefused):
        read(account)


def test_a_feed_that_is_too_large_is_not_read(feed, url):
    account = opened(url)
    feed.text = "X" * 20_000_001
    with pytest.raises(ProviderUnavailable, match="too large"):
        read(account)


def test_a_private_address_is_refused_unless_allowed_and_never_asked(feed, url):
    account = opened(url)
    feed.asked.clear()
    careful = Feed(Means(ca_bundle=ca_bundle()))
    with pytest.raises(InvalidAddress) as wrong:
        careful.open(url, "", "")
    assert wrong.value.field == "url"
    with pytest.raises(ProviderUnavailable):
        careful.read(account, FEED, None, NOW)
    assert feed.asked == []


def test_a_redirect_into_a_private_network_is_refused(feed, url):
    account = opened(url)
    feed.location = "http://169.254.169.254/latest/meta-data/"
    with pytest.raises(InvalidAddress):
        opened(url)
    with pytest.raises(ProviderUnavailable):
        read(account)


@pytest.mark.parametrize(
    "bad", ["file:///etc/passwd", "ftp://host.test/a.ics", "", "https://", "not an address"]
)
def test_what_is_no_address_is_said_to_be_none(bad):
    with pytest.raises(InvalidAddress):
        Feed(Means()).open(bad, "", "")


def test_whole_days_are_in_the_zone_that_the_feed_names(feed, url):
    day = "BEGIN:VEVENT\nUID:u\nDTSTART;VALUE=DATE:20261203\nEND:VEVENT\n"
    feed.text = calendar("X-WR-TIMEZONE:America/New_York\n", day)
    (one,) = read(opened(url)).occurrences
    assert (one.start.hour, one.end - one.start) == (5, timedelta(days=1))
