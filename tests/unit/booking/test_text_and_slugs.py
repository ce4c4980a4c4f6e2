"""Strings that people type: what is refused, and the slugs that follow from them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain import slugs, text
from contracts.errors import Invalid


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\ud800", "\r\n", "\u2028"]
)
def test_a_one_line_text_refuses_controls_overrides_and_surrogates(bad):
    assert text.problem(f"Ada{bad}Lovelace")


def test_a_text_area_keeps_its_line_ends_and_refuses_the_rest():
    assert text.problem("one\r\n\ttwo", lines=True) == ""
    assert text.problem("one\x00two", lines=True)


def test_names_of_the_world_are_fine():
    assert [text.problem(name) for name in ("Ada", "Zoë", "李小龍", "محمد", "O'Neil-Ng", "🙂")] == [
        ""
    ] * 6


def test_a_refused_text_names_its_field():
    with pytest.raises(Invalid) as refused:
        text.checked("\x00", "reason")
    assert list(refused.value.fields) == ["reason"]


@given(st.text(max_size=300))
def test_every_title_gives_a_slug_of_the_right_shape(title):
    found = list(itertools.islice(slugs.candidates(title), 3))
    assert [slugs.problem(slug) for slug in found] == ["", "", ""]
    assert len(set(found)) == 3


def test_a_slug_is_the_title_in_small_plain_letters():
    assert slugs.derive("Café mit Zoë, 30 min!") == "cafe-mit-zoe-30-min"


@pytest.mark.parametrize("word", sorted(slugs.RESERVED))
def test_words_that_stand_in_paths_are_reserved(word):
    assert "reserved" in slugs.problem(word)
    assert next(slugs.candidates(word)) == f"{word}-2"


@pytest.mark.parametrize(
    "slug", ["", "ab", "-abc", "abc-", "Abc", "a b", "ä-b-c", "a" * 65, "abc\n", "a/b", "abc\x00"]
)
def test_other_shapes_are_no_slugs(slug):
    assert slugs.problem(slug)
