"""Signing in at a provider's own pages and coming back (OAuth 2.0, RFC 6749, 10.12).

A sign-in's `state` is good once, for the session that began it: that session's cookie keeps a
digest of it. Neither code nor state is logged, kept in an address that stays, or shown.
"""

import re

import structlog
from flask import session
from werkzeug.wrappers import Response as Answer

from gateway import current

log = structlog.get_logger()
MOST_OPEN = 5
"""Sign-ins begun in one browser and not finished: the oldest is forgotten."""

NOT_BEGUN = (
    "This sign-in was not begun here, was used before, or took longer than ten minutes. "
    "Nothing was connected; please start it again."
)


def remember(provider: str, state: str) -> None:
    """Keeps in the session that it began it."""
    begun = [*session.get("sign_ins", []), _digest(provider, state)]
    session["sign_ins"] = begun[-MOST_OPEN:]


def began_here(provider: str, state: str) -> bool:
    """Whether this session began it; once."""
    digest, begun = _digest(provider, state), list(session.get("sign_ins", []))
    if not state or digest not in begun:
        return False
    begun.remove(digest)
    session["sign_ins"] = begun
    return True


def refused(provider: str, who: str, error: str) -> str:
    """Why there is no code, in our own words: theirs are shown nowhere."""
    if error in {"access_denied", "consent_required"}:
        return f"You did not give {who}'s permission, so nothing was connected."
    known = re.fullmatch(r"[a-z_]{1,40}", error)
    log.warning("sign_in_refused", provider=provider, error=error if known else "unknown")
    return f"{who} did not complete the sign-in. Nothing was connected; try again."


def secret(answer: Answer) -> Answer:
    """Nobody keeps it, and no address with a code or a state in it is told on."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _digest(provider: str, state: str) -> str:
    return current.mac("sign_in", session["token"], provider, state)
