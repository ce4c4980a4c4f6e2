# ruff: noqa: RUF001 - marks of Japanese and letters of Hebrew are meant as they are
"""Our few words in an event's description, in the language of the host whose calendar it is in."""

from dataclasses import dataclass

from contracts.languages import supported


@dataclass(frozen=True, slots=True)
class Labels:
    """`attendee` and `guest` hold a place for the person; `note` is the question of every new link
    (`contracts.booking.NOTE`).
    """

    attendee: str
    guest: str
    yes: str
    no: str
    note: str


_LABELS = {
    "en": Labels("With: {}", "Guest: {}", "yes", "no", "Anything we should know beforehand?"),
    "de": Labels(
        "Mit: {}", "Gast: {}", "ja", "nein", "Gibt es etwas, das wir vorab wissen sollten?"
    ),
    "fr": Labels(
        "Avec : {}", "Invité : {}", "oui", "non", "Y a-t-il quelque chose à savoir à l’avance ?"
    ),
    "es": Labels("Con: {}", "Invitado: {}", "sí", "no", "¿Hay algo que debamos saber antes?"),
    "pt": Labels("Com: {}", "Convidado: {}", "sim", "não", "Há algo que devamos saber antes?"),
    "ja": Labels(
        "相手：{}", "ゲスト：{}", "はい", "いいえ", "事前にお知らせいただくことはありますか？"
    ),
    "he": Labels("עם: {}", "אורחים: {}", "כן", "לא", "האם יש משהו שכדאי שנדע מראש?"),
}


def labels(language: str) -> Labels:
    """Those of a language tag; English where it is none of ours."""
    return _LABELS[supported(language)]
