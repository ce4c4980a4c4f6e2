"""Which sites may show a link's widget: what a host types, and what browsers are told."""

import pytest

from gateway.embed_pages import domains


@pytest.mark.parametrize(
    ("typed", "entries"),
    [
        ("", ()),
        ("example.com", ("example.com",)),
        ("Example.COM\n*.example.com, example.com", ("example.com", "*.example.com")),
        ("https://example.com/", ("example.com",)),
        ("example.com:8443", ("example.com:8443",)),
        ("*.bücher.example", ("*.xn--bcher-kva.example",)),
        ("localhost *.localhost 127.0.0.1:8000", ("localhost", "*.localhost", "127.0.0.1:8000")),
    ],
)
def test_domains_are_read_as_hosts_write_them(typed, entries):
    assert domains.read(typed) == (entries, "")


@pytest.mark.parametrize(
    "typed",
    [
        "*",
        "*.com",
        "com",
        "https:",
        "'self'",
        "*.*.example.com",
        "a.*.example.com",
        "example.com/path",
        "https://example.com/path",
        "example..com",
        "-example.com",
        "exa_mple.com",
        "https://user@example.com",
        "javascript:alert(1)",
        "data:",
        "example.com\x00",
        "x" * 64 + ".com",
        ".".join(["long"] * 60),
    ],
)
def test_what_is_no_domain_is_said_to_be_none(typed):
    assert domains.read(typed)[1]


def test_a_hundred_domains_are_enough():
    assert not domains.read(" ".join(f"a{n}.example" for n in range(100)))[1]
    assert domains.read(" ".join(f"a{n}.example" for n in range(101)))[1]


def test_without_a_list_every_site_with_https_may_show_it():
    assert domains.sources((), local=False) == ("https:",)


def test_a_list_is_all_that_browsers_are_told():
    entries = ("example.com", "*.example.org:8443", "localhost")
    told = ("https://example.com", "https://*.example.org:8443", "https://localhost")
    assert domains.sources(entries, local=False) == told
    assert domains.sources(entries, local=True) == (*told, "http://localhost:*")


def test_what_was_stored_and_is_no_domain_ends_no_header():
    stored = ("*; script-src *", "example.com\r\nX-Evil: 1", "'unsafe-inline'", "*")
    assert domains.sources(stored, local=False) == ()
    assert domains.sources((*stored, "ok.example"), local=True) == ("https://ok.example",)


def test_only_our_own_machine_is_let_in_without_https_and_only_for_trying():
    assert domains.sources((), local=True)[1:] == domains.LOCAL
    entries = ("*.shop.localhost", "127.0.0.1:8000", "notlocalhost.example")
    assert [one for one in domains.sources(entries, local=True) if one.startswith("http:")] == [
        "http://*.shop.localhost:*",
        "http://127.0.0.1:8000",
    ]


def test_what_shows_several_links_stands_where_each_of_them_may():
    one, two = ("a.example", "b.example"), ("b.example", "c.example")
    assert domains.shared([], local=False) == (domains.ANY_SITE,)
    assert domains.shared([(), ()], local=False) == (domains.ANY_SITE,)
    assert domains.shared([one, ()], local=False) == ("https://a.example", "https://b.example")
    assert domains.shared([one, (), two], local=False) == ("https://b.example",)
    assert domains.shared([one, ("c.example",)], local=True) == ()
    assert domains.shared([("*; script-src *",)], local=True) == ()
