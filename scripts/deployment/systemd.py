"""The systemd unit."""

from __future__ import annotations

import re
from pathlib import Path

from deployment.commands import DEPLOY, output
from testbed.checks import Checks, require

UNIT = DEPLOY / "systemd/fieldseal.service"
# Exposure as systemd-analyze rates it, from 0 to 10.
MOST_EXPOSURE = 2.0


def run(checks: Checks, program: Path, folder: Path) -> None:
    checks.run("systemd accepts the unit", lambda: _verify(program, folder))
    checks.run(f"systemd rates the unit's exposure below {MOST_EXPOSURE}", _exposure)


def _verify(program: Path, folder: Path) -> None:
    # It looks whether the program is there.
    unit = folder / "fieldseal.service"
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/fieldseal", str(program)))
    said = output(["systemd-analyze", "verify", "--man=no", unit], with_errors=True)
    require(not said.strip(), said)


def _exposure() -> None:
    said = output(["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT], {"SYSTEMD_COLORS": "0"})
    found = re.search(r"exposure level for \S+: ([\d.]+)", said)
    require(found and float(found[1]) < MOST_EXPOSURE, said.splitlines()[-1] if said else "it says nothing")
