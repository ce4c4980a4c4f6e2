"""A file as it is given out: saved by the browser, never opened or guessed at by it."""

from flask import Response, send_file

from contracts.booking import Upload
from gateway import current

POLICY = "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


def attachment(upload: Upload) -> Response:
    """Raises `NotFound`, `Unavailable`. The name is written as RFC 6266 has it."""
    content = current.files().open(upload.key)
    answer = send_file(
        content,
        mimetype=upload.type,
        as_attachment=True,
        download_name=upload.name,
        conditional=False,
        etag=False,
    )
    answer.headers["Content-Length"] = str(upload.size)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
