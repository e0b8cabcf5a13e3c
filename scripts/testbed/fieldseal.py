"""Fieldseal itself, running pairs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from testbed.server import Server, ServerFailed


class Fieldseal(Server):
    """`fieldseal run` with a configuration file and the environment that it refers to."""

    def __init__(
        self, program: Path, configuration: Path, folder: Path, environment: dict[str, str], *arguments: str
    ) -> None:
        super().__init__(
            "fieldseal",
            [program, "run", "-c", configuration, *arguments],
            log=folder / "fieldseal.log",
            environment=environment,
        )


def check_configuration(program: Path, configuration: Path, environment: dict[str, str]) -> str:
    """What `fieldseal check` says of a configuration; raises ServerFailed where that is wrong."""
    result = subprocess.run(
        [program, "check", "-c", configuration],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ServerFailed(f"fieldseal refuses {configuration}:\n{result.stderr}")
    return result.stdout
