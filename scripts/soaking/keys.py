"""Rotations of the key-encryption key and outages of the KMS, under load."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from soaking.load import Arrivals, Load
from testbed.broker import Broker
from testbed.fieldseal import Fieldseal, check_configuration
from testbed.server import ServerFailed
from testbed.topics import Record, Topics
from testbed.vault import DurableOpenBao, Vault, shipped_policy

CONFIGURATION = Path(__file__).parent / "keys.yaml"
PARTITIONS = 4
KEY_TTL = 15.0
"""Seconds; in production an hour. A key is renewed at 80 % of it, so that at least 3 s are left when the KMS goes."""
MARGIN = 3.0
"""Seconds that a record may be on its way."""
OUTAGES: tuple[tuple[str, Callable[[DurableOpenBao], None], Callable[[DurableOpenBao], None]], ...] = (
    ("stopped", DurableOpenBao.stop, DurableOpenBao.restart),
    ("silent", DurableOpenBao.suspend, DurableOpenBao.resume),
    ("killed", DurableOpenBao.kill, DurableOpenBao.restart),
)


@dataclass
class Findings:
    """What became of the records, and what went otherwise than it must."""

    records: int = 0
    rotations: int = 0
    outages: int = 0
    lost: int = 0
    duplicated: int = 0
    undecryptable: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        return (
            f"soak keys: {self.records} records, {self.rotations} rotations, {self.outages} outages, "
            f"{self.lost} lost, {self.duplicated} duplicated, {self.undecryptable} undecryptable"
        )

    @property
    def is_fine(self) -> bool:
        happened = self.records > 0 and self.rotations > 0 and self.outages > 0
        return happened and not (self.lost or self.duplicated or self.undecryptable or self.complaints)


def soak(program: Path, folder: Path, minutes: float, rate: int) -> Findings:
    """Runs it all; gives what was found. Raises ServerFailed and the like where it can't go on."""
    with contextlib.ExitStack() as stack:
        broker = Broker(folder)
        stack.enter_context(broker.stopping())
        bao = DurableOpenBao(folder)
        stack.enter_context(bao.stopping())
        topics = Topics(broker.bootstrap_servers)
        topics.create(["raw"], PARTITIONS)
        environment = _environment(broker, bao.vault, folder)
        check_configuration(program, CONFIGURATION, environment)
        run = _Run(program, folder, environment, topics, bao, minutes, rate)
        return run.run(stack)


def _environment(broker: Broker, vault: Vault, folder: Path) -> dict[str, str]:
    """Makes the key and a role that may use it as deploy/vault says; what the configuration refers to."""
    vault.mount_transit("transit")
    vault.create_key("transit", "customers")
    for action in ("encrypt", "decrypt"):
        vault.write_policy(action, shipped_policy(action, "transit", "customers"))
    role_id, secret_id = vault.create_app_role("fieldseal", ["encrypt", "decrypt"], token_ttl="45s")
    secret_file = folder / "secret-id"
    secret_file.write_text(secret_id)
    return {
        "BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "VAULT_ADDR": vault.address,
        "VAULT_HOST": vault.authority,
        "ROLE_ID": role_id,
        "SECRET_ID_FILE": str(secret_file),
        "KEY_TTL_MS": str(int(KEY_TTL * 1000)),
    }


class _Run:
    def __init__(
        self,
        program: Path,
        folder: Path,
        environment: dict[str, str],
        topics: Topics,
        bao: DurableOpenBao,
        minutes: float,
        rate: int,
    ) -> None:
        self._program = program
        self._folder = folder
        self._environment = environment
        self._topics = topics
        self._bao = bao
        self._seconds = minutes * 60
        self._rate = rate
        self._started = time.monotonic()
        self._findings = Findings()
        self._rotated: list[tuple[int, int]] = []
        """Milliseconds since 1970 when a rotation was done, and the version since."""

    def run(self, stack: contextlib.ExitStack) -> Findings:
        fieldseal = Fieldseal(
            self._program, CONFIGURATION, self._folder, self._environment, "--pair", "seal", "--pair", "open"
        )
        stack.enter_context(fieldseal.stopping())
        load = Load(self._topics, "raw", PARTITIONS, self._rate)
        sealed, opened = Arrivals(self._topics, "sealed"), Arrivals(self._topics, "opened")
        pid = fieldseal.pid
        while time.monotonic() - self._started < self._seconds or self._findings.outages == 0:
            self._calm(fieldseal, 8)
            self._rotate()
            self._calm(fieldseal, KEY_TTL)
            self._outage(fieldseal, load, sealed)
            self._await(fieldseal, lambda: opened.count >= load.written - 4 * self._rate, "catching up")
        self._findings.records = load.stop()
        self._await(fieldseal, lambda: opened.count >= self._findings.records, "the last records")
        sealed.stop()
        opened.stop()
        if fieldseal.pid != pid or fieldseal.stop() != 0:
            self._complain(f"fieldseal did not end in order:\n{fieldseal.last_lines()}")
        self._open_again(stack)
        self._compare()
        return self._findings

    def _calm(self, fieldseal: Fieldseal, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            fieldseal.check()
            time.sleep(0.2)

    def _rotate(self) -> None:
        version = self._bao.vault.rotate_key("transit", "customers")
        self._rotated.append((time.time_ns() // 1_000_000, version))
        self._findings.rotations += 1
        self._say(f"rotated: version {version}")

    def _outage(self, fieldseal: Fieldseal, load: Load, sealed: Arrivals) -> None:
        """Takes the KMS away, longer than keys live, and looks at what goes on and what stands still meanwhile."""
        name, begin, end = OUTAGES[self._findings.outages % len(OUTAGES)]
        seconds = min(60.0, max(KEY_TTL + 3 * MARGIN, self._seconds / 6))
        begin(self._bao)
        away = time.monotonic()
        self._say(f"the KMS is {name} for {seconds:.0f} s; {load.written} records written, {sealed.count} encrypted")
        self._calm(fieldseal, seconds)
        for group in ("fieldseal.seal", "fieldseal.open"):
            if self._topics.members(group) != 1:
                self._complain(f"the worker of {group} left its group")
        flowed = sealed.between(away + 0.5, away + KEY_TTL + MARGIN)
        leaked = sealed.between(away + KEY_TTL + MARGIN, time.monotonic())
        if flowed == 0:
            self._complain("no record was encrypted under a kept key while the KMS was away")
        if leaked > 0:
            self._complain(f"{leaked} records were encrypted after every kept key had ended")
        end(self._bao)
        self._findings.outages += 1
        self._say(f"the KMS is back; meanwhile {flowed} records went on under kept keys, then none")

    def _await(self, fieldseal: Fieldseal, condition: Callable[[], bool], what: str) -> None:
        started = time.monotonic()
        while not condition():
            fieldseal.check()
            self._bao.check()
            if time.monotonic() - started > 120:
                raise ServerFailed(f"{what} takes more than 120 s:\n{fieldseal.last_lines()}")
            time.sleep(0.1)
        self._say(f"{what}: done after {time.monotonic() - started:.1f} s")

    def _open_again(self, stack: contextlib.ExitStack) -> None:
        """Opens every record once more, under key versions that are old by now."""
        again = Fieldseal(self._program, CONFIGURATION, self._folder, self._environment, "--pair", "again")
        stack.enter_context(again.stopping())
        self._topics.follow({"opened-again": self._findings.records}, lambda _: again.check())
        again.stop()

    def _compare(self) -> None:
        raw = self._topics.read("raw")
        sealed = self._topics.read("sealed")
        self._check_versions(sealed)
        for name in ("opened", "opened-again"):
            opened = self._topics.read(name)
            for before, after in zip(raw, opened, strict=True):
                self._compare_partition(name, before, after)

    def _compare_partition(self, name: str, before: list[Record], after: list[Record]) -> None:
        keys = [record.key for record in after]
        self._findings.lost += len({record.key for record in before} - set(keys))
        self._findings.duplicated += len(keys) - len(set(keys))
        closed = [record for record in after if any(header == "fieldseal.envelope" for header, _ in record.headers)]
        self._findings.undecryptable += len(closed)
        if not closed and before != after:
            self._complain(f"{name} differs from raw: other values, headers, timestamps or another order")

    def _check_versions(self, sealed: list[list[Record]]) -> None:
        """Whether each record that came a key's life after a rotation has the new version."""
        newest = 0
        for record in (record for partition in sealed for record in partition):
            version = _version(record)
            newest = max(newest, version)
            due = [new for moment, new in self._rotated if record.timestamp > moment + KEY_TTL * 1000]
            if due and version < due[-1]:
                self._complain(f"a record of {record.timestamp} has version {version}, {due[-1]} was due")
                return
        if self._rotated and newest != self._rotated[-1][1]:
            self._complain(f"the newest version seen is {newest}, after a rotation to {self._rotated[-1][1]}")

    def _complain(self, complaint: str) -> None:
        self._findings.complaints.append(complaint)
        self._say(f"WRONG: {complaint}")

    def _say(self, text: str) -> None:
        print(f"soak: {time.monotonic() - self._started:6.1f} s  {text}", flush=True)


def _version(record: Record) -> int:
    """The key version that a record's data key is wrapped by."""
    envelope = next((value for name, value in record.headers if name == "fieldseal.envelope"), None)
    if envelope is None:
        raise ServerFailed("a sealed record has no envelope")
    keys = json.loads(envelope.split(b"\n", 1)[1])
    found = re.match(r"vault:v(\d+):", keys[0]["edek"])
    if found is None:
        raise ServerFailed("a sealed record has another envelope than one of Vault's")
    return int(found[1])
