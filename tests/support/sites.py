"""Other people's web sites: pages on origins of their own, with a policy of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response


@dataclass
class Sites:
    """One server for all of them: `http://NAME.localhost:PORT`, which browsers take for loopback.

    `pages` are bodies by path; each is served with `policy`.
    """

    home: str
    port: int = 0
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        """As strict as a site with the widget can be: no style of its own, no inline script."""
        return f"default-src 'none'; script-src {self.home}; frame-src {self.home}"

    def page(self, path: str, body: str) -> str:
        """Puts a page with the snippet's script up; its path."""
        script = f'<script async src="{self.home}/embed.js"></script>'
        head = '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>'
        self.pages[path] = (
            f'<!doctype html><html lang="en"><head>{head}{script}</head>'
            f"<body><main><h1>Shop</h1>{body}</main></body></html>"
        )
        return path

    def url(self, name: str, path: str) -> str:
        """The page's address on the site of that name."""
        return f"http://{name}.localhost:{self.port}{path}"

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        """Serves what was put up."""
        found = self.pages.get(Request(environ).path)
        answer = Response(
            found or "", 200 if found else 404, content_type="text/html; charset=utf-8"
        )
        answer.headers["Content-Security-Policy"] = self.policy
        return answer(environ, start_response)


@contextmanager
def sites(home: str) -> Iterator[Sites]:
    """Serves them; `home` is where the suite is."""
    made = Sites(home)
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.port = server.server_port
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
