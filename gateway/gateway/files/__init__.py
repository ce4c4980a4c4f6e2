"""Files that visitors attach: taken, stored outside every database, given out again, deleted.

The gateway alone touches their content, in whatever fsspec reaches under `FILES_URL`; booking keeps
a record of each (name, size, type, random key) and says when its time is over. The record is made
first and forgotten last, so that no content is ever without one.
"""

from gateway.files.store import FileStore
from gateway.files.sweeping import Sweeper

__all__ = ["FileStore", "Sweeper"]
