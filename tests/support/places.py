"""Every page of the suite, in the states that people meet: for looking at them and checking them.

`PLACES` is the list. What their addresses name is made by `support.tour`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


def _send_blank(page: Page) -> None:
    """Sends the page's form past the browser's own checks, so that the server's are seen."""
    with page.expect_navigation(wait_until="load"):
        page.evaluate(
            "() => { const form = document.querySelector('main form[method=post]:has(.input)');"
            " form.noValidate = true;"
            " for (const each of form.querySelectorAll('input[type=text], input[type=email],"
            " input[type=password], input:not([type])')) if (each.name !== 'website') each.value = '';"
            " HTMLFormElement.prototype.submit.call(form); }"
        )
    page.wait_for_selector(".error, .notice")


def open_all(page: Page) -> None:
    """Unfolds every section."""
    page.evaluate("() => document.querySelectorAll('details.section').forEach(d => d.open = true)")


def open_questions(page: Page) -> None:
    """Unfolds the form builder and its first rows."""
    page.evaluate(
        "() => [document.querySelector('#questions'),"
        " ...[...document.querySelectorAll('.question-body')].slice(0, 4)]"
        ".forEach(each => each.open = true)"
    )


def _send_unchecked(page: Page) -> None:
    """A file that is none, and a form that the browser looks over before it would be sent."""
    page.set_input_files(
        "input[type=file]", {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"<svg/>"}
    )
    page.wait_for_selector("[data-file] .error")
    page.locator("#book button.primary").click()
    page.wait_for_selector("#errors")


def _send_wrong(page: Page) -> None:
    """Long answers of which most are wrong, and guests without addresses."""
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmütze " * 3
    answers = page.locator("[data-question] :is(input.input:not([type=file]), textarea):visible")
    for answer in answers.all():
        answer.fill(long)
    page.locator(".guests > summary").click()
    page.fill("textarea[name=guests]", "somebody@\n" * 3)
    page.locator("#book button.primary").click()
    page.wait_for_selector("#errors")


def _send_nonsense(page: Page) -> None:
    """The page's main form, with nonsense wherever something can be typed, past the browser."""
    open_all(page)
    with page.expect_navigation(wait_until="load"):
        page.evaluate(
            "() => { const form = document.querySelector('#link-form, #week-form, #override-form');"
            " for (const each of form.elements) if (['text', 'url'].includes(each.type)"
            " && !each.name.startsWith('q')) each.value = 'neither nor';"
            " const saves = document.createElement('input');"
            " Object.assign(saves, { type: 'hidden', name: 'do', value: 'save' });"
            " if (form.id !== 'link-form') form.append(saves);"
            " HTMLFormElement.prototype.submit.call(form); }"
        )
    page.wait_for_selector("#errors")


def _send_no_days(page: Page) -> None:
    """Time off without a day."""
    with page.expect_navigation(wait_until="load"):
        page.evaluate(
            "() => HTMLFormElement.prototype.submit.call("
            "document.querySelector(\"form[action$='/time-off']\"))"
        )


def _open_menu(page: Page) -> None:
    page.locator("main [data-menu] > summary").first.click()


def _see_type(page: Page) -> None:
    """What an address names stands open."""
    page.wait_for_selector("#type-Booking[open]")


def _open_dates(page: Page) -> None:
    page.locator(".toolbar [data-menu] > summary").click()


def _open_panel(page: Page) -> None:
    """Beside the picture; on a phone the list of the week has the same links."""
    page.locator("a[data-panel]:visible").first.click()
    page.wait_for_selector("dialog.panel")


def _open_tables(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('main details').forEach(d => d.open = true)")


def _make_feed(page: Page) -> None:
    """With the address that is shown once, and what is asked before it ends."""
    page.locator("form[action$='/feed'] button").first.evaluate("button => button.click()")
    page.wait_for_selector(".secret")
    _open_tables(page)


def _connect(page: Page) -> None:
    """A practice calendar; the page that lists it."""
    page.get_by_role("button", name="Connect", exact=True).click()
    page.wait_for_url("**/settings/calendars")


def _make_key(page: Page) -> None:
    """With a long name and everything that a key can do."""
    page.locator("details.section > summary").first.click()
    page.fill("input[name=name]", "For the reports of Wilhelmina Featherstonehaugh-Cholmondeley")
    for scope in page.locator("input[name=scopes]").all():
        scope.check()
    page.get_by_role("button", name="Make the key").click()
    page.wait_for_selector("#new-key")


def _write_note(page: Page) -> None:
    """Long, with a word that does not end and another script."""
    page.fill("textarea[name=text]", "רחל asks: when? " * 60 + "x" * 200)
    page.get_by_role("button", name="Keep the note").click()
    page.wait_for_selector(".opening")


def _choose_other(page: Page) -> None:
    page.locator("a.row-link").first.click()
    page.wait_for_url("**/merge?with=*")


def _choose_round_robin(page: Page) -> None:
    page.get_by_label("Round robin").check()


def _open_languages(page: Page) -> None:
    page.locator(".languages > summary").click()


def _find_people(page: Page) -> None:
    """Of sixty, those with a name; also without its accents, and without sending the form."""
    _choose_round_robin(page)
    page.get_by_label("Find people").fill("nguyen")
    page.get_by_label("Find people").press("Enter")
    page.wait_for_function(
        "() => { const shown = [...document.querySelectorAll('.people > :not([hidden])')];"
        " return shown.length === 14 && shown.every(each => /Nguyễn/.test(each.textContent)); }"
    )


def _choose(page: Page) -> None:
    page.locator("a.slot[data-start]").first.click()


@dataclass(frozen=True)
class Place:
    """A page in a state: `path` may name addresses of the tour; `act` is done once it is there."""

    name: str
    path: str
    who: str = "nobody"
    act: Callable[[Page], None] | None = None
    status: int = 200


PLACES = [
    Place("book", "/book/ada"),
    Place("book-slot-chosen", "/book/ada", act=_choose),
    Place("book-lengths", "/book/intake"),
    Place("book-next-free", "/book/{later}?month={this_month}"),
    Place("book-nothing-free", "/book/{full}"),
    Place("book-long-names", "/book/{long}"),
    Place("book-closed", "/book/{closed}"),
    Place("form", "/book/ada?start={free}&tz=Asia/Tokyo"),
    Place("form-questions", "/book/intake?start={free_intake}&tz=Asia/Kolkata"),
    Place("form-errors", "/book/ada?start={free}&tz=Asia/Tokyo", act=_send_blank),
    Place("form-unchecked", "/book/intake?start={free_intake}&tz=Asia/Tokyo", act=_send_unchecked),
    Place("form-everything", "/book/{everything}?start={everything_start}&tz=Asia/Tokyo"),
    Place(
        "form-everything-errors",
        "/book/{everything}?start={everything_start}&tz=Asia/Kathmandu",
        act=_send_wrong,
    ),
    Place("form-taken", "/book/ada?start={taken}&tz=Asia/Tokyo", status=409),
    Place("done", "{done}"),
    Place("done-long", "{long_done}"),
    Place("team-pick", "/team/{team_slug}"),
    Place("team-nothing", "/team/{idle_team_slug}"),
    Place("team-crowd", "/team/{crowd_slug}"),
    Place("book-team", "/book/{team_link}"),
    Place("book-picked", "/book/{team_link}?host={team_host}"),
    Place("book-group", "/book/{group}"),
    Place("form-group", "/book/{group}?start={group_start}&tz=Asia/Tokyo"),
    Place("book-together", "/book/{together}"),
    Place("form-approval", "/book/{asking}?start={asking_start}&tz=Asia/Tokyo"),
    Place("done-asked", "{asked_done}"),
    Place("book-hebrew", "/book/ada?lang=he", act=_open_languages),
    Place(
        "form-hebrew", "/book/intake?start={free_intake}&tz=Asia/Tokyo&lang=he", act=_send_unchecked
    ),
    Place("form-taken-hebrew", "/book/ada?start={taken}&tz=Asia/Tokyo&lang=he", status=409),
    Place("done-hebrew", "{done}?lang=he"),
    Place("team-pick-hebrew", "/team/{team_slug}?lang=he"),
    Place("host-hebrew", "/book/ada-acme?lang=he"),
    Place("reschedule-hebrew", "{reschedule}?start={free}&lang=he"),
    Place("cancel-hebrew", "{cancel}?lang=he"),
    Place("host", "/book/ada-acme"),
    Place("host-nothing", "/book/{fresh_host}"),
    Place("reschedule", "{reschedule}"),
    Place("reschedule-chosen", "{reschedule}?start={free}"),
    Place("reschedule-taken", "{reschedule}?start={taken}", status=409),
    Place("reschedule-long", "{long_reschedule}"),
    Place("reschedule-late", "{late}"),
    Place("cancel", "{cancel}"),
    Place("cancel-long", "{long_cancel}"),
    Place("cancelled", "{cancelled}"),
    Place("kept", "/book/cancel/kept"),
    Place("approve", "{approve}"),
    Place("decline", "{decline}"),
    Place("moved", "{moved}", status=409),
    Place("dead-token", "/book/cancel/" + "x" * 43, status=404),
    Place("not-found", "/book/no-such-page", status=404),
    Place("login", "/login"),
    Place("login-wrong", "/login", act=_send_blank),
    Place("ask-reset", "/reset"),
    Place("reset", "{reset}"),
    Place("reset-errors", "{reset}", act=_send_blank),
    Place("invitation", "{invitation}"),
    Place("invitation-errors", "{invitation}", act=_send_blank),
    Place("invitation-dead", "/invitation/" + "x" * 43, status=404),
    Place("api-docs", "/api/docs#type-Booking", act=_see_type),
    Place("dev-mails", "/dev/mail"),
    Place("dev-mail", "{mail}"),
    Place("dev-ui", "/dev/ui"),
    Place("calendar", "/calendar", "owner"),
    Place("calendar-menu", "/calendar", "owner", _open_menu),
    Place("calendar-past", "/calendar?tab=past", "owner"),
    Place("calendar-no-shows", "/calendar?tab=no_shows", "owner"),
    Place("calendar-cancelled", "/calendar?tab=cancelled", "owner"),
    Place("calendar-everyone", "/calendar?who=everyone", "owner"),
    Place("calendar-no-match", "/calendar?q=nobody-is-called-that", "owner"),
    Place("calendar-dates", "/calendar?who=everyone&from={day}", "owner", _open_dates),
    Place("calendar-week", "/calendar?view=week&who=everyone&day={day}", "owner"),
    Place("calendar-panel", "/calendar?view=week&who=everyone&day={day}", "owner", _open_panel),
    Place("calendar-week-empty", "/calendar?view=week", "fresh"),
    Place("calendar-month", "/calendar?view=month&who=everyone&day={day}", "owner"),
    Place("calendar-week-hard", "/calendar?view=week&who=everyone&day={hard_day}", "owner"),
    Place("calendar-overview", "/calendar/overview?who=everyone", "owner", _open_tables),
    Place("calendar-overview-empty", "/calendar/overview", "fresh"),
    Place("calendar-feed", "/calendar/feed", "owner", _make_feed),
    Place("calendar-feed-none", "/calendar/feed", "fresh"),
    Place("calendar-empty", "/calendar", "fresh"),
    Place("calendar-past-empty", "/calendar?tab=past", "fresh"),
    Place("booking", "/calendar/{booking}", "owner"),
    Place("booking-mixed", "/calendar/{hard}", "owner"),
    Place("booking-long", "/calendar/{hard_long}", "owner"),
    Place("booking-cancelled", "/calendar/{booking_cancelled}", "owner"),
    Place("booking-answers", "/calendar/{filed}", "owner"),
    Place("file-delete", "/calendar/{filed}/files/{file}/delete", "owner"),
    Place("booking-why", "/calendar/{team_booking}", "owner"),
    Place("booking-why-crowd", "/calendar/{crowd_booking}", "crowd", _open_tables),
    Place("calendar-pending", "/calendar?tab=pending", "owner"),
    Place("booking-pending", "/calendar/{asked}", "owner"),
    Place("booking-decline", "/calendar/{asked}/decline", "owner"),
    Place("booking-reassign", "/calendar/{team_booking}/reassign", "owner"),
    Place("booking-reschedule", "/calendar/{booking}/reschedule", "owner"),
    Place("booking-cancel", "/calendar/{booking}/cancel", "owner"),
    Place("links", "/settings/booking-links", "owner"),
    Place("links-empty", "/settings/booking-links", "fresh"),
    Place("link-new", "/settings/booking-links/new", "owner"),
    Place("link-new-shared", "/settings/booking-links/new", "owner", _choose_round_robin),
    Place("link-team", "{team_link_page}", "owner", open_all),
    Place("link-new-crowd", "/settings/booking-links/new", "crowd", _find_people),
    Place("link-group", "{group_page}", "owner", open_all),
    Place("link-new-errors", "/settings/booking-links/new", "owner", _send_blank),
    Place("link", "{link}", "owner"),
    Place("link-open", "{link}", "owner", open_all),
    Place("link-questions", "{everything_page}", "owner", open_questions),
    Place("link-errors", "{link}", "owner", _send_blank),
    Place("link-nonsense", "{group_page}", "owner", _send_nonsense),
    Place("link-embed", "{link}/embed", "owner"),
    Place("link-delete", "{link}/delete", "owner"),
    Place("schedules", "/settings/schedules", "owner"),
    Place("schedule", "{schedule}", "owner"),
    Place("schedules-errors", "/settings/schedules", "owner", _send_no_days),
    Place("schedule-full", "{full_schedule}", "owner"),
    Place("schedule-errors", "{full_schedule}", "owner", _send_nonsense),
    Place("schedule-override", "{schedule}/overrides?day={day}", "owner"),
    Place("schedule-delete", "{full_schedule}/delete", "owner"),
    Place("calendars", "/settings/calendars/add/practice", "fresh", _connect),
    Place("calendars-empty", "/settings/calendars", "owner"),
    Place("calendar-add", "/settings/calendars/add/caldav", "owner"),
    Place("calendar-add-errors", "/settings/calendars/add/caldav", "owner", _send_blank),
    Place("keys", "/settings/api-keys", "owner"),
    Place("keys-made", "/settings/api-keys", "owner", _make_key),
    Place("webhooks", "/settings/webhooks", "owner", open_all),
    Place("webhooks-errors", "/settings/webhooks", "owner", _send_blank),
    Place("settings-crm", "/settings/crm", "owner", open_all),
    Place("settings-crm-errors", "/settings/crm", "owner", _send_blank),
    Place("webhook", "{webhook}", "owner"),
    Place("webhook-delete", "{webhook}/delete", "owner"),
    Place("team", "/settings/team", "owner"),
    Place("team-invite", "/settings/team", "owner", open_all),
    Place("team-invite-errors", "/settings/team", "owner", _send_blank),
    Place("team-menu", "/settings/team", "owner", _open_menu),
    Place("team-as-member", "/settings/team", "fresh"),
    Place("members-crowd", "/settings/team?page=2", "crowd"),
    Place("teams-none", "/settings/team", "alone"),
    Place("team-new", "/settings/team/new", "owner"),
    Place("team-new-errors", "/settings/team/new", "owner", _send_blank),
    Place("team-edit", "{team}", "owner"),
    Place("team-edit-crowd", "{crowd_team}", "crowd"),
    Place("team-embed", "{team}/embed", "owner"),
    Place("team-delete", "{team}/delete", "owner"),
    Place("fairness", "{team}/fairness?first={last_month}&last={next_month}", "owner", open_all),
    Place("fairness-trial", "{team}/fairness?last={next_month}&method=rotate", "owner"),
    Place("fairness-none", "{idle_team}/fairness", "owner"),
    Place("fairness-crowd", "{crowd_team}/fairness", "crowd"),
    Place("deactivate", "{deactivate}", "owner"),
    Place("profile", "/settings/profile", "owner"),
    Place("profile-errors", "/settings/profile", "owner", _send_blank),
    Place("workspace", "/settings/workspace", "owner"),
    Place("workspace-as-member", "/settings/workspace", "fresh"),
    Place("deals", "/crm/deals", "owner"),
    Place("deals-empty", "/crm/deals", "fresh"),
    Place("deals-board", "/crm/deals?view=board", "owner"),
    Place("contacts", "/crm/contacts", "owner"),
    Place("contacts-empty", "/crm/contacts", "fresh"),
    Place("contacts-none", "/crm/contacts?q=nobody-of-this-name", "owner"),
    Place("contact-merge", "{contact}/merge", "owner"),
    Place("contact-merge-asked", "{contact}/merge", "owner", _choose_other),
    Place("contact-erase", "{contact}/erase", "owner"),
    Place("deal", "{deal}", "owner"),
    Place("deal-noted", "{deal}", "owner", _write_note),
    Place("deal-errors", "{deal}", "owner", _send_blank),
    Place("contact", "{contact}", "owner"),
    Place("contact-answers", "{answered}", "owner", _open_tables),
    Place("nothing-here", "/settings/nothing-of-this", "owner", status=404),
    Place("forbidden", "{deactivate}", "fresh", status=403),
]
