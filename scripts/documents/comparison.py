"""What a command printed, compared with what a document shows."""

from __future__ import annotations

import difflib
import re

# What differs from run to run, and what is compared in its place.
_VOLATILE = (
    (re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,}={0,2}(?![A-Za-z0-9+/=])"), "(base64)"),
    (re.compile(r"\b\d+ records/s\b"), "(rate)"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)"), "(time)"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|us|s|min|h)\b"), "(duration)"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "(id)"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "(uuid)"),
)


# A line that is told again each second: the last one counts.
_PROGRESS = re.compile(r"\d+ records, \(rate\), \d+ offsets remaining")


def difference(expected: list[str], found: list[str]) -> str | None:
    """How what was found differs from what a document shows; None where it does not."""
    wanted, got = _settled(expected), _settled(found)
    if _matches(wanted, got):
        return None
    return "\n".join(difflib.unified_diff(wanted, got, "the document", "what came out", lineterm="", n=1))


def _settled(lines: list[str]) -> list[str]:
    settled = []
    for line in lines:
        for pattern, stand_in in _VOLATILE:
            line = pattern.sub(stand_in, line)
        if settled and _PROGRESS.fullmatch(line) and _PROGRESS.fullmatch(settled[-1]):
            settled.pop()
        settled.append(line.rstrip())
    while settled and not settled[-1]:
        settled.pop()
    return settled


def _matches(wanted: list[str], got: list[str]) -> bool:
    """Whether the lines match, where a line of `...` stands for any lines and `...` within one for any text."""
    if not wanted:
        return not got
    if wanted[0].strip() == "...":
        return any(_matches(wanted[1:], got[skip:]) for skip in range(len(got) + 1))
    if not got:
        return False
    parts = (re.escape(part) for part in wanted[0].split("..."))
    return bool(re.fullmatch(".*".join(parts), got[0])) and _matches(wanted[1:], got[1:])
