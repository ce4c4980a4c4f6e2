"""Any brand colour gives tokens that can be read, in light and in dark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.presenting.colours import (
    DARK_GROUNDS,
    DEFAULT,
    LIGHT_GROUNDS,
    accent,
    contrast,
    is_colour,
    parse,
    stylesheet,
)

hexes = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


@given(hexes, st.booleans())
def test_every_colour_is_readable(colour, dark):
    tokens = accent(colour, dark=dark)
    grounds = DARK_GROUNDS if dark else LIGHT_GROUNDS

    assert contrast(parse(tokens.on), parse(tokens.fill)) >= 4.5
    assert contrast(parse(tokens.on), parse(tokens.hover)) >= 4.5
    for ground in (*grounds, parse(tokens.tint), parse(tokens.tint_strong)):
        assert contrast(parse(tokens.text), ground) >= 4.5
    assert all(contrast(parse(tokens.fill), ground) >= 3 for ground in grounds)


def test_a_colour_that_reads_well_is_left_alone():
    assert accent(DEFAULT).fill == DEFAULT


@pytest.mark.parametrize("value", ["", "#fff", "red", "#12345g", "#1234567", "#ABCDEF", "12345\n"])
def test_anything_else_is_no_colour(value):
    assert not is_colour(value)
    with pytest.raises(ValueError, match="six"):
        stylesheet(value)


def test_the_sheet_has_both_themes():
    sheet = stylesheet("#facc15")

    assert "prefers-color-scheme:dark" in sheet
    assert "<" not in sheet
