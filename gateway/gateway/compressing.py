"""Answers and built files in fewer bytes, for whoever takes them so.

Built files are compressed by the build (Brotli and gzip); what is rendered is compressed here, with
gzip. Nothing of a signed-in reader's is: there a page holds its form's token beside words that a
stranger may have chosen, and sizes would tell about it (the BREACH attack).
"""

import gzip
import mimetypes
from pathlib import Path

from flask import Flask, Response, current_app, g, request, send_from_directory

SMALLEST = 860
"""Bytes; below it an answer fits one packet anyway."""
LEVEL = 5
TEXT = frozenset({"text/html", "text/css", "application/json", "image/svg+xml"})
BUILT = (("br", ".br"), ("gzip", ".gz"))
"""What the build leaves beside each file, the smallest first."""


def register(app: Flask) -> None:
    """Installs both ways."""
    app.after_request(compress)
    app.view_functions["static"] = static


def static(filename: str) -> Response:
    """A static file, in the form that its reader takes."""
    assert current_app.static_folder is not None
    max_age = current_app.get_send_file_max_age(filename)
    return send(Path(current_app.static_folder), filename, max_age)


def send(folder: Path, name: str, max_age: int | None) -> Response:
    """A file of `folder`, or its compressed form. Raises `NotFound` (werkzeug)."""
    kind = mimetypes.guess_type(name)[0]
    for encoding, suffix in BUILT:
        if request.accept_encodings[encoding] and (folder / f"{name}{suffix}").is_file():
            answer = send_from_directory(folder, name + suffix, mimetype=kind, max_age=max_age)
            answer.headers["Content-Encoding"] = encoding
            break
    else:
        answer = send_from_directory(folder, name, mimetype=kind, max_age=max_age)
    answer.headers.pop("Content-Disposition", None)
    answer.vary.add("Accept-Encoding")
    return answer


def compress(answer: Response) -> Response:
    """What was rendered for a visitor. Answers with an ETag stay the bytes that it names."""
    if request.method != "GET" or answer.mimetype not in TEXT or answer.direct_passthrough:
        return answer
    if g.get("account") is not None or "ETag" in answer.headers or answer.is_streamed:
        return answer
    answer.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or (answer.content_length or 0) < SMALLEST:
        return answer
    # Without the time of day in it: the same page is the same bytes.
    answer.set_data(gzip.compress(answer.get_data(), LEVEL, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    return answer
