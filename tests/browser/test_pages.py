"""Every page, on a phone and on a desktop, light and dark: readable by everybody, and whole.

axe-core checks what WCAG 2.2 AA and its own best practices ask for. Pictures of all of it are
left in `artifacts/pages/`.
"""

import pytest

from support.looks import APART, LOOKS, RUN, SMALL, TAGS, TARGET, THEMES, WIDE
from support.places import PLACES

CHECKED = {"phone": "light", "desktop": "dark"}
"""The theme in which axe reads each look: a theme changes colours, a look changes the rest."""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_is_whole_and_accessible(tour, axe, pictures, place, look):
    context = tour.browser.new_context(
        viewport=LOOKS[look],
        storage_state=tour.states[place.who],
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    answer = page.goto(tour.path(place), wait_until="load")
    assert answer.status == place.status
    if place.act:
        place.act(page)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=pictures / f"{place.name}-{look}-{theme}.png", full_page=True)
    page.emulate_media(color_scheme=CHECKED[look])
    page.evaluate(axe)
    found = page.evaluate(RUN, [TAGS, APART.get(place.name, [])])
    sideways = page.evaluate(WIDE)
    small = page.evaluate(SMALL, TARGET) if look == "phone" else []
    context.close()
    assert (found, sideways, small, errors) == ([], 0, [], [])
