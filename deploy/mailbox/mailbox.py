"""Catches mail for trying the suite in containers: SMTP on 1025, what came on 8025.

`GET /mails.json` lists them, oldest first; `GET /` shows them as text. Nothing is sent on, nothing
is kept on disk, and only the newest thousand are remembered.
"""

import email.policy
import html
import json
import threading
from collections import deque
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

MAILS: deque[dict[str, str]] = deque(maxlen=1000)


class Catcher:
    """Accepts everything."""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Called by aiosmtpd for each mail."""
        message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(
            envelope.content
        )
        MAILS.append(
            {
                "to": ", ".join(envelope.rcpt_tos),
                "from": str(message["from"]),
                "subject": str(message["subject"]).strip(),
                "message_id": str(message["message-id"]),
                "text": _part(message, "text/plain"),
                "calendar": _part(message, "text/calendar"),
            }
        )
        return "250 OK"


def _part(message: EmailMessage, kind: str) -> str:
    parts = [part for part in message.walk() if part.get_content_type() == kind]
    content = parts[0].get_content() if parts else ""
    return content if isinstance(content, str) else content.decode("utf-8", "replace")


class Page(BaseHTTPRequestHandler):
    """The list, for programs and for people."""

    def do_GET(self) -> None:
        """Answers both paths."""
        as_json = self.path == "/mails.json"
        body = json.dumps(list(MAILS)) if as_json else _page()
        self.send_response(200)
        kind = "application/json" if as_json else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_arguments: object) -> None:
        """Quiet: probes ask every few seconds."""


def _page() -> str:
    texts = [f"To: {m['to']}\nSubject: {m['subject']}\n\n{m['text']}" for m in reversed(MAILS)]
    shown = "<hr>".join(f"<pre>{html.escape(text)}</pre>" for text in texts)
    return f"<!doctype html><title>Mailbox</title><h1>Mailbox</h1>{shown or 'Nothing yet.'}"


def main() -> None:
    """Serves until it is stopped."""
    Controller(Catcher(), hostname="0.0.0.0", port=1025).start()  # noqa: S104 - in a container
    pages = ThreadingHTTPServer(("0.0.0.0", 8025), Page)  # noqa: S104
    threading.Thread(target=pages.serve_forever).start()


if __name__ == "__main__":
    main()
