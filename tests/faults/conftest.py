"""One suite of processes for all faults in a row, and a report at the end."""

import shutil
import tempfile
from pathlib import Path

import pytest

from faults.stage import Stage
from support.mail import SmtpServer
from support.suites import PROGRAMS, ProcessSuite

REPORTS = pytest.StashKey[list]()


@pytest.fixture(scope="module")
def stage(request, postgres, rabbitmq):
    """The suite with its furniture; who ends a program starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="workestra-faults-"))
    smtp = SmtpServer()
    smtp.start()
    databases = {program: postgres.url(postgres.create(program)) for program in PROGRAMS}
    suite = ProcessSuite(folder, rabbitmq.vhost(), databases, smtp)
    suite.settings["calendar-sync"] = {"CALENDAR_CALL_SECONDS": "3"}  # three are a lease
    try:
        suite.start_all()
        made = Stage(suite, rabbitmq, postgres, smtp)
        request.config.stash[REPORTS] = made.reports
        made.furnish()
        yield made
    finally:
        suite.close()
        smtp.stop()
        shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter, config):
    """What each fault did."""
    if reports := config.stash.get(REPORTS, []):
        terminalreporter.section("faults")
        for report in reports:
            terminalreporter.write_line(str(report))
