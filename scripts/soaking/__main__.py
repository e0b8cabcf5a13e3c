"""Runs a long test: `scripts/soak` calls it with the program that it has built."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from confluent_kafka import KafkaException

import soaking.delivery
import soaking.keys
from testbed.server import ServerFailed
from testbed.topics import TopicsFailed
from testbed.vault import VaultRefused


def _stop(number: int, _: FrameType | None) -> None:
    # Once: what is stopping already must be let finish.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    print(f"\nsoak: stopped by {signal.Signals(number).name}", file=sys.stderr, flush=True)
    raise SystemExit(128 + number)


def _soak(options: argparse.Namespace, place: Path) -> soaking.keys.Findings | soaking.delivery.Findings:
    if options.what == "keys":
        return soaking.keys.soak(options.program, place, options.minutes, options.rate)
    seed = secrets.randbits(32) if options.seed is None else options.seed
    print(f"soak: seed {seed}", flush=True)
    return soaking.delivery.soak(
        options.program, place, options.minutes, options.rate, seed, spares_broker=options.spare_broker
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak")
    parser.add_argument("what", choices=["keys", "delivery"])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--spare-broker", action="store_true")
    options = parser.parse_args()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    place = Path(tempfile.mkdtemp(prefix="fieldseal-soak-"))
    is_fine = False
    try:
        findings = _soak(options, place)
        is_fine = findings.is_fine
    except (ServerFailed, TopicsFailed, VaultRefused, KafkaException) as failure:
        print(f"soak: failed: {failure}", file=sys.stderr)
        return 1
    finally:
        if is_fine:
            shutil.rmtree(place, ignore_errors=True)
        else:
            print(f"soak: logs are in {place}", file=sys.stderr)
    for complaint in findings.complaints:
        print(f"soak: wrong: {complaint}", file=sys.stderr)
    if isinstance(findings, soaking.delivery.Findings):
        for line in findings.report:
            print(f"soak: {line}")
    print(findings.line)
    return 0 if findings.is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
