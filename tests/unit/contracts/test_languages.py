"""Which of our languages a tag asks for."""

import pytest

from contracts.languages import LANGUAGES, RIGHT_TO_LEFT, supported


def test_every_language_of_ours_asks_for_itself():
    assert {code: supported(code) for code in LANGUAGES} == {code: code for code in LANGUAGES}
    assert set(LANGUAGES) >= RIGHT_TO_LEFT


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("pt-BR", "pt"), ("de_AT", "de"), ("ES-419", "es"), (" ja ", "ja"), ("iw-IL", "he"),
        ("en-GB", "en"), ("zh-Hant-TW", "en"), ("dev", "en"), ("", "en"), ("<b>", "en"),
    ],
)  # fmt: skip
def test_regions_follow_their_language_and_all_others_are_english(tag, language):
    assert language == supported(tag)
