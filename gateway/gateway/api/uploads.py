"""Files for a link's questions, sent before the booking that they belong to."""

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from contracts.errors import Invalid
from gateway import limits
from gateway.api import answers, blueprint, reading
from gateway.api.describing import Operation, describes
from gateway.api.shapes import UploadMade
from gateway.errors import TooLarge, UnsupportedMediaType
from gateway.files import taking

PARTS = (
    ("question", "The id of one of the link's questions of the type `file`."),
    ("file", "The file, with its name."),
)


@blueprint.post("/v1/links/<slug>/uploads")
@describes(
    Operation(
        "Sends a file, as an answer to a question",
        form=PARTS,
        gives=UploadMade,
        status=201,
        refuses=(409, 429),
    )
)
def upload(slug: str) -> Response:
    """201 with the value that stands for the file in `answers`."""
    limits.check_address("upload")  # before anything of it is read
    request.max_content_length = taking.LARGEST_REQUEST
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send multipart/form-data with question and file.")
    try:
        question, sent = request.form.get("question", ""), request.files.get("file")
    except RequestEntityTooLarge:
        raise TooLarge(
            "This file is larger than 25 MiB.", fields={"file": "At most 25 MiB."}
        ) from None
    if sent is None or not sent.filename:
        raise Invalid(fields={"file": "Send a file, with its name."})
    made = taking.take(reading.slug(slug), reading.question(question), sent)
    assert made.expires_at is not None
    shown = UploadMade(
        upload=made.id, name=made.name, size=made.size, type=made.type, expires_at=made.expires_at
    )
    return answers.reply(shown, 201)
