"""Names, addresses, zones, passwords, wishes for a slug."""

import subprocess
import sys

import pytest

from contracts.errors import Invalid
from gateway.accounts.secret import hash_password, verify_password
from gateway.accounts.values import email_of, name_of, password_of, slug_wish, zone_of
from gateway.auth import _local
from gateway.limits import _network, is_loopback


@pytest.mark.parametrize(
    "text", ["ada@acme.test", " Ada@ACME.test ", "o'neil+x@a-b.co.uk", "ä@ö.de"]
)
def test_addresses(text):
    assert email_of(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@acme.test", "ada@", "a b@c.de", "a@b@c.de", "a@b..de", "a@b.de\r\nBcc: x@y.z",
     "x" * 250 + "@a.de", "a\x00@b.de", "<a@b.de>", "a@b.de,c@d.de", "\ud800@b.de"],
)  # fmt: skip
def test_what_is_no_address(text):
    with pytest.raises(Invalid) as refused:
        email_of(text)
    assert set(refused.value.fields) == {"email"}


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "a\x00b", "a\u202eb", "\ud800", "a\nb"])
def test_what_is_no_name(text):
    with pytest.raises(Invalid):
        name_of(text)


@pytest.mark.parametrize("text", ["Zoë", "می\u200cخواهم", "李雷", "O'Neil-Smith Jr."])  # noqa: RUF001 - Persian
def test_names_of_all_languages(text):
    assert name_of(f" {text} ") == text


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "europe/london", "../etc/passwd", "UTC\x00"])
def test_what_is_no_zone(text):
    with pytest.raises(Invalid):
        zone_of(text)


@pytest.mark.parametrize("text", ["short", "x" * 201, "long enough\x00"])
def test_passwords_that_are_refused(text):
    with pytest.raises(Invalid):
        password_of(text)


def test_passwords_are_salted_and_verified():
    first, second = hash_password("demo-demo-demo"), hash_password("demo-demo-demo")
    assert first != second
    assert verify_password(first, "demo-demo-demo")
    assert not verify_password(first, "demo-demo-dem")
    assert not verify_password(None, "demo-demo-demo")
    assert not verify_password("no hash", "demo-demo-demo")


def test_passwords_are_hashed_as_owasp_says():
    """In a process where no test hashes quickly."""
    code = "from gateway.accounts.secret import hash_password; print(hash_password('demo-demo'))"
    hashed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("name", "workspace", "slug"),
    [
        ("Ada Lovelace", "Acme", "ada-acme"),
        ("Zoë", "Größe & Söhne", "zoe-groe-sohne"),
        ("李雷", "公司", "host-team"),
        ("Ada", "x" * 100, "ada-" + "x" * 56),
    ],
)
def test_wishes_for_a_hosts_slug(name, workspace, slug):
    assert slug_wish(name, workspace) == slug


@pytest.mark.parametrize("target", ["/calendar", "/settings/booking-links?x=1#y"])
def test_going_on_to_our_own_pages(target):
    assert _local(target) == target


@pytest.mark.parametrize(
    "target",
    ["", "calendar", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)",
     "/\t/evil.test", "/x\r\nSet-Cookie: a=b", "\\\\evil.test", "/a\\b"],
)  # fmt: skip
def test_never_going_on_to_somebody_elses(target):
    assert _local(target) == ""


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("127.9.9.9", True),
     ("10.0.0.1", False), ("203.0.113.9", False), ("", False), ("unix:", False)],
)  # fmt: skip
def test_loopback(address, expected):
    assert is_loopback(address) is expected


def test_an_ipv6_network_counts_as_one_caller():
    assert _network("2001:db8::1") == _network("2001:db8::ffff:1")
    assert _network("203.0.113.9") == "203.0.113.9"
