"""Requests to addresses that users typed: where they may go, how long, and what they carry."""

import gzip
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from requests import Response
from requests.auth import HTTPBasicAuth

from fakes.authority import ca_bundle, serve
from servicekit.addresses import is_allowed
from servicekit.outgoing import Forbidden, Limits, Outgoing, Unreachable, retry_after

HOST = "calendar.example.test"
CALM = Limits(connect=20, read=20, total=20, size=100_000, redirects=3)
"""Far longer than anything takes here."""
HASTY = Limits(connect=20, read=0.3, total=0.5)


class Answers(BaseHTTPRequestHandler):
    """Says what it is asked to by the path, and remembers what it was sent."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.seen.append((self.command, dict(self.headers), self.rfile.read(length)))
        self.server.script[self.path](self)

    do_GET = do_POST = do_REPORT = answer  # noqa: N815 - http.server's names

    def log_message(self, *arguments):
        pass


def says(body=b"hello", status=200, **headers):
    def act(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def leads_to(url, status=302):
    return says(b"", status, Location=url)


@pytest.fixture(scope="module")
def listening():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def server(listening):
    listening.seen, listening.script = [], {"/": says()}
    return listening


def here(server, path="/", host=HOST):
    return f"http://{host}:{server.server_port}{path}"


def names(**more):
    """A resolver that knows these names, and numbers as the system does."""
    known = {HOST: ["127.0.0.1"], "other.example.test": ["127.0.0.1"], **more}

    def resolve(host, port):
        if host in known:
            return known[host]
        return [one[4][0] for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

    return resolve


def secure(environ, start_response):
    """Over TLS: a greeting, and a way down to what the query names."""
    if environ["PATH_INFO"] == "/down":
        start_response("302 Found", [("Location", environ["QUERY_STRING"])])
        return [b""]
    start_response("200 OK", [("Content-Length", "6")])
    return [b"secure"]


@pytest.fixture(scope="module")
def authority_server():
    with serve(secure) as url:
        yield url, ca_bundle()


@pytest.fixture
def inside():
    """May ask neighbours."""
    with Outgoing(CALM, private=True, resolve=names()) as session:
        yield session


@pytest.fixture
def outside():
    """May not."""
    with Outgoing(CALM, resolve=names()) as session:
        yield session


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.7",
        "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "100.100.100.200", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
        "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "2002:7f00:1::",
        "2001:0:7f00:1::", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_not_asked(address):
    assert not is_allowed(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_asked(address):
    assert is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "168.63.129.16",
        "::ffff:169.254.169.254",
    ],
)
def test_where_neighbours_are_allowed_metadata_and_the_like_are_not(address):
    assert not is_allowed(address, private=True)
    assert is_allowed("192.168.0.1", private=True)
    assert is_allowed("::1", private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
        "localhost", "localhost.", "127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "0", HOST,
    ],
)  # fmt: skip
def test_our_own_machine_is_not_asked_however_written(outside, server, host):
    with pytest.raises((Forbidden, Unreachable)):
        outside.get(here(server, host=host))
    assert server.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.test/", "gopher://127.0.0.1:70/", "data:text/plain,a",
        "//example.test/", "example.test", "http://", "http:///path", "http://[", "http://a b/",
        "http://user:word@calendar.example.test/", "http://calendar.example.test:99999/", "",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(inside, url):
    with pytest.raises(Forbidden):
        inside.get(url)


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_very_address(server):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with Outgoing(CALM, private=True, resolve=resolve) as session:
        assert session.get(here(server)).content == b"hello"
    assert asked == [HOST]
    assert server.seen[0][1]["Host"] == f"{HOST}:{server.server_port}"


def test_a_second_answer_that_leads_inside_is_refused(server):
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    server.script["/"] = says(Connection="close")
    with Outgoing(CALM, private=True, resolve=lambda *_: next(answers)) as session:
        session.get(here(server))
        with pytest.raises(Forbidden):
            session.get(here(server))
    assert len(server.seen) == 1


def test_of_several_addresses_only_allowed_ones_are_asked(server):
    known = names(**{HOST: ["169.254.169.254", "127.0.0.1"]})
    with Outgoing(CALM, private=True, resolve=known) as session:
        assert session.get(here(server)).content == b"hello"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://0xa9fea9fe/",
        "file:///etc/passwd", "//169.254.169.254/", "http://user:word@calendar.example.test/",
    ],
)  # fmt: skip
def test_a_redirect_is_checked_like_a_first_address(inside, server, target):
    server.script["/"] = leads_to(target)
    with pytest.raises(Forbidden):
        inside.get(here(server))


def test_redirects_end(inside, server):
    server.script["/"] = leads_to("/")
    with pytest.raises(Unreachable):
        inside.get(here(server))
    assert len(server.seen) == CALM.redirects + 1


def test_no_redirect_leads_from_https_to_http(authority_server, server):
    made, bundle = authority_server
    with Outgoing(CALM, private=True, ca_bundle=bundle) as session, pytest.raises(Forbidden):
        session.get(made + "/down?" + here(server, host="127.0.0.1"))
    assert server.seen == []


def test_a_certificate_that_we_do_not_trust_ends_the_request(authority_server):
    made, bundle = authority_server
    with Outgoing(CALM, private=True, ca_bundle=bundle) as session:
        assert session.get(made + "/").content == b"secure"
        assert session.get(made + "/", verify=False).content == b"secure"
    with Outgoing(CALM, private=True) as session, pytest.raises(Unreachable, match="certificate"):
        session.get(made + "/", verify=False)


def test_credentials_cookies_and_own_headers_stay_with_their_host(inside, server):
    server.script["/"] = leads_to(here(server, "/there", "other.example.test"), 307)
    server.script["/there"] = says()
    inside.get(
        here(server), auth=HTTPBasicAuth("ada", "word"), headers={"X-Key": "k", "Cookie": "c=1"}
    )
    first, second = (seen[1] for seen in server.seen)
    assert {"Authorization", "X-Key", "Cookie"} <= set(first)
    assert not {"Authorization", "X-Key", "Cookie"} & set(second)


def test_credentials_go_along_on_the_same_server(inside, server):
    server.script["/"] = leads_to("/there", 301)
    server.script["/there"] = says()
    inside.request("REPORT", here(server), data=b"<q/>", auth=HTTPBasicAuth("ada", "word"))
    method, headers, body = server.seen[1]
    assert (method, body) == ("REPORT", b"<q/>")
    assert "Authorization" in headers


def test_cookies_are_not_kept(inside, server):
    server.script["/"] = says(Set_Cookie="a=b")
    inside.get(here(server))
    inside.get(here(server))
    assert "Cookie" not in server.seen[1][1]


def test_proxies_and_credentials_of_the_environment_are_not_used(server, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text(f"machine {HOST} login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Outgoing(CALM, private=True, resolve=names()) as session:
        assert session.get(here(server)).content == b"hello"
    assert "Authorization" not in server.seen[0][1]


def test_an_answer_that_is_too_large_is_not_read(inside, server):
    server.script["/"] = says(b"x" * (CALM.size + 1))
    with pytest.raises(Unreachable, match="too large"):
        inside.get(here(server))


def test_an_answer_that_unpacks_to_too_much_is_not_read(inside, server):
    server.script["/"] = says(gzip.compress(b"x" * (CALM.size * 50)), Content_Encoding="gzip")
    with pytest.raises(Unreachable, match="too large"):
        inside.get(here(server))


def drip(piece, prefix=b"", pause=0.1):
    """Sends a piece every so often, each well within the time between two pieces."""

    def act(handler):
        stop = threading.Event()
        handler.close_connection = True
        try:
            handler.wfile.write(prefix)
            for _ in range(600):
                handler.wfile.write(piece)
                handler.wfile.flush()
                stop.wait(pause)
        except OSError:
            return

    return act


@pytest.mark.parametrize(
    "act",
    [
        drip(b"", pause=1),
        drip(b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\n"),
        drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        drip(b"x", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
    ],
    ids=["silent", "headers", "body", "endless"],
)
def test_a_server_that_takes_its_time_is_left(server, act):
    server.script["/"] = act
    hasty = Outgoing(HASTY, private=True, resolve=names())
    with hasty as session, pytest.raises(Unreachable, match="in time"):
        session.get(here(server))


def test_half_an_answer_is_none(inside, server):
    def half(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        handler.close_connection = True

    server.script["/"] = half
    with pytest.raises(Unreachable):
        inside.get(here(server))


def test_errors_never_quote_the_other_side(inside, server):
    server.script["/"] = lambda handler: handler.wfile.write(b"secret words, no HTTP\r\n\r\n")
    with pytest.raises(Unreachable) as failure:
        inside.get(here(server))
    assert "secret" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_a_name_that_nobody_knows_is_unreachable(inside):
    with pytest.raises(Unreachable, match="name is not known"):
        inside.get("http://nobody.invalid/")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("90", 90), ("0", 0), ("999999999999", 86400), ("Tue, 01 Dec 2026 09:02:00 GMT", 120),
        ("Tue, 01 Dec 2026 08:00:00 GMT", 0), ("soon", None), ("-5", None), ("", None),
        ("Tue, 01 Dec 9999 09:00:00 GMT", 86400),
    ],
)  # fmt: skip
def test_what_a_server_asks_us_to_wait_is_at_most_a_day(asked, expected):
    response = Response()
    response.headers["Retry-After"] = asked
    wait = retry_after(response, datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert wait == (None if expected is None else timedelta(seconds=expected))
