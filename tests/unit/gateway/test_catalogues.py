"""The catalogues are whole, the templates leave no words out of them, and refusals are known."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import gateway
from contracts.languages import LANGUAGES
from gateway.languages import CATALOGUES, catalogue
from gateway.presenting import refusals
from support.postgres import ROOT

HERE = Path(gateway.__file__).parent
TRANSLATED = sorted(LANGUAGES.keys() - {"en"})
NUM = "%(num)s"
PLACEHOLDER = re.compile(r"%\(\w+\)s")

TEMPLATES = [
    *sorted((HERE / "templates" / "booking").glob("*.html")),
    *sorted((HERE / "templates" / "manage").glob("*.html")),
    HERE / "templates" / "public_base.html",
    HERE / "templates" / "errors" / "error.html",
    HERE / "templates" / "macros" / "meeting.html",
    HERE / "templates" / "macros" / "picker.html",
]
NAMES = {"Google", "Outlook"}
"""Names that are the same in every language."""
SEEN = {"aria-label", "title", "alt", "placeholder", "abbr"}
"""Attributes that people read or hear."""
GETTEXT = {"_", "gettext", "ngettext"}


@pytest.fixture(scope="module")
def sources():
    keywords = {**DEFAULT_KEYWORDS, "noted": None}
    with (HERE.parent / "babel.cfg").open() as file:
        methods, _ = parse_mapping_cfg(file)
    found = extract_from_dir(HERE, methods, keywords=keywords)
    return {message if isinstance(message, str) else message[:2] for _, _, message, _, _ in found}


@pytest.fixture(scope="module")
def catalogues():
    found = {}
    for language in TRANSLATED:
        with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
            found[language] = read_po(file, locale=language)
    return found


@pytest.mark.parametrize("language", TRANSLATED)
class TestCatalogues:
    def test_it_has_every_message_and_no_other(self, language, catalogues, sources):
        assert {message.id for message in catalogues[language] if message.id} == sources

    def test_it_is_finished_and_keeps_what_is_filled_in(self, language, catalogues):
        wrong = []
        for message in catalogues[language]:
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            wanted = set(PLACEHOLDER.findall(ids[-1]))
            kept = all(set(PLACEHOLDER.findall(each)) | {NUM} == wanted | {NUM} for each in said)
            forms = catalogues[language].num_plurals if isinstance(message.id, tuple) else 1
            if message.fuzzy or not all(said) or len(said) != forms or not kept:
                wrong.append(message.id)
        assert wrong == []

    def test_it_holds_no_markup_and_no_quote_that_would_end_an_attribute(
        self, language, catalogues
    ):
        said = [str(message.string) for message in catalogues[language] if message.id]
        plain = [each for each in said if not each.startswith("(")]
        assert [each for each in plain if re.search(r'["<>&]', each)] == []

    def test_it_is_read_as_it_is_written(self, language):
        assert catalogue(language).gettext("Reschedule") != "Reschedule"
        assert "2" in catalogue(language).ngettext("%(num)s place", "%(num)s places", 2) % {
            "num": 2
        }


class Words(HTMLParser):
    """The words of a page that stand outside of every expression."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(re.sub(r'\sdata-[\w-]+="[^"]*"', "", page))

    def handle_data(self, data):
        self.found += re.findall(r"[A-Za-z]{2,}", data)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in SEEN:
                self.found += re.findall(r"[A-Za-z]{2,}", value or "")


def literals(node, *, inside=False):
    """The strings in expressions, but for those that gettext is given and those that are compared."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        inside = inside or node.node.name in GETTEXT
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not inside:
        yield node.value
    for child in node.iter_child_nodes():
        yield from literals(child, inside=inside or isinstance(node, nodes.Compare))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_template_says_nothing_but_through_gettext(template):
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(template.read_text())
    page = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "·"
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
    )
    said = [text for text in literals(tree) if re.match(r"[A-Z][a-z]", text.strip())]
    assert (Words(page).found, set(said) - NAMES) == ([], set())


BOOKING = ROOT / "services/booking/booking"
MET = [
    *("domain/answers", "domain/attendees", "domain/moments", "domain/refusals", "domain/text"),
    *("domain/statuses", "domain/uploads", "domain/phones", "domain/sources", "service/managing"),
    *("service/moving", "service/making", "service/attaching", "service/holding", "store/uploads"),
]
"""The parts of booking whose refusals an attendee can meet."""
HOSTS = {
    "A no-show can be marked once the meeting has started.",
    "This meeting is not confirmed.",
    "This address is already in use.",
    (
        "Events after this cursor are no longer kept."
        " Begin again without a cursor, and compare with what you have."
    ),
}
"""What only hosts and programs are told."""


def sentences(path):
    """What a module says to people: strings that begin and end as sentences do, with examples for
    what is filled in."""
    for node in ast.walk(ast.parse(path.read_text())):
        for raised in ast.iter_child_nodes(node):
            if isinstance(node, ast.Expr | ast.JoinedStr):
                continue
            if isinstance(raised, ast.JoinedStr):
                parts = [p.value if isinstance(p, ast.Constant) else "10" for p in raised.values]
                yield "".join(map(str, parts))
            elif isinstance(raised, ast.Constant) and isinstance(raised.value, str):
                yield raised.value


def test_whatever_refuses_an_attendee_can_be_said_in_every_language():
    paths = [BOOKING / f"{name}.py" for name in MET]
    paths.append(ROOT / "libs/contracts/contracts/errors.py")
    said = {text for path in paths for text in sentences(path)}
    said = {text for text in said if re.match(r"[A-Z“].* .*\.$", text)} - HOSTS
    unknown = {text for text in said if not refusals.is_known(text)}
    assert len(said) > 50
    assert unknown == set()
