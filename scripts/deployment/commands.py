"""Other programs that judge."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from testbed.checks import Wrong
from testbed.server import ROOT

DEPLOY = ROOT / "deploy"


def output(
    command: Sequence[str | Path],
    environment: dict[str, str] | None = None,
    folder: Path = ROOT,
    with_errors: bool = False,
) -> str:
    """What a command prints, also on its error output if asked; raises Wrong with all that it says where it fails."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Wrong(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        raise Wrong(f"{' '.join(map(str, command[:3]))} ... exits with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + (done.stderr if with_errors else "")
