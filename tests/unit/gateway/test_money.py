"""Money as it is typed and shown."""

import re

import pytest

from gateway.presenting import money


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("", "EUR", 0),
        ("1200", "EUR", 120000),
        ("1,200.50", "EUR", 120050),
        ("1.200,5", "EUR", 120050),
        ("1 200", "EUR", 120000),
        ("1'234'567.89", "CHF", 123456789),
        ("1,200", "JPY", 1200),
        ("1.5", "KWD", 1500),
        ("0.01", "USD", 1),
    ],
)
def test_an_amount_is_read_in_minor_units(typed, currency, minor):
    assert money.minor(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("-1", "EUR"), ("1.5", "JPY"), ("1.234.5", "EUR"), ("1,2,3", "EUR"), ("x", "EUR"),
     ("1,20,000", "EUR"), ("\u0663", "EUR"), ("1e3", "EUR")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed, currency):
    with pytest.raises(ValueError, match=re.escape(typed)):
        money.minor(typed, currency)


@pytest.mark.parametrize("minor", [0, 1, 99, 100, 123456789])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_what_a_field_shows_is_read_as_the_same(minor, currency):
    assert money.minor(money.plain(minor, currency), currency) == minor


def test_amounts_are_shown_with_their_currency_and_nothing_is_not():
    assert money.shown(120050, "EUR") == "1,200.50 EUR"
    assert money.shown(1200, "JPY") == "1,200 JPY"
    assert money.shown(0, "EUR") == ""
