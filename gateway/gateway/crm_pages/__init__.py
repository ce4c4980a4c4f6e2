"""CRM: deals on a board and in a list, and the people who booked, with all that happened."""

from flask import Blueprint

blueprint = Blueprint("crm_pages", __name__, url_prefix="/crm")

from gateway.crm_pages import calling, changing, contacts, deals  # noqa: E402, F401 - they add their routes
