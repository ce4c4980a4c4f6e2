"""A form with twenty questions of every type, in words that are long, and its answers."""

from typing import Any

import requests
from playwright.sync_api import Page

WORDS = "Wilhelmina Featherstonehaugh-Cholmondeley von Hohenzollern-Sigmaringen"

_ANSWERS: dict[str, Any] = {
    "text": WORDS,
    "textarea": f"{WORDS}\n" * 12,
    "select": f"Long answer 1: {WORDS}",
    "multi_select": [f"Long answer 1: {WORDS}", f"Long answer 2: {WORDS}"],
    "checkbox": True,
    "email": "wilhelmina.featherstonehaugh-cholmondeley@a-rather-long-domain.test",
    "phone": "+44 20 7946 0000",
    "number": "1234567890",
    "url": f"https://a-rather-long-domain.test/{'path/' * 30}",
    "file": "",
}
"""An answer to each type of question, in the order of the questions."""

_BUILD = """(rows) => {
  const form = document.getElementById("link-form");
  form.querySelector("[name=question]").remove();
  for (const [name, value] of rows.flatMap(Object.entries)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  HTMLFormElement.prototype.submit.call(form);
}"""


def _inputs(number: int) -> dict[str, str]:
    """A row of the form builder: every type twice, the second time on a condition."""
    at, kind = f"q.q{number}", list(_ANSWERS)[number % 10]
    row = {
        "question": f"q{number}",
        f"{at}.type": kind,
        f"{at}.label": f"{number + 1}. What should {WORDS} know about it before we meet?",
        f"{at}.help": f"Whatever {WORDS} wants to read. " * 3,
        f"{at}.options": "\n".join(f"Long answer {n}: {WORDS}" for n in range(1, 5)),
    }
    depends = number > 9 and kind in {"text", "file"}
    return row | ({f"{at}.before": f"q{number - 10}"} if depends else {})


def build(page: Page) -> None:
    """Saves the questions through the form builder of a link's page."""
    with page.expect_navigation():
        page.evaluate(_BUILD, [_inputs(number) for number in range(20)])


def answers(url: str, slug: str) -> tuple[dict[str, Any], str]:
    """An answer to each of the first ten, and the id of the file among them."""
    given = {f"q{number}": answer for number, answer in enumerate(_ANSWERS.values())}
    file = _upload(url, slug, "q9")
    return given | {"q9": file}, file


def _upload(url: str, slug: str, question: str) -> str:
    files = {"file": (f"{WORDS} {WORDS}.pdf", b"%PDF-1.7 " + b"x" * 3_000_000)}
    path = f"{url}/api/v1/links/{slug}/uploads"
    answer = requests.post(path, data={"question": question}, files=files, timeout=20)
    assert answer.ok, answer.text
    return str(answer.json()["upload"])
