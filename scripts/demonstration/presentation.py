"""What the demonstration prints while it runs."""

from __future__ import annotations

import pprint
import sys
import time
from collections.abc import Iterable, Mapping

from testbed.topics import Record

WIDTH = 116


class Progress:
    """A line that counts up: rewritten in place on a terminal, else printed every few seconds."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._printed = self._started
        self._terminal = sys.stdout.isatty()

    def show(self, text: str) -> None:
        now = time.monotonic()
        if now - self._printed < (0.1 if self._terminal else 5):
            return
        self._printed = now
        print(f"\r{self._title}: {text}\x1b[K" if self._terminal else f"{self._title}: {text}", flush=True, end="")
        if not self._terminal:
            print(flush=True)

    def done(self, text: str) -> None:
        seconds = time.monotonic() - self._started
        print(f"{chr(13) if self._terminal else ''}{self._title}: {text} in {seconds:.1f} s", end="", flush=True)
        print("\x1b[K" if self._terminal else "", flush=True)


def step(text: str) -> None:
    print(text, flush=True)


def show_record(title: str, record: Record, value: str | None = None) -> None:
    """Prints a record; its value as `value` where it is no text itself."""
    print(f"\n--- {title} (partition {record.partition}, key {(record.key or b'').decode()}) " + "-" * 20)
    for name, content in record.headers:
        print(_cut(f"{name}: {_header_text(content)}"))
    print()
    text = value if value is not None else (record.value or b"").decode()
    for line in text.splitlines():
        print(_cut(line))


def members(content: Mapping[str, object]) -> str:
    """A deserialized record, a member a line."""
    return "\n".join(
        f"{name} = {pprint.pformat(value, width=WIDTH, sort_dicts=False)}" for name, value in content.items()
    )


def _header_text(content: bytes | None) -> str:
    if content is None:
        return "null"
    try:
        return content.decode().replace("\n", f"\n{' ' * 4}")
    except UnicodeDecodeError:
        return content.hex()


def _cut(text: str) -> str:
    """The lines of `text`, each no longer than the page."""
    lines: Iterable[str] = text.splitlines()
    return "\n".join(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in lines)
