"""A Schema Registry: the project's own stub, scripts/registry-stub."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from testbed.server import ROOT, Server


class Registry(Server):
    """An empty registry on a free port of 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        super().__init__("the registry", [sys.executable, ROOT / "scripts/registry-stub"], log=folder / "registry.log")
        try:
            self.await_ready(lambda: self._port is not None)
        except BaseException:
            self.stop()
            raise

    @property
    def _port(self) -> int | None:
        """The port that it says it listens on."""
        found = re.search(r"^PORT (\d+)$", self.log.read_text(), re.MULTILINE)
        return int(found[1]) if found else None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"
