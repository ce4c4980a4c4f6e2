"""A program under test: started in a group of its own, with a log, and ended by its own id."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Program:
    """One process with what it starts; `environment` adds to this process's own."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]
    ) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        """To the whole group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM to the program itself, as an orchestrator does it; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self.signal(signal.SIGKILL)

    def kill(self) -> None:
        """SIGKILL: no handler runs."""
        self.signal(signal.SIGKILL)
        self.process.wait(10)

    def text(self) -> str:
        """Everything that it wrote."""
        return self.log.read_text(errors="replace")
