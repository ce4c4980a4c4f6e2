"""What a browser would make of a page."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """`wrong`: elements that run or style something by themselves, which the policy forbids, or
    lead to a script. `words`: what is read.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser for each element."""
        known = dict(attrs)
        runs = [name for name in known if name.startswith("on") or name in {"style", "srcdoc"}]
        link = str(known.get("href") or known.get("action") or "").strip().lower()
        leads = link.startswith(("javascript:", "data:", "vbscript:"))
        inline = tag == "style" or (tag == "script" and "src" not in known)
        if runs or leads or inline or known.get("src") == "x":
            self.wrong.append((tag, known))

    def handle_data(self, data: str) -> None:
        """Called by the parser for each text."""
        self.words += data
