"""Where things are in a checkout, and in an image, which has the same layout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
EMBEDDED = ROOT / "deploy" / "embedded"
FRONTEND = ROOT / "gateway" / "frontend"
BUNDLE = ROOT / "gateway" / "gateway" / "static" / "build" / "manifest.json"

SERVICES = ("booking", "availability", "calendar-sync", "notifications", "crm-bridge")
PROGRAMS = (*SERVICES, "gateway")


def home(program: str) -> Path:
    """The folder with a program's config.yml, migrations and package."""
    return ROOT / "gateway" if program == "gateway" else ROOT / "services" / program


def package(program: str) -> str:
    """Its name in Python: `calendar-sync` is `calendar_sync`."""
    return program.replace("-", "_")


def database_variable(program: str) -> str:
    """The environment variable with its database's URL: `CALENDAR_SYNC_DATABASE_URL`."""
    return f"{package(program).upper()}_DATABASE_URL"


def folders() -> list[Path]:
    """Every package of ours, contracts first."""
    kit = [ROOT / "libs" / "contracts", ROOT / "libs" / "servicekit"]
    return [*kit, *(home(program) for program in PROGRAMS), EMBEDDED]
