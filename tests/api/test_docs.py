"""docs/api.md: its examples run as they stand there, and its table names every scope."""

import re
from datetime import timedelta
from pathlib import Path

from gateway.accounts.signing import SCOPES
from support.web import NOW

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def test_the_examples_run(roles, address):
    said = {
        "url": address,
        "key": roles.key(roles.mia)["Authorization"].removeprefix("Bearer "),
        "first": (NOW + timedelta(days=14)).date(),
        "last": (NOW + timedelta(days=16)).date(),
    }
    examples = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, "docs/api.md", "exec"), said)
        roles.suite.hear()


def test_every_scope_is_named():
    assert [scope for scope in SCOPES if f"`{scope}`" not in TEXT] == []
