"""The pages on which an attendee books: a link's page, a host's own page, the page after it.

`picking` reads what an address wishes for, `forms` what was typed; `pages` and `done` hold the
routes. Each works without JavaScript and acts on nothing but what it is sent: no session.
"""

from flask import Blueprint

blueprint = Blueprint("booking_pages", __name__)

from gateway.booking_pages import done, pages  # noqa: E402, F401 - they add their routes
