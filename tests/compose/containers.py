"""Containers that stop and start while people book: what must be refused, and what is caught up."""

import os
import shlex
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from people import Visitor, check, done, until

DAY_AHEAD = timedelta(hours=26)
"""Meetings that are further away than this get a reminder, 24 hours before they start."""

TRIAL = 180
"""Seconds after which a program whose clock was moved ends, whatever became of this run."""


class Booker(Protocol):
    """What is needed of the main job."""

    visitor: Visitor

    def times(self, ahead: timedelta = ...) -> list[str]:
        """Free starts."""
        ...

    def book(self, start: str, email: str) -> tuple[int, dict[str, Any]]:
        """Status and answer of one try."""
        ...

    def mails(self, *words: str) -> list[dict[str, str]]:
        """Those with these words."""
        ...

    def mailed(self, count: int, *words: str) -> dict[str, str]:
        """Exactly so many; the newest."""
        ...


class Containers:
    """The compose command, as its operator types it."""

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)

    def tell(self, *words: str) -> None:
        """`stop booking`, `start booking`; ends the run when it is refused."""
        ran = subprocess.run([*self._command, *words], capture_output=True, text=True, check=False)
        check(ran.returncode == 0, f"compose {' '.join(words)}", ran.stderr)

    @contextmanager
    def ahead(self, service: str, offset: timedelta) -> Iterator[None]:
        """Runs one in place of its stopped container, its clock moved."""
        clock = f"CLOCK_OFFSET_SECONDS={offset.total_seconds():.0f}"
        command = ("timeout", str(TRIAL), "python", "workestra", "run", service)
        words = ("run", "--rm", "--no-deps", "-T", "-e", clock, service, *command)
        running = subprocess.Popen(
            [*self._command, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait()


def trouble(job: Booker, containers: Containers) -> None:
    """Everything that an operator may do to containers while people book."""
    notifications_away(job, containers)
    booking_away(job, containers)
    broker_restarted(job, containers)
    reminded_once(job, containers)


def someone() -> str:
    """An address of nobody before."""
    return f"ned-{uuid.uuid4().hex[:8]}@visitor.example"


def booked(job: Booker, start: str, email: str) -> str:
    """Books, and must succeed; the path that cancels it."""
    status, answer = job.book(start, email)
    check(status == 201, "a visitor books", answer)
    return "/api/v1/bookings/cancel/" + str(answer["cancel_url"]).rsplit("/", 1)[1]


def cancelled(job: Booker, path: str) -> None:
    """Gives the time back."""
    status, answer = job.visitor.call("POST", path, {"reason": "Trying"})
    check(status == 200, "it is cancelled", answer)


def readiness(job: Booker) -> tuple[int, set[str]]:
    """The probe's status and the names of what is away."""
    status, answer = job.visitor.call("GET", "/readyz")
    return status, set(answer.get("away", ()))


def notifications_away(job: Booker, containers: Containers) -> None:
    """Bookings go on without mails; those come afterwards, once."""
    email = someone()
    containers.tell("stop", "notifications")
    path = booked(job, job.times()[0], email)
    check(not job.mails(email), "no mail while notifications is away")
    done("a visitor books while notifications is stopped")
    containers.tell("start", "notifications")
    job.mailed(1, email)
    cancelled(job, path)
    job.mailed(2, email)


def booking_away(job: Booker, containers: Containers) -> None:
    """Nothing can be booked, and the probe and the answer say so; then it can again."""
    start, email = job.times()[0], someone()
    containers.tell("stop", "booking")
    check(readiness(job) == (503, {"booking"}), "the probe names booking", readiness(job))
    status, answer = job.book(start, email)
    check(status == 503, "nothing is booked while booking is away", answer)
    done("while booking is stopped the probe names it and bookings get 503")
    containers.tell("start", "booking")
    until(lambda: readiness(job)[0] == 200, "ready again")
    path = booked(job, start, email)
    job.mailed(1, "Confirmed", email)
    cancelled(job, path)
    job.mailed(2, email)


def broker_restarted(job: Booker, containers: Containers) -> None:
    """Every program connects again by itself, and nothing that was announced is lost."""
    email = someone()
    path = booked(job, job.times()[0], email)
    containers.tell("restart", "rabbitmq")
    until(lambda: readiness(job)[0] == 200, "ready again after the broker's restart")
    job.mailed(1, email)
    cancelled(job, path)
    job.mailed(2, email)


def reminded_once(job: Booker, containers: Containers) -> None:
    """A day ahead of the meeting the reminder comes, and a restart brings no second one."""
    email = someone()
    start = until(lambda: job.times(DAY_AHEAD), "there are times for a reminder")[0]
    path = booked(job, start, email)
    job.mailed(1, email)
    containers.tell("stop", "notifications")
    ahead = datetime.fromisoformat(start) - timedelta(hours=23) - datetime.now(UTC)
    with containers.ahead("notifications", ahead):
        job.mailed(1, "Reminder", email)
    containers.tell("start", "notifications")
    cancelled(job, path)
    job.mailed(1, "Cancelled", email)
    job.mailed(1, "Reminder", email)
    job.mailed(3, email)
