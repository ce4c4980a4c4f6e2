"""A host's answer to a request, by the buttons in their mail: yes or no, without signing in.

GET shows and changes nothing, since mail scanners follow links; only POST acts. The token stands in
the address, so no answer is kept and no referrer is sent.
"""

from typing import Literal

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import DecideByToken, FindByToken, Managed
from contracts.errors import AlreadyMoved, Conflict, NotFound, SchedulingError, TooLate
from gateway import current, limits
from gateway.booking_pages import done
from gateway.errors import status_of
from gateway.presenting.refusals import said

blueprint = Blueprint("approval_pages", __name__)

LONGEST_REASON = 1000


@blueprint.after_request
def keep_secret(answer: Answer) -> Answer:
    """Also where the answer is an error."""
    return done.private(answer)


@blueprint.route("/book/approve/<token>", methods=["GET", "POST"])
def approve(token: str) -> Answer:
    """What is asked for, and the button; after it, that it is booked."""
    if request.method == "POST":
        return _decide(token, "approve")
    return _shown(token, "approve")


@blueprint.route("/book/decline/<token>", methods=["GET", "POST"])
def decline(token: str) -> Answer:
    """The same for no, with room for a reason."""
    if request.method == "POST":
        return _decide(token, "decline")
    return _shown(token, "decline")


def _decide(token: str, action: Literal["approve", "decline"]) -> Answer:
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    limits.check_address("manage")
    try:
        current.services().booking.decide_by_token(
            DecideByToken(token=token, action=action, reason=reason)
        )
    except (NotFound, AlreadyMoved):
        raise
    except Conflict:
        pass  # The page that follows says what happened before.
    except SchedulingError as refused:
        return _shown(token, action, refused)
    return redirect(url_for(f"approval_pages.{action}", token=token), 303)


def _shown(
    token: str, action: Literal["approve", "decline"], refused: SchedulingError | None = None
) -> Answer:
    found: Managed = current.services().booking.find_by_token(
        FindByToken(token=token, action=action)
    )
    booking = found.booking
    zone = booking.hosts[0].timezone if booking.hosts else booking.attendee.timezone
    page = render_template(
        "manage/decide.html",
        action=action,
        closed=said(found.closed, TooLate.default),
        refused=refused,
        reason=request.form.get("reason", ""),
        **done.meeting(booking, zone),
    )
    return make_response(page, status_of(refused) if refused else 200)
