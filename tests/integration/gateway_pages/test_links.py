"""Booking links: made, changed, copied, paused, deleted, by those whose they are."""

import re
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from contracts.booking import ListLinks
from gateway.settings_pages.link_form import to_values

from .conftest import TOMORROW

LINKS = "/settings/booking-links"


def text(answer):
    return answer.get_data(as_text=True)


def form(link, **changes):
    return {**to_values(link.settings, "Europe/London"), "version": link.version, **changes}


def stored(office, link_id):
    wish = ListLinks(workspace_id=office.ada.workspace_id)
    found = office.local.booking.list_links(wish).links
    return next((link for link in found if str(link.id) == str(link_id)), None)


def test_a_title_and_a_length_make_a_link(ada, office):
    answer = ada.post(f"{LINKS}/new", data={"title": "Deep dive", "length": "60, 90"})
    made = stored(office, answer.headers["Location"].rpartition("/")[2])
    assert (made.settings.slug, made.settings.durations) == ("deep-dive", (60, 90))
    assert "Deep dive" in text(ada.get(LINKS))


def test_a_form_sent_twice_makes_one_link(ada, office):
    wish = {"title": "Once", "length": "30", "link_id": str(uuid4())}
    places = {ada.post(f"{LINKS}/new", data=wish).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert text(ada.get(LINKS)).count("<article") == 1


def test_a_taken_address_is_passed_over_for_a_new_link(ada, cyd):
    for browser in (ada, cyd):
        assert (
            browser.post(f"{LINKS}/new", data={"title": "Demo", "length": "30"}).status_code == 302
        )
    assert "/book/demo-cyd" in text(cyd.get(LINKS))


@pytest.mark.parametrize("title", ["API", "New", "日本"])
def test_a_title_whose_address_is_not_free_gets_another(ada, title):
    assert ada.post(f"{LINKS}/new", data={"title": title, "length": "30"}).status_code == 302


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(ada, office):
    link = office.link(office.ada)
    answer = ada.post(
        f"{LINKS}/{link.id}", data=form(link, durations="4", description="<i>Kept</i>")
    )
    assert answer.status_code == 422
    page = text(answer)
    assert 'id="f-durations-error"' in page
    assert "&lt;i&gt;Kept&lt;/i&gt;" in page
    assert stored(office, link.id) == link


def test_a_change_is_saved(ada, office):
    link = office.link(office.ada)
    wish = form(link, title="New title", notice_hours="0.5", creates_deal="1", listed="")
    assert ada.post(f"{LINKS}/{link.id}", data=wish).status_code == 302
    saved = stored(office, link.id).settings
    assert (saved.title, saved.notice, saved.creates_deal, saved.listed) == (
        "New title", 30, True, False,
    )  # fmt: skip


def test_a_form_cannot_set_the_owner(ada, office):
    link = office.link(office.ada)
    ada.post(f"{LINKS}/{link.id}", data=form(link, owner_id=office.cyd.id))
    assert stored(office, link.id).owner_id == office.ada.id


def test_a_member_cannot_put_other_people_on_a_link(cyd, office):
    link = office.link(office.cyd)
    wish = form(link, hosts=f"{office.cyd.id} {office.ada.id}", team_id=str(uuid4()))
    assert cyd.post(f"{LINKS}/{link.id}", data=wish).status_code == 302
    assert stored(office, link.id).settings == link.settings
    new = {"title": "Shared", "length": "30", "kind": "round_robin", "hosts": str(office.ada.id)}
    assert cyd.post(f"{LINKS}/new", data=new).status_code == 422


def test_a_script_that_asks_changes_nothing(ada, office):
    link = office.link(office.ada)
    wish = form(link, title="Other", durations="45")
    answer = ada.post(f"{LINKS}/{link.id}", data=wish, headers={"X-Live": "1"})
    assert answer.status_code == 200
    assert "45 min, 4 hours ahead at least" in text(answer)
    assert stored(office, link.id) == link


def test_who_comes_second_is_told_and_loses_nothing(ada, office):
    link = office.link(office.ada)
    ada.post(f"{LINKS}/{link.id}", data=form(link, title="First"))
    answer = ada.post(f"{LINKS}/{link.id}", data=form(link, title="Second"))
    assert answer.status_code == 409
    assert "changed meanwhile" in text(answer)
    assert 'value="Second"' in text(answer)
    assert stored(office, link.id).settings.title == "First"
    version = re.search(r'name="version" value="(\d+)"', text(answer))[1]
    ada.post(f"{LINKS}/{link.id}", data=form(link, title="Second", version=version))
    assert stored(office, link.id).settings.title == "Second"


def test_an_address_in_use_is_said_at_the_address(ada, office):
    office.link(office.ada, slug="taken")
    link = office.link(office.ada)
    answer = ada.post(f"{LINKS}/{link.id}", data=form(link, slug="taken"))
    assert answer.status_code == 422
    assert 'id="f-slug-error"' in text(answer)


def test_pausing_and_opening_again(ada, office):
    link = office.link(office.ada)
    ada.post(f"{LINKS}/{link.id}/active", data={"active": ""})
    assert "Paused" in text(ada.get(LINKS))
    ada.post(f"{LINKS}/{link.id}/active", data={"active": "1"})
    assert stored(office, link.id).settings.active


def test_a_copy_has_the_settings_and_an_address_of_its_own(ada, office):
    link = office.link(office.ada, durations=(45,))
    answer = ada.post(f"{LINKS}/{link.id}/copy", data={"copy_id": str(uuid4())})
    made = stored(office, answer.headers["Location"].rpartition("/")[2]).settings
    assert (made.title, made.slug, made.durations) == (
        "Copy of Intro call",
        f"{office.slug}-copy",
        (45,),
    )


def test_deleting_asks_first(ada, office):
    link = office.link(office.ada)
    assert "Delete “Intro call”?" in text(ada.get(f"{LINKS}/{link.id}/delete"))
    assert stored(office, link.id)
    ada.post(f"{LINKS}/{link.id}/delete")
    assert stored(office, link.id) is None


def test_somebody_elses_link_is_not_there(office, cyd):
    link = office.link(office.ada)
    for browser in (cyd, office.browser(office.eve)):
        assert "Intro call" not in text(browser.get(LINKS))
        assert "Intro call" not in text(browser.get(f"{LINKS}?who=all"))
        assert browser.get(f"{LINKS}/{link.id}").status_code == 404
        assert browser.get(f"{LINKS}/{link.id}/delete").status_code == 404
        for action in ("", "/active", "/copy", "/delete"):
            assert browser.post(f"{LINKS}/{link.id}{action}", data=form(link)).status_code == 404
    assert stored(office, link.id) == link


def test_owners_see_and_change_everyones(office, ada):
    link = office.link(office.cyd)
    assert "Intro call" not in text(ada.get(LINKS))
    assert "Intro call" in text(ada.get(f"{LINKS}?who=all"))
    assert ada.post(f"{LINKS}/{link.id}", data=form(link, title="Mended")).status_code == 302
    assert stored(office, link.id).settings.title == "Mended"


def test_schedules_that_are_away_leave_the_rest_of_the_form(office, ada):
    link = office.link(office.ada)
    office.away("availability")
    page = ada.get(f"{LINKS}/{link.id}")
    assert page.status_code == 200
    assert "Schedules cannot be shown just now" in text(page)


# --- why


def test_a_start_is_explained_rule_by_rule_with_its_zone_named(office, ada):
    made = office.link(office.ada, notice=0)
    assert "/why" in text(ada.get(f"{LINKS}/{made.id}"))
    asked = f"{LINKS}/{made.id}/why?day={TOMORROW:%Y-%m-%d}"
    page = text(ada.get(f"{asked}&time=03:00"))
    assert "It cannot be booked. Outside the hours: “Working hours” has 09:00" in page
    assert "Times in " in page
    assert "It can be booked, with " in text(ada.get(f"{asked}&time=10:00"))
    wrong = ada.get(f"{asked}&time=ten")
    assert (wrong.status_code, "A time, such as 09:30" in text(wrong)) == (422, True)


def test_only_the_owner_and_admins_may_ask_why(office, cyd):
    made = office.link(office.ada)
    assert cyd.get(f"{LINKS}/{made.id}/why").status_code == 404


def built(page):
    """The builder's inputs as the page shows them: what a browser would send."""
    part = page[page.index('name="builder"') : page.index('id="questions-preview"')]
    sent = [(name, value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', part)]
    return MultiDict([each for each in sent if each[0] in {"builder", "question"}])


def test_questions_are_built_with_buttons_alone(ada, office):
    link = office.link(office.ada)
    plain = MultiDict(form(link))
    plain.update(built(text(ada.get(f"{LINKS}/{link.id}"))))
    plain["q.note.label"] = "Your <b>note</b>"
    page = text(ada.post(f"{LINKS}/{link.id}", data=plain | {"new_type": "file", "do": "add"}))
    assert stored(office, link.id).settings.questions == link.settings.questions
    again = MultiDict(form(link))
    again.update(built(page))
    assert again.getlist("question") == ["note", "file-1"]
    again.update({"q.note.label": "Your <b>note</b>", "q.note.type": "textarea"})
    again.update({"q.file-1.label": "Your CV", "q.file-1.type": "file", "q.file-1.accept": "pdf"})
    again.update({"q.file-1.before": "note", "q.file-1.max_mib": "2"})
    assert ada.post(f"{LINKS}/{link.id}", data=again).status_code == 302
    asked = stored(office, link.id).settings.questions
    assert [(each.id, each.type) for each in asked] == [("note", "textarea"), ("file-1", "file")]
    assert (asked[1].accept, asked[1].max_mib, asked[1].shown_if.question) == (("pdf",), 2, "note")
    shown = text(ada.get(f"{LINKS}/{link.id}"))
    assert "Your &lt;b&gt;note&lt;/b&gt;" in shown
    assert "<b>note" not in shown


def test_a_question_that_booking_refuses_is_said_at_its_row(ada, office):
    link = office.link(office.ada)
    sent = MultiDict(form(link))
    sent.update({"builder": "1", "question": "note", "q.note.label": "Words\u061c"})
    answer = ada.post(f"{LINKS}/{link.id}", data=sent)
    assert answer.status_code == 422
    assert 'id="f-q-note-label-error"' in text(answer)
