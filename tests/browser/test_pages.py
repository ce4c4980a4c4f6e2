"""Every page, on a phone and on a desktop: readable by everybody, and whole.

axe-core checks what WCAG 2.2 AA and its own best practices ask for.
"""

import pytest

from support.places import PLACES


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_whole_and_accessible(tour, examiner, place):
    page, errors = tour.visit(place.who), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    answer = page.goto(tour.path(place), wait_until="load")
    assert answer.status == place.status
    if place.act:
        place.act(page)
    assert (examiner.faults(page, place.name), errors) == ({}, [])
    page.close()
