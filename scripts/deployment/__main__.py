"""See scripts/check-deploy."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from deployment import compose, image, kubernetes, monitoring, systemd
from testbed.checks import Checks


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program.resolve()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="fieldseal-deploy-") as name:
        # The files in it are read as other users, too.
        folder = Path(name)
        folder.chmod(0o755)
        image.run(checks, program, folder)
        compose.run(checks, program, folder)
        kubernetes.run(checks, program, folder)
        systemd.run(checks, program, folder)
        monitoring.run(checks, folder)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
