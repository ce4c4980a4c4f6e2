"""What a spreadsheet opens: values that are no formula, and lines that are read as written."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.presenting import sheets

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "\ufeff=1", "\uff1d1",
    "|cmd", "\x00=1", "-2+3+cmd|' /C calc'!A0", '=HYPERLINK("http://x.test")',
]  # fmt: skip


@pytest.mark.parametrize("value", FORMULAS)
def test_a_cell_is_never_a_formula(value):
    assert sheets.harmless(value).startswith("'")


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=5))
def test_a_line_is_read_as_the_values_that_were_written(values):
    line = sheets.line(values)
    assert line.endswith("\r\n")
    (read,) = csv.reader(io.StringIO(line, newline=""))
    assert read == [sheets.harmless(value) for value in values]


def test_plain_words_stay_as_they_are():
    assert [sheets.harmless(v) for v in ("Zoë", "", "a=b", "2 - 1")] == ["Zoë", "", "a=b", "2 - 1"]
