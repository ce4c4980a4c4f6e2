"""The floor of a page: a Flask view that gives the bytes of a file. `gunicorn bench.bare:app`."""

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__)
BODY = Path(os.environ["BARE_BODY"]).read_bytes()


@app.get("/")
def bare() -> Response:
    """The bytes."""
    return Response(BODY, content_type="application/json")
