"""Measures a running process: `scripts/measure` calls it with the program that it has built."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

from testbed.broker import Broker
from testbed.fieldseal import Fieldseal
from testbed.server import free_port
from testbed.topics import Record, Topics
from testbed.vault import OpenBao

PURGED = 200_000
PAIRS = 50
IDLE_SECONDS = 10
CHECK_INTERVAL = 1000
"""`demand.checkIntervalMs` of the mirror, in milliseconds."""


class World:
    """A broker, a KMS, and files for processes that use them."""

    def __init__(self, program: Path, folder: Path, broker: Broker, bao: OpenBao) -> None:
        self.program = program
        self.folder = folder
        self.broker = broker
        self.bao = bao
        self.topics = Topics(broker.bootstrap_servers)
        self.port = free_port()
        bao.vault.mount_transit("transit")
        bao.vault.create_key("transit", "customers")

    @property
    def key(self) -> str:
        return f"vault-kms://{self.bao.vault.authority}/transit/keys/customers"

    def file(self, name: str, pairs: str, control: bool = False) -> Path:
        """Writes a configuration with these pairs."""
        path = self.folder / f"{name}.yaml"
        path.write_text(
            f"""
kafka:
  bootstrap.servers: "{self.broker.bootstrap_servers}"
  consumer: {{receive.message.max.bytes: "1000000000"}}
kms: {{vault: {{uri: "{self.bao.vault.address}", token: "{self.bao.vault.token}"}}}}
admin: {{listen: "127.0.0.1:{self.port}", token: "0123456789abcdef"}}
{"control: {topic: control}" if control else ""}
pairs:
{pairs}
"""
        )
        return path

    def sealing(self, name: str, source: str, target: str) -> str:
        return (
            f"  - {{name: {name}, source: {source}, target: {target}, commitIntervalMs: 20, targetTopic: {{config: "
            f'{{retention.ms: "-1"}}}}, encrypt: {{recordValue: {{fields: [{{fieldName: ssn, keySecretId: "{self.key}"}}]}}}}}}\n'
        )

    @contextmanager
    def running(self, file: Path, *words: str) -> Iterator[Fieldseal]:
        server = Fieldseal(self.program, file, self.folder, {}, *words)
        try:
            yield server
        finally:
            server.stop(20)

    def metrics(self) -> tuple[str, float]:
        """The page of metrics, and how long it took in seconds."""
        started = time.perf_counter()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as reply:
            text: str = reply.read().decode()
        return text, time.perf_counter() - started

    def metric(self, name: str) -> float:
        """The sum of a metric's samples; 0 while nobody answers."""
        try:
            lines = self.metrics()[0].splitlines()
        except OSError:
            return 0
        samples = [line for line in lines if line.startswith((f"{name}{{", f"{name} "))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in samples)

    def fieldseal(self, file: Path, *words: str) -> None:
        subprocess.run([self.program, *words, "-c", file], check=True, capture_output=True)


def wait(condition: Callable[[], bool], seconds: float = 120) -> float:
    """Waits until the condition holds; how long that took, in seconds."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.005)
    return time.monotonic() - started


def records(count: int) -> Iterator[Record]:
    for number in range(count):
        value = f'{{"number": {number}, "ssn": "078-05-{number:07}"}}'.encode()
        yield Record(0, str(number).encode(), value, (), time.time_ns() // 1_000_000)


def is_up(world: World, pairs: int = 1) -> bool:
    return world.metric("fieldseal_partitions_assigned") >= pairs


def tell(what: str, measured: str, bar: str) -> None:
    print(f"{what:<58} {measured:>12}   {bar}", flush=True)


def cpu_seconds(server: Fieldseal) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(server: Fieldseal) -> float:
    return int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_048_576


class Watch:
    """Reads the end of a topic again and again."""

    def __init__(self, world: World, topic: str) -> None:
        self._consumer = Consumer(
            {"bootstrap.servers": world.broker.bootstrap_servers, "group.id": "measure", "log_level": 0}
        )
        self._place = TopicPartition(topic, 0)

    def bounds(self) -> tuple[int, int]:
        low, high = self._consumer.get_watermark_offsets(self._place, timeout=10)
        return low, high

    def holds(self) -> bool:
        low, high = self.bounds()
        return high > low


def measure_size(world: World) -> None:
    stripped = world.folder / "stripped"
    shutil.copy(world.program, stripped)
    subprocess.run(["strip", stripped], check=True)
    tell("program, stripped", f"{stripped.stat().st_size / 1e6:.1f} MB", "at most 80 MB")


def measure_start(world: World) -> None:
    world.topics.create(["raw", "sealed", "clear"], 1)
    world.topics.write("raw", records(1))
    watch = Watch(world, "sealed")
    with world.running(world.file("seal", world.sealing("customers", "raw", "sealed"))):
        tell("start to the first record", f"{wait(watch.holds):.2f} s", "at most 1.5 s")


def seal(world: World, count: int) -> None:
    """Writes further records to the raw topic and has them sealed."""
    world.topics.write("raw", records(count))
    with world.running(world.folder / "seal.yaml"):
        wait(lambda: world.metric("fieldseal_records_total") >= count)


def mirror(world: World, name: str, demand: str, control: bool) -> Path:
    pair = f"""  - name: clear
    source: sealed
    target: clear
    startFrom: earliest
    demand: {{{demand}, idleAfterMs: 1000, checkIntervalMs: {CHECK_INTERVAL}, purge: all, ownsTarget: true}}
    decrypt: {{keks: ["{world.key}"]}}
"""
    return world.file(name, pair, control)


def measure_idle(world: World) -> None:
    """Without a control topic, whose reading would be in it: brokers hold such fetches back, the development broker does not."""
    with world.running(mirror(world, "idle", "consumers: true", control=False)) as server:
        wait(lambda: is_up(world))
        time.sleep(3)
        before = cpu_seconds(server)
        time.sleep(IDLE_SECONDS)
        share = (cpu_seconds(server) - before) / IDLE_SECONDS
        tell("idle mirror: CPU of a core", f"{share * 100:.1f} %", "under 1 %")
        tell("idle mirror: KMS calls", f"{world.metric('fieldseal_kms_call_duration_seconds_count'):.0f}", "0")
        tell("idle mirror: records read", f"{world.metric('fieldseal_records_total'):.0f}", "0")
        tell("idle mirror: resident memory", f"{resident(server):.0f} MiB", "at most 60 MiB")
        consumer = Consumer(
            {
                "bootstrap.servers": world.broker.bootstrap_servers,
                "group.id": "reader",
                "auto.offset.reset": "latest",
                "log_level": 0,
            }
        )
        assigned: list[bool] = []
        consumer.subscribe(["clear"], on_assign=lambda *_: assigned.append(True))
        wait(lambda: consumer.poll(0.01) is None and bool(assigned))
        took = wait(Watch(world, "clear").holds)
        bar = f"at most {2 + CHECK_INTERVAL / 1000:.0f} s: 2 s and the check interval"
        tell("consumer assigned to the first decrypted record", f"{took:.2f} s", bar)
        consumer.close()
        wait(lambda: world.metric("fieldseal_demand_active") == 0)


def measure_lease(world: World) -> None:
    file = mirror(world, "lease", "consumers: false, leases: true", control=True)
    watch = Watch(world, "clear")
    with world.running(file):
        wait(lambda: is_up(world))
        time.sleep(1)
        for count in (1, PURGED):
            seal_beside(world, count)
            before = watch.bounds()[1]
            world.fieldseal(file, "lease", "--pair", "clear", "--ttl", "10m", "--reason", "measured")
            took = wait(lambda before=before: watch.bounds()[1] > before)
            if count == 1:
                tell("lease taken to the first decrypted record", f"{took:.2f} s", "at most 2 s")
            wait(lambda before=before, count=count: watch.bounds()[1] >= before + count)
            release(world, file)
            wait(lambda: world.metric("fieldseal_demand_active") == 0)
            took = wait(lambda: not watch.holds())
            if count == PURGED:
                tell(f"purge of {PURGED} records", f"{took:.2f} s", "at most 5 s")


def seal_beside(world: World, count: int) -> None:
    """Seals further records while another process has the port."""
    port, world.port = world.port, free_port()
    try:
        world.file("seal", world.sealing("customers", "raw", "sealed"))
        seal(world, count)
    finally:
        world.port = port


def release(world: World, file: Path) -> None:
    listed = subprocess.run(
        [world.program, "lease", "--list", "--pair", "clear", "-c", file], check=True, capture_output=True, text=True
    ).stdout
    world.fieldseal(file, "lease", "--pair", "clear", "--release", listed.split()[0])


def measure_metrics(world: World) -> None:
    names = [f"many.{number}" for number in range(PAIRS)]
    world.topics.create(names, 1)
    pairs = "".join(world.sealing(name, name, f"{name}.enc") for name in names)
    with world.running(world.file("many", pairs)) as server:
        wait(lambda: is_up(world, PAIRS))
        times = sorted(world.metrics()[1] for _ in range(101))
        tell(f"/metrics with {PAIRS} pairs, median of 101", f"{times[50] * 1000:.1f} ms", "at most 5 ms")
        tell(f"/metrics with {PAIRS} pairs, size of the page", f"{len(world.metrics()[0]) / 1000:.0f} kB", "")
        tell(f"resident memory with {PAIRS} pairs", f"{resident(server):.0f} MiB", "")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/measure")
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program.resolve()
    folder = Path(tempfile.mkdtemp(prefix="fieldseal-measure-"))
    broker = Broker(folder)
    bao = OpenBao(folder)
    try:
        world = World(program, folder, broker, bao)
        measure_size(world)
        measure_start(world)
        measure_idle(world)
        measure_lease(world)
        measure_metrics(world)
    finally:
        bao.stop()
        broker.stop()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
