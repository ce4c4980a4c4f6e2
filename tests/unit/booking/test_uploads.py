"""Files that are answers: what a link takes, and what a booking may have."""

from uuid import uuid4

import pytest

from booking.domain import uploads
from contracts.booking import MEBIBYTE, Question, Upload
from contracts.errors import Invalid

CV = Question(id="cv", label="CV", type="file", accept=("pdf",), max_mib=2)
PLAN = Question(id="plan", label="Plan", type="file")
ASKED = (Question(id="name", label="Name"), CV, PLAN)


def upload(question="cv", kind="pdf", size=1000, name="a.pdf"):
    return Upload(
        id=uuid4(), question=question, name=name, size=size, type="application/pdf",
        kind=kind, key="ab" * 20,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (upload(question="name"), "question"),
        (upload(question="nothing"), "question"),
        (upload(kind="zip"), "file"),
        (upload(size=2 * MEBIBYTE + 1), "file"),
        (upload(name="\u202efdp.exe"), "file"),
    ],
)
def test_a_file_that_was_not_asked_for_is_refused_at_its_field(wrong, field):
    with pytest.raises(Invalid) as refused:
        uploads.require_asked(ASKED, wrong)
    assert list(refused.value.fields) == [field]


def test_a_question_without_kinds_takes_every_kind_up_to_its_size():
    uploads.require_asked(ASKED, upload(question="plan", kind="zip", size=10 * MEBIBYTE))
    uploads.require_asked(ASKED, upload(size=2 * MEBIBYTE))


def test_a_bookings_files_are_there_belong_to_their_questions_and_are_not_too_much_together():
    cv, plan = upload(), upload("plan", "zip", 24 * MEBIBYTE)
    asked = {"cv": cv.id, "plan": plan.id}
    assert [file.id for file in uploads.attached(asked, (plan, cv))] == [cv.id, plan.id]
    for there in ((cv,), (cv, upload("plan", "zip", 25 * MEBIBYTE))):
        with pytest.raises(Invalid) as refused:
            uploads.attached({"cv": cv.id, "plan": there[-1].id}, there)
        assert list(refused.value.fields) == ["answers.plan"]
    with pytest.raises(Invalid):
        uploads.attached({"plan": cv.id}, (cv,))
