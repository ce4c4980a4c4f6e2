"""Writes the Python client out of the API's document, as this checkout has it."""

import runpy
import subprocess
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from gateway.api.openapi import document
from gateway.app import create_app
from gateway.settings import Settings
from tool.places import ROOT
from tool.quality import BIN

CLIENT = ROOT / "clients" / "python"


def write() -> int:
    """No service is asked: the document follows from the routes and their types."""
    nobody: Any = SimpleNamespace(availability=None, now=datetime.now)
    settings = Settings(public_url="http://localhost", secret_keys=("none",))
    app = create_app(settings, nobody, nobody, nobody)
    module = CLIENT / "workestra_client" / "api.py"
    generator = runpy.run_path(str(CLIENT / "generate.py"))
    module.write_text(generator["source"](document(app)))
    subprocess.run([BIN / "ruff", "format", "--no-cache", "--quiet", module], check=True)
    return 0
