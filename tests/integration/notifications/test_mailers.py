"""Both ways out keep the same promises: a real SMTP server, and a maildir."""

import mailbox
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from notifications import adapters
from notifications.adapters import PermanentMailError, TemporaryMailError
from notifications.adapters.smtp import TIMEOUT, SmtpMailer
from notifications.store.deliveries import LEASE


def a_mail(to="Zoë <zoe@example.org>"):
    message = EmailMessage(policy=SMTP)
    message["From"] = "Acme <no-reply@acme.test>"
    if to:
        message["To"] = to
    message["Subject"] = "Confirmed: café"
    message["Message-ID"] = "<1@acme.test>"
    message.set_content("Grüße\n.\nFrom here on\n" + "x" * 2000, cte="quoted-printable")
    return message


class ByMaildir:
    def __init__(self, folder):
        self.folder = folder / "deep" / "mail"
        self.url = f"maildir://{self.folder}"

    def received(self):
        if not self.folder.exists():
            return []
        return [
            message_from_bytes(one.as_bytes(), policy=default)
            for one in mailbox.Maildir(self.folder)
        ]

    def breaks(self):
        self.folder.parent.parent.mkdir(exist_ok=True)
        self.folder.parent.write_text("a file is in the way")


class BySmtp:
    def __init__(self, server):
        self.server = server
        self.url = server.url

    def received(self):
        return self.server.messages

    def breaks(self):
        self.server.stop()


@pytest.fixture(params=["maildir", "smtp"])
def way(request, tmp_path):
    if request.param == "maildir":
        return ByMaildir(tmp_path)
    return BySmtp(request.getfixturevalue("smtp_server"))


def test_a_mail_arrives_whole_and_once(way):
    adapters.connect(way.url).send(a_mail())
    (received,) = way.received()
    assert received["Message-ID"] == "<1@acme.test>"
    assert received["Subject"] == "Confirmed: café"
    assert received["To"].addresses[0].addr_spec == "zoe@example.org"
    assert received.get_content().replace("\r\n", "\n") == a_mail().get_content()


def test_each_mail_is_one_message(way):
    mailer = adapters.connect(way.url)
    for _ in range(3):
        mailer.send(a_mail())
    assert len(way.received()) == 3


def test_no_recipient_is_final(way):
    with pytest.raises(PermanentMailError):
        adapters.connect(way.url).send(a_mail(to=""))
    assert way.received() == []


def test_an_unusable_way_out_is_for_later_and_says_that_no_other_mail_would_go(way):
    way.breaks()
    with pytest.raises(TemporaryMailError) as caught:
        adapters.connect(way.url).send(a_mail())
    assert caught.value.unreachable
    assert not caught.value.uncertain


@pytest.mark.parametrize(
    ("said", "expected"),
    [("451 try later", TemporaryMailError), ("552 too much", PermanentMailError)],
)
def test_the_server_s_answer_decides_between_later_and_never(smtp_server, said, expected):
    smtp_server.answer = lambda _envelope: said
    with pytest.raises(expected) as caught:
        adapters.connect(smtp_server.url).send(a_mail())
    assert said in str(caught.value)


@contextmanager
def scripted(*lines, then_close=True):
    """A server that says these lines, one after each of the client's, and then hangs or leaves."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve():
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb", buffering=0) as stream:
                for line in lines:
                    stream.write(line.encode() + b"\r\n")
                    stream.readline()
                if not then_close:
                    over.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        thread.join()


SAID_BEFORE_DATA = ("220 hello", "250 hello", "250 sender", "250 recipient", "354 go on")


def test_a_connection_that_drops_after_the_content_may_have_been_a_success():
    with scripted(*SAID_BEFORE_DATA) as port, pytest.raises(TemporaryMailError) as caught:
        adapters.connect(f"smtp://127.0.0.1:{port}").send(a_mail())
    assert caught.value.uncertain


def test_a_server_that_never_greets_is_given_up_for_now():
    with scripted(then_close=False) as port:
        mailer = SmtpMailer("smtp", "127.0.0.1", port, timeout=0.2)
        with pytest.raises(TemporaryMailError) as caught:
            mailer.send(a_mail())
    assert caught.value.unreachable


def test_a_refused_address_is_final():
    said = ("220 hello", "250 hello", "250 sender", "550 no such user")
    with scripted(*said) as port, pytest.raises(PermanentMailError, match="550 no such user"):
        adapters.connect(f"smtp://127.0.0.1:{port}").send(a_mail())


def test_a_refused_sender_is_the_operator_s_to_mend_so_the_mail_waits():
    said = ("220 hello", "250 hello", "550 relaying denied")
    with scripted(*said) as port, pytest.raises(TemporaryMailError, match="relaying denied"):
        adapters.connect(f"smtp://127.0.0.1:{port}").send(a_mail())


def test_a_server_without_the_asked_for_tls_gets_neither_password_nor_mail(smtp_server):
    url = smtp_server.url.replace("smtp://", "smtp+starttls://user:secret@")
    with pytest.raises(TemporaryMailError):
        adapters.connect(url).send(a_mail())
    assert smtp_server.messages == []


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "maildir://relative/path", "maildir:"])
def test_a_url_that_is_none_is_refused_by_its_name(url):
    with pytest.raises(ValueError, match="SMTP_URL"):
        adapters.connect(url)


def test_a_url_s_user_and_password_are_unquoted_and_never_shown():
    mailer = adapters.connect("smtps://me%40acme.test:p%3Ass@mail.example")
    assert (mailer.user, mailer.password, mailer.port) == ("me@acme.test", "p:ss", 465)
    assert "p:ss" not in repr(mailer)


def test_an_international_address_needs_a_server_that_knows_them(smtp_server):
    abroad = a_mail(to="zoë@example.org")
    adapters.connect(smtp_server.url).send(abroad)
    (received,) = smtp_server.messages
    assert received["X-RcptTo"] == "zoë@example.org"
    with scripted("220 hello", "250 hello") as port:
        mailer = adapters.connect(f"smtp://127.0.0.1:{port}")
        with pytest.raises(PermanentMailError, match="international"):
            mailer.send(abroad)


def test_a_mail_is_held_longer_than_a_conversation_lasts_and_less_than_a_minute():
    assert timedelta(seconds=5 * TIMEOUT) < LEASE < timedelta(minutes=1)
