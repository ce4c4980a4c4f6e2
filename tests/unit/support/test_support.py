"""What the other tests stand on."""

import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import amqp
import psycopg2
import pytest

from support.postgres import Postgres
from support.processes import Program
from support.waiting import wait_for


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@a.test", "b@b.test", "Hello"
    message.set_content("Text")
    return message


def _send(server):
    with smtplib.SMTP("127.0.0.1", server.port) as client:
        client.send_message(_mail())


def test_the_database_server_keeps_what_was_committed_when_it_is_cut_off():
    with TemporaryDirectory(prefix="workestra-pg-") as folder:
        postgres = Postgres(Path(folder))
        postgres.execute("CREATE TABLE kept AS SELECT 1 AS n")
        postgres.stop()
        with pytest.raises(psycopg2.OperationalError):
            postgres.execute("SELECT n FROM kept")
        postgres.start()
        postgres.execute("DROP TABLE kept")
        postgres.stop()


def test_every_virtual_host_is_empty_and_apart(rabbitmq):
    first, second = rabbitmq.vhost(), rabbitmq.vhost()
    assert first != second
    host = second.rsplit("/", 1)[1]
    with amqp.Connection(f"127.0.0.1:{rabbitmq.port}", virtual_host=host) as connection:
        assert connection.connected


def test_the_mail_server_keeps_what_it_accepts(smtp_server):
    _send(smtp_server)
    assert [m["Subject"] for m in smtp_server.wait("b@b.test")] == ["Hello"]


def test_the_mail_server_refuses_as_it_is_told(smtp_server):
    smtp_server.answer = lambda _envelope: "451 later"
    with pytest.raises(smtplib.SMTPDataError):
        _send(smtp_server)
    assert smtp_server.messages == []


def test_a_stopped_mail_server_comes_back_on_its_port(smtp_server):
    smtp_server.stop()
    with pytest.raises(OSError, match="refused"):
        _send(smtp_server)
    smtp_server.start()
    _send(smtp_server)
    assert len(smtp_server.messages) == 1


def test_a_killed_program_is_gone_with_what_it_started(tmp_path):
    command = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    program = Program(command, tmp_path / "log", {})
    wait_for(lambda: "up" in program.text(), "word of it")
    program.kill()
    assert not program.running


def test_waiting_in_vain_says_for_what():
    with pytest.raises(AssertionError, match="no miracle within"):
        wait_for(lambda: False, "miracle", seconds=0.05)


def test_a_page_of_the_browser_shows_what_it_is_given(page):
    page.set_content("<h1>Pick a time</h1>")
    assert page.inner_text("h1") == "Pick a time"
