"""Why something was refused, in the reader's language.

Services say it in English: a code for programs, a sentence for people. The sentences that a page of
an attendee can meet stand here one by one, for the catalogues; what is none of them is said in the
words of its code. In English everything is said as it came.
"""

import re
from functools import lru_cache

from contracts.errors import SchedulingError
from gateway.presenting import speech
from gateway.presenting.speech import gettext, noted

SENTENCES = frozenset(
    {
        # Of every service: the words of the codes
        noted("This cannot be done."),
        noted("The request could not be read."),
        noted("Please check the marked fields."),
        noted("There is nothing here."),
        noted("There is no such team."),
        noted("You may not do this."),
        noted("This was changed meanwhile. Look again, and repeat your change."),
        noted("This time has just been taken."),
        noted("No more meetings can be booked in this period."),
        noted("This link takes no bookings at the moment."),
        noted("Your hold on this time has ended."),
        noted("This meeting was already cancelled."),
        noted("This meeting was moved; the newest mail has the current links."),
        noted("It is too late to change this meeting here. Please write to your host."),
        noted("We could not check the calendar just now. Please try again in a moment."),
        noted("A part of the service does not answer. Please try again in a moment."),
        # The gateway's own
        noted("That was a lot in a short time. Please wait a moment and try again."),
        noted("The request is too large."),
        noted("Please tell us where to send the invitation."),
        noted("This is not an e-mail address. It should look like name@example.com."),
        noted("This is no time that could be booked. Please choose one."),
        noted("This page takes no bookings at the moment."),
        noted("This time zone is not known."),
        noted("This meeting cannot be moved here any more."),
        noted("This file is empty."),
        noted("This file is larger than 25 MiB."),
        noted("At most 25 MiB."),
        noted("This file holds code for a browser, so it is not taken."),
        noted("This document holds macros. Please save it without them."),
        noted("Send a file, with its name."),
        noted("This page was open for too long. Please go back, load it again and repeat."),
        # A link's state
        noted("This link has expired."),
        noted("This link was for one meeting, and has been used."),
        # Who books, and the answers
        noted("Please tell us your name."),
        noted("Please use at most 200 characters."),
        noted("Please use at most 5,000 characters."),
        noted("This contains characters that cannot be used."),
        noted("This is not an e-mail address."),
        noted("At most 10 guests can be invited."),
        noted("This time zone is unknown."),
        noted("This is not a language tag."),
        noted("Please answer this question."),
        noted("Please answer with text."),
        noted("Please tick this."),
        noted("Please attach a file."),
        noted("Please attach the file again."),
        noted("Please choose one."),
        noted("Please choose at least one."),
        noted("Please choose from the list."),
        noted("Please use digits."),
        noted("Please use a web address that starts with https://."),
        noted("This is not a web address."),
        noted("A web address must not hold a name or password."),
        noted("This is either ticked or not."),
        noted("There is no such question."),
        noted("This is not a telephone number. Start with the country's code, such as +44."),
        noted("A file of this kind is not taken here."),
        noted("This question asks for no file."),
        noted("This file is no longer here."),
        noted("This file is no longer here. Please attach it again."),
        noted("This file has been sent before. Please choose it again."),
        noted("All files together may have 25 MiB at most."),
        noted("Too many files wait here just now. Please try again in an hour."),
        # The time, its length, its host
        noted("Meetings start at a whole minute."),
        noted("Meetings do not start at this time."),
        noted("This is not a time that can be booked."),
        noted("This time has passed."),
        noted("This time is too far ahead."),
        noted("This is too soon: the host needs more notice."),
        noted("This is too far ahead to be booked."),
        noted("This is outside the host's working hours."),
        noted("This host does not take meetings here."),
        noted("The host cannot be picked here."),
        noted("This duration is not offered."),
        noted("Too many times are being held from here. Please finish one first."),
        # Changing a booking
        noted("This link leads nowhere. Please use the one in your newest mail."),
        noted("The link of this meeting is gone, so it cannot be moved."),
        noted("The meeting is at this time already."),
        noted("This meeting has taken place."),
        noted("This meeting has ended."),
        noted("This meeting has started. Please write to your host."),
        noted("This request has been answered."),
        noted("This request has lapsed."),
    }
)

TEMPLATES = (
    noted("“%(address)s” is not an e-mail address."),
    noted("This file is larger than %(size)s MiB."),
    noted(
        "Meetings of %(length)s minutes are no longer offered here."
        " Please cancel this one and book a new time."
    ),
    noted("Something went wrong on our side. Mention %(incident)s if you write to us."),
)
"""Sentences with something of their own in them."""

FIELD = noted("Please check this.")
"""At a field, where it is not known what is wrong with it."""


def said(sentence: str, otherwise: str = FIELD) -> str:
    """A sentence of a service; `otherwise` where it is not known here."""
    if speech.language() == "en" or not sentence:
        return sentence
    if sentence in SENTENCES:
        return gettext(sentence)
    for template, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            return gettext(template, **found.groupdict())
    return gettext(otherwise)


def refusal(error: SchedulingError, field: str = "") -> str:
    """What an error says, at this field if it names it."""
    own = type(error).default
    return said(error.fields.get(field, error.message), own if own in SENTENCES else FIELD)


def at_fields(fields: dict[str, str]) -> dict[str, str]:
    """What is wrong, by field."""
    return {name: said(sentence) for name, sentence in fields.items()}


def is_known(sentence: str) -> bool:
    """Whether it can be said in every language."""
    return sentence in SENTENCES or any(known.fullmatch(sentence) for _, known in _patterns())


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for template in TEMPLATES:
        parts = re.split(r"%\((\w+)\)s", template)
        texts = [re.escape(text) for text in parts[::2]]
        groups = [rf"(?P<{name}>.+)" for name in parts[1::2]]
        pattern = "".join(a + b for a, b in zip(texts, [*groups, ""], strict=True))
        found.append((template, re.compile(pattern, re.DOTALL)))
    return found
