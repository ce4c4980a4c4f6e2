"""Who gets what status where: a row for each route and method. What has no row is a failing test.

The columns of pages are `VISITORS`, those of the host API `HOLDERS` (of an API key). Everything
that a path names belongs to Mia, a member; see `support.roles`.
"""

from typing import NamedTuple

VISITORS = ("anonymous", "stranger", "colleague", "member", "admin", "owner")
"""`stranger`: the owner of another workspace. `member`: whose thing it is."""

HOLDERS = ("no key", "stranger", "unscoped", "colleague", "member", "admin", "owner")
"""`unscoped`: the owner's key with every scope but the one that is needed."""


class Row(NamedTuple):
    """Statuses in the order of the columns."""

    statuses: tuple[int, ...]


def anybody(status: int) -> Row:
    """The same for all, signed in or not."""
    return Row((status,) * 6)


def signed_in(status: int = 200, anonymous: int = 302) -> Row:
    """Everybody who is signed in, each with what is theirs."""
    return Row((anonymous, *(status,) * 5))


def theirs(status: int = 200, anonymous: int = 302) -> Row:
    """Its owner, and who sees the workspace; to others it is not there."""
    return Row((anonymous, 404, 404, status, status, status))


def own(status: int = 200, anonymous: int = 302) -> Row:
    """Its owner alone."""
    return Row((anonymous, 404, 404, status, 404, 404))


def team(status: int = 200, anonymous: int = 302) -> Row:
    """Admins; members may not, and in another workspace nobody is there."""
    return Row((anonymous, 404, 403, 403, status, status))


def for_admins(status: int = 200, anonymous: int = 302) -> Row:
    """Admins, each of their own workspace; members may not."""
    return Row((anonymous, status, 403, 403, status, status))


def admin_by_key(status: int = 200) -> Row:
    """A key of an admin, each in their own workspace; members may not."""
    return Row((401, status, 403, 403, 403, status, status))


def team_by_key(status: int = 200) -> Row:
    """A key of an admin; members may not, and in another workspace nothing is there."""
    return Row((401, 404, 403, 403, 403, status, status))


def by_key(status: int = 200) -> Row:
    """A key with the scope, whoever's it is, sees what its account sees."""
    return Row((401, status, 403, status, status, status, status))


def thing_by_key(status: int = 200) -> Row:
    """A key of its owner, or of who sees the workspace; to others it is not there."""
    return Row((401, 404, 403, 404, status, status, status))


def own_by_key(status: int = 200) -> Row:
    """A key of its owner alone."""
    return Row((401, 404, 403, 404, status, 404, 404))


def of_workspace_by_key(status: int = 200) -> Row:
    """A key of anybody in the workspace."""
    return Row((401, 404, 403, status, status, status, status))


POST_OWN = theirs(302, 401)
PAGE = {"GET": theirs()}
ASKED_FIRST = {"GET": theirs(), "POST": POST_OWN}
"""GET asks, POST does."""

TABLE: dict[str, dict[str, Row]] = {
    "static": {"GET": anybody(200)},
    "health.healthz": {"GET": anybody(200)},
    "health.readyz": {"GET": anybody(200)},
    "health.metrics": {"GET": anybody(200)},
    "auth.home": {"GET": anybody(302)},
    "auth.setup": {"GET": anybody(302), "POST": anybody(302)},  # to the sign-in: it is set up
    "auth.login": {"GET": anybody(200), "POST": anybody(422)},
    "auth.logout": {"POST": signed_in(302, 401)},
    "auth.ask_reset": {"GET": anybody(200), "POST": anybody(302)},
    "auth.reset": {"GET": anybody(200), "POST": anybody(302)},
    "auth.accept": {"GET": anybody(200), "POST": anybody(302)},
    # --- visitors and attendees: who is signed in does not matter
    "booking_pages.accent": {"GET": anybody(200)},
    "booking_pages.logo": {"GET": anybody(200)},
    "booking_pages.photo": {"GET": anybody(200)},
    "booking_pages.show": {"GET": anybody(200)},
    "booking_pages.book": {"POST": anybody(303)},
    "booking_pages.team": {"GET": anybody(200)},
    "booking_pages.booked": {"GET": anybody(200)},
    "booking_pages.calendar_file": {"GET": anybody(200)},
    "manage_pages.reschedule": {"GET": anybody(200)},
    "manage_pages.file": {"GET": anybody(200)},
    "manage_pages.move": {"POST": anybody(303)},
    "manage_pages.cancel": {"GET": anybody(200)},
    "manage_pages.cancel_now": {"POST": anybody(303)},
    "approval_pages.approve": {"GET": anybody(200), "POST": anybody(303)},
    "approval_pages.decline": {"GET": anybody(200), "POST": anybody(303)},
    "manage_pages.kept": {"GET": anybody(200)},
    # --- the same in a widget's frame
    "embed_pages.script": {"GET": anybody(200)},
    "embed_pages.show": {"GET": anybody(200)},
    "embed_pages.team": {"GET": anybody(200)},
    "embed_pages.book": {"POST": anybody(303)},
    "embed_pages.booked": {"GET": anybody(200)},
    "embed_pages.calendar_file": {"GET": anybody(200)},
    "embed_pages.reschedule": {"GET": anybody(200), "POST": anybody(303)},
    "embed_pages.cancel": {"GET": anybody(200), "POST": anybody(303)},
    "embed_pages.kept": {"GET": anybody(200)},
    # --- the dashboard
    "calendar.calendar": {"GET": signed_in()},
    "calendar.export": {"GET": signed_in()},
    "calendar.overview": {"GET": signed_in()},
    "calendar.feed": {"GET": signed_in()},
    "calendar.renew_feed": {"POST": signed_in(200, 401)},
    "calendar.end_feed": {"POST": signed_in(302, 401)},
    "calendar.feed_file": {"GET": anybody(200)},  # by the secret in its address
    "calendar.booking": PAGE,
    "calendar.file": {"GET": own()},
    "calendar.erase_file": ASKED_FIRST,
    "calendar.cancel": ASKED_FIRST,
    "calendar.reschedule": ASKED_FIRST,
    "calendar.approve": {"POST": POST_OWN},
    "calendar.decline": ASKED_FIRST,
    "calendar.reassign": ASKED_FIRST,
    "calendar.no_show": {"POST": POST_OWN},
    "calendar.resend": {"POST": POST_OWN},
    # --- settings
    "settings_pages.links": {"GET": signed_in()},
    "settings_pages.new_link": {"GET": signed_in(), "POST": signed_in(302, 401)},
    "settings_pages.link": ASKED_FIRST,
    "settings_pages.embed": ASKED_FIRST,
    "settings_pages.why": PAGE,
    "settings_pages.set_active": {"POST": POST_OWN},
    "settings_pages.copy_link": {"POST": POST_OWN},
    "settings_pages.ask_delete_link": PAGE,
    "settings_pages.delete_link": {"POST": POST_OWN},
    "settings_pages.schedules": {"GET": signed_in()},
    "settings_pages.new_schedule": {"POST": signed_in(302, 401)},
    "settings_pages.schedule": ASKED_FIRST,
    "settings_pages.make_default": {"POST": POST_OWN},
    "settings_pages.set_holidays": {"POST": POST_OWN},
    "settings_pages.delete_schedule": ASKED_FIRST,
    "settings_pages.override": ASKED_FIRST,
    "settings_pages.delete_override": {"POST": POST_OWN},
    "settings_pages.add_time_off": {"POST": signed_in(302, 401)},
    "settings_pages.delete_time_off": {"POST": POST_OWN},
    "settings_pages.calendars": {"GET": signed_in()},
    "settings_pages.add_calendar": {"GET": signed_in()},
    "settings_pages.connect": {"POST": signed_in(302, 401)},
    "settings_pages.begin_sign_in": {"POST": signed_in(302, 401)},  # none is offered here: said
    "settings_pages.finish_sign_in": {"GET": signed_in(302)},  # not begun here: said
    "settings_pages.choose_calendars": {"POST": own(302, 401)},
    "settings_pages.choose_written": {"POST": signed_in(302, 401)},
    "settings_pages.check_connection": {"POST": own(200, 401)},
    "settings_pages.disconnect": {"GET": own(), "POST": own(302, 401)},
    "settings_pages.team": {"GET": signed_in()},
    "settings_pages.invite": {"POST": Row((401, 302, 403, 403, 302, 302))},
    "settings_pages.invite_again": {"POST": team(302, 401)},
    "settings_pages.change_role": {"POST": team(302, 401)},
    "settings_pages.deactivate": {"GET": team(), "POST": team(302, 401)},
    "settings_pages.reactivate": {"POST": team(302, 401)},
    "settings_pages.new_team": {
        "GET": Row((302, 200, 403, 403, 200, 200)),
        "POST": Row((401, 302, 403, 403, 302, 302)),
    },
    "settings_pages.edit_team": {"GET": team(), "POST": team(302, 401)},
    "settings_pages.embed_team": {"GET": team()},
    "settings_pages.delete_team": {"GET": team(), "POST": team(302, 401)},
    "settings_pages.fairness": {"GET": team()},
    "settings_pages.fairness_file": {"GET": team()},
    "settings_pages.profile": {"GET": signed_in()},
    "settings_pages.save_profile": {"POST": signed_in(302, 401)},
    "settings_pages.save_page": {"POST": signed_in(302, 401)},
    "settings_pages.save_photo": {"POST": signed_in(302, 401)},
    "settings_pages.remove_photo": {"POST": signed_in(302, 401)},
    "settings_pages.change_password": {"POST": signed_in(422, 401)},  # the present one is wrong
    "settings_pages.sign_out_everywhere": {"POST": signed_in(302, 401)},
    "settings_pages.keys": {"GET": signed_in()},
    "settings_pages.create_key": {"POST": signed_in(200, 401)},
    "settings_pages.ask_revoke_key": PAGE,
    "settings_pages.revoke_key": {"POST": POST_OWN},
    "settings_pages.webhooks": {"GET": for_admins(200)},
    "settings_pages.create_webhook": {"POST": for_admins(200, 401)},
    "settings_pages.webhook": {"GET": team()},
    "settings_pages.send_test_event": {"POST": team(302, 401)},
    "settings_pages.replay_event": {"POST": team(302, 401)},
    "settings_pages.enable_webhook": {"POST": team(302, 401)},
    "settings_pages.delete_webhook": {"GET": team(), "POST": team(302, 401)},
    "settings_pages.crm": {"GET": for_admins(200)},
    "settings_pages.begin_crm_sign_in": {"POST": for_admins(302, 401)},  # not offered here: said
    "settings_pages.finish_crm_sign_in": {"GET": for_admins(302)},  # not begun here: said
    "settings_pages.connect_crm": {"POST": for_admins(422, 401)},  # no token
    "settings_pages.retry_crm": {"POST": team(302, 401)},
    "settings_pages.crm_mapping": {"GET": team(302), "POST": team(302, 401)},  # it is away: said
    "settings_pages.disconnect_crm": {"GET": team(), "POST": team(302, 401)},
    "settings_pages.workspace": {"GET": signed_in()},
    "settings_pages.save_logo": {"POST": Row((401, 302, 403, 403, 302, 302))},
    "settings_pages.remove_logo": {"POST": Row((401, 302, 403, 403, 302, 302))},
    "settings_pages.save_new_links": {"POST": Row((401, 302, 403, 403, 302, 302))},
    "settings_pages.save_workspace": {"POST": Row((401, 302, 403, 403, 302, 302))},
    # --- CRM
    "crm_pages.deals": {"GET": signed_in()},
    "crm_pages.deal": ASKED_FIRST,
    "crm_pages.call_on_deal": {"GET": theirs(302)},
    "crm_pages.contacts": {"GET": signed_in()},
    "crm_pages.contact": ASKED_FIRST,
    "crm_pages.call": {"GET": theirs(302)},
    "crm_pages.merge": {"GET": team(), "POST": team(302, 401)},
    "crm_pages.erase": {"GET": team(), "POST": team(302, 401)},
    # --- only embedded
    "dev.mails": {"GET": anybody(200)},
    "dev.mails_json": {"GET": anybody(200)},
    "dev.mail": {"GET": anybody(200)},
    "dev.mail_html": {"GET": anybody(200)},
    "dev.components": {"GET": anybody(200)},
    "dev.move_clock": {"POST": anybody(200)},
    # --- providers of calendars: who is signed in does not matter
    "hooks.google": {"POST": anybody(202)},
    "hooks.microsoft": {"POST": anybody(202)},
    "hooks.microsoft_lifecycle": {"POST": anybody(202)},
    # --- the API without a key: a session or a key does not matter
    "api.docs": {"GET": anybody(200)},
    "api.openapi": {"GET": anybody(200)},
    "api.link": {"GET": anybody(200)},
    "api.slots": {"GET": anybody(200)},
    "api.place_hold": {"POST": anybody(201)},
    "api.renew_hold": {"PATCH": anybody(200)},
    "api.release_hold": {"DELETE": anybody(204)},
    "api.book": {"POST": anybody(201)},
    "api.upload": {"POST": anybody(201)},
    "api.reschedule_by_token": {"POST": anybody(200)},
    "api.cancel_by_token": {"POST": anybody(200)},
    # --- the API with a key
    "api.links": {"GET": by_key()},
    "api.create_link": {"POST": by_key(201)},
    "api.link_settings": {"GET": thing_by_key()},
    "api.change_link": {"PATCH": thing_by_key()},
    "api.delete_link": {"DELETE": thing_by_key(204)},
    "api.explain": {"GET": thing_by_key()},
    "api.bookings": {"GET": by_key()},
    "api.booking": {"GET": thing_by_key()},
    "api.cancel": {"POST": thing_by_key()},
    "api.reschedule": {"POST": thing_by_key()},
    "api.no_show": {"POST": thing_by_key()},
    "api.approve": {"POST": thing_by_key()},
    "api.decline": {"POST": thing_by_key()},
    "api.reassign": {"POST": thing_by_key()},
    "api.decisions": {"GET": thing_by_key()},
    "api.mails": {"GET": thing_by_key()},
    "api.resend": {"POST": thing_by_key(202)},
    "api.overview": {"GET": by_key()},
    "api.schedules": {"GET": by_key()},
    "api.schedule": {"GET": thing_by_key()},
    "api.preview": {"GET": thing_by_key()},
    "api.outside": {"GET": by_key()},
    "api.holidays": {"GET": by_key()},
    "api.save_schedule": {"PUT": thing_by_key()},
    "api.delete_schedule": {"DELETE": thing_by_key(204)},
    "api.add_time_off": {"POST": by_key(201)},
    "api.delete_time_off": {"DELETE": thing_by_key(204)},
    "api.what_if": {"POST": admin_by_key()},
    "api.hosts": {"GET": by_key()},
    "api.change_host": {"PATCH": own_by_key()},
    "api.teams": {"GET": by_key()},
    "api.team": {"GET": of_workspace_by_key()},
    "api.save_team": {"PUT": team_by_key()},
    "api.delete_team": {"DELETE": team_by_key(204)},
    "api.fairness": {"GET": team_by_key()},
    "api.try_terms": {"POST": team_by_key()},
    "api.me": {"GET": by_key()},
    "api.save_me": {"PUT": by_key()},
    "api.members": {"GET": by_key()},
    "api.invite": {"POST": admin_by_key(201)},
    "api.change_role": {"PUT": team_by_key()},
    "api.deactivate": {"POST": team_by_key()},
    "api.reactivate": {"POST": team_by_key()},
    "api.workspace": {"GET": by_key()},
    "api.save_workspace": {"PUT": admin_by_key()},
    "api.audit": {"GET": admin_by_key()},
    "api.connections": {"GET": by_key()},
    "api.connect": {"POST": by_key(201)},
    "api.choose_calendars": {"PUT": own_by_key()},
    "api.check_connection": {"POST": own_by_key()},
    "api.disconnect": {"DELETE": own_by_key(204)},
    "api.deals": {"GET": by_key()},
    "api.deal": {"GET": thing_by_key()},
    "api.change_deal": {"PATCH": thing_by_key()},
    "api.add_deal_note": {"POST": thing_by_key(201)},
    "api.delete_deal_note": {"DELETE": thing_by_key(204)},
    "api.add_contact_note": {"POST": thing_by_key(201)},
    "api.delete_contact_note": {"DELETE": Row((401, 404, 403, 404, 404, 204, 204))},
    "api.board": {"GET": by_key()},
    "api.contacts": {"GET": by_key()},
    "api.merge_contacts": {"POST": team_by_key()},
    "api.erase_contact": {"POST": team_by_key()},
    "api.crm_connections": {"GET": admin_by_key()},
    "api.connect_crm": {"POST": admin_by_key(422)},  # no such provider
    "api.disconnect_crm": {"DELETE": team_by_key(204)},
    "api.crm_failures": {"GET": team_by_key()},
    "api.retry_crm": {"POST": team_by_key(202)},
    "api.crm_mapping": {"GET": team_by_key(503)},  # it is away
    "api.save_crm_mapping": {"PUT": team_by_key(503)},
    "api.contact": {"GET": thing_by_key()},
    "api.events": {"GET": by_key()},
    "api.webhooks": {"GET": admin_by_key()},
    "api.create_webhook": {"POST": admin_by_key(201)},
    "api.delete_webhook": {"DELETE": team_by_key(204)},
    "api.enable_webhook": {"POST": team_by_key()},
    "api.send_test_event": {"POST": team_by_key(202)},
    "api.replay_events": {"POST": team_by_key(202)},
    "api.webhook_deliveries": {"GET": team_by_key()},
    # --- the assistant: by any key; each tool looks at its scopes
    "assistant.mcp": {"POST": Row((401, *(200,) * 6))},
}
