"""The value types that messages share."""

import msgspec
import pytest

from contracts.wire import Colour, Slug, convert


@pytest.mark.parametrize("value", ["abc", "a-1", "a" * 64])
def test_a_slug_is_3_to_64_of_lower_case_digits_and_inner_hyphens(value):
    assert convert(value, Slug) == value


@pytest.mark.parametrize("value", ["ab", "-ab", "ab-", "Abc", "a b", "a" * 65, "abc\n", "abc\n\n"])
def test_another_text_is_no_slug_not_even_with_a_last_newline(value):
    with pytest.raises(msgspec.ValidationError):
        convert(value, Slug)


def test_a_colour_has_no_last_newline():
    assert convert("#00ff99", Colour) == "#00ff99"
    with pytest.raises(msgspec.ValidationError):
        convert("#00ff99\n", Colour)
