"""Runs a long test: `scripts/soak` calls it with the program that it has built."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from confluent_kafka import KafkaException

from soaking.keys import soak
from testbed.server import ServerFailed
from testbed.topics import TopicsFailed
from testbed.vault import VaultRefused


def _stop(number: int, _: FrameType | None) -> None:
    # Once: what is stopping already must be let finish.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    print(f"\nsoak: stopped by {signal.Signals(number).name}", file=sys.stderr, flush=True)
    raise SystemExit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak")
    parser.add_argument("what", choices=["keys"])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--rate", type=int, default=500)
    options = parser.parse_args()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    try:
        with tempfile.TemporaryDirectory(prefix="fieldseal-soak-") as place:
            findings = soak(options.program, Path(place), options.minutes, options.rate)
    except (ServerFailed, TopicsFailed, VaultRefused, KafkaException) as failure:
        print(f"soak: failed: {failure}", file=sys.stderr)
        return 1
    for complaint in findings.complaints:
        print(f"soak: wrong: {complaint}", file=sys.stderr)
    print(findings.line)
    return 0 if findings.is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
