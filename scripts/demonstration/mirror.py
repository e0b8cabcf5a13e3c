"""A mirror that decrypts only while somebody holds a lease, and forgets afterwards."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from demonstration.comparison import count
from demonstration.presentation import step
from demonstration.surroundings import Surroundings
from testbed.fieldseal import Fieldseal, check_configuration
from testbed.server import ServerFailed

PAIR = "customers-on-demand"
CONFIGURATION = Path(__file__).parent / "mirror.yaml"
# How long the mirror is watched while it is idle.
IDLE_SECONDS = 3.0
PATIENCE_SECONDS = 60.0


class Mirror:
    """The way of the encrypted JSON customers through a mirror under a lease."""

    def __init__(self, around: Surroundings, program: Path, folder: Path) -> None:
        self._around = around
        self._program = program
        self._folder = folder / "mirror"
        self._target = around.topic("json.on-demand")

    def run(self, number: int) -> tuple[str, bool]:
        """Shows the mirror idle, under a lease and after it; gives the line that says what was seen, and whether it is
        what should be, with `number` records in the encrypted topic."""
        self._folder.mkdir()
        check_configuration(self._program, CONFIGURATION, self._around.environment)
        step(f"fieldseal run -c {CONFIGURATION.relative_to(Path.cwd())}")
        fieldseal = Fieldseal(self._program, CONFIGURATION, self._folder, self._around.environment)
        with fieldseal.stopping():
            idle = self._watch_idle(fieldseal)
            lease = self._lease("--ttl", "15m", "--reason", "the demonstration").split()[0]
            self._await(fieldseal, "the lease has no effect", lambda: self._count() >= number)
            decrypted = self._count()
            self._lease("--release", lease)
            self._await(fieldseal, "the records are not purged", lambda: self._count() == 0)
            purged = decrypted - self._count()
            code = fieldseal.stop()
            if code != 0:
                raise ServerFailed(f"the mirror ended with code {code}:\n{fieldseal.last_lines()}")
        line = f"mirror: {idle} decrypted while idle, {decrypted} decrypted under lease, {purged} purged"
        return line, (idle, decrypted, purged) == (0, number, number)

    def _watch_idle(self, fieldseal: Fieldseal) -> int:
        """How many records an idle mirror writes, though its source is full."""
        self._await(fieldseal, "the mirror does not come up", lambda: "no_demand" in fieldseal.last_lines())
        end = time.monotonic() + IDLE_SECONDS
        while time.monotonic() < end:
            fieldseal.check()
            time.sleep(0.1)
        return self._count()

    def _count(self) -> int:
        topics = self._around.topics
        return count(topics.read(self._target)) if topics.exists(self._target) else 0

    def _await(self, fieldseal: Fieldseal, failure: str, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            for server in (fieldseal, *self._around.servers):
                server.check()
            if time.monotonic() > end:
                raise ServerFailed(f"{failure}:\n{fieldseal.last_lines()}")
            time.sleep(0.2)

    def _lease(self, *arguments: str) -> str:
        command = ["lease", "-c", str(CONFIGURATION), "--pair", PAIR, *arguments]
        shown = " ".join(f'"{argument}"' if " " in argument else argument for argument in command)
        step(f"fieldseal {shown.replace(str(CONFIGURATION), str(CONFIGURATION.relative_to(Path.cwd())))}")
        result = subprocess.run(
            [self._program, *command],
            env={**os.environ, **self._around.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ServerFailed(f"fieldseal lease failed:\n{result.stderr}")
        step(f"    {result.stdout.strip()}")
        return result.stdout
