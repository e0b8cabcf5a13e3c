"""A program that runs beside a script, and never longer than it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


class ServerFailed(Exception):
    """A server did not come up, or ended while it was needed."""


class Server:
    """A running program, with its output in a log file.

    It has a session of its own, so that Ctrl-C reaches only the script, which then stops it in order. Should the script
    be killed, the kernel ends the program.
    """

    def __init__(
        self, name: str, command: Sequence[str | Path], log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*tied, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def check(self) -> None:
        """Raises ServerFailed, with the end of its log, where it no longer runs."""
        if self.exit_code is not None:
            raise ServerFailed(f"{self.name} ended with code {self.exit_code}:\n{self.last_lines()}")

    def last_lines(self, count: int = 20) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-count:])

    def await_ready(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Returns once `ready` says so; raises ServerFailed where it does not, or where the program ends."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ServerFailed(f"{self.name} did not answer within {seconds:.0f} s:\n{self.last_lines()}")
            time.sleep(0.02)

    def stop(self, seconds: float = 15) -> int:
        """Ends it with SIGTERM, or by force after `seconds`; gives its exit code."""
        if self.exit_code is None:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        # What it may have started itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait()

    def kill(self) -> None:
        """Ends it as a crash would, with SIGKILL."""
        self._process.kill()
        self._process.wait()

    @contextlib.contextmanager
    def stopping(self) -> Iterator[None]:
        """Stops it at the end of the block."""
        try:
            yield
        finally:
            self.stop()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Whether something listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
