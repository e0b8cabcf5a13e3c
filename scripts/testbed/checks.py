"""Checks by name, each on a line, and a count at the end."""

from __future__ import annotations

from collections.abc import Callable


class Wrong(Exception):
    """What a check found."""


class Checks:
    """Runs checks one after the other; one that fails does not keep the others from running."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def run(self, name: str, check: Callable[[], object]) -> None:
        """Runs a check, which raises Wrong where something is."""
        try:
            check()
        except Wrong as wrong:
            self.failed += 1
            print(f"FAILED  {name}\n        " + str(wrong).strip().replace("\n", "\n        "), flush=True)
        else:
            self.passed += 1
            print(f"ok      {name}", flush=True)

    def finish(self) -> int:
        """Says how many passed and failed; the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def require(condition: object, message: str) -> None:
    """Raises Wrong with `message` unless the condition holds."""
    if not condition:
        raise Wrong(message)
