"""Kills, freezes, joins, leaves and outages, under load: whether each record arrives once, in order, and sealed.

The development broker tells whoever begins to read in the midst of a topic of aborted transactions that are over by then, so
that readers pass over what is committed. So what is written under chaos is read once, from its beginning, when all is over.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from soaking.ledger import Scanner, Source, Verifier, Writer
from testbed.broker import Broker
from testbed.fieldseal import Fieldseal, check_configuration
from testbed.server import ROOT, ServerFailed
from testbed.topics import Topics
from testbed.vault import DurableOpenBao

CONFIGURATION = Path(__file__).parent / "delivery.yaml"
PARTITIONS = 6
GROUP = "fieldseal.seal"
ANSWER = 15
"""Seconds until an administrative call counts as unanswered."""
FENCED = 5
"""The exit code of a process whose name another one took."""


@dataclass
class Findings:
    """What was done to the processes, what became of the records, and what went otherwise than it must."""

    seed: int
    records: int = 0
    kills: int = 0
    fenced: int = 0
    joins: int = 0
    leaves: int = 0
    kms_outages: int = 0
    broker_restarts: int = 0
    hangs: int = 0
    """How often the broker was started again since it answered no member."""
    scanned: int = 0
    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    in_the_clear: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Minutes since the start, and MiB of the process that is never killed."""
    complaints: list[str] = field(default_factory=list)

    @property
    def report(self) -> list[str]:
        early = [size for minute, size in self.memory if minute >= 5] or [size for _, size in self.memory]
        first, last = (early[0], early[-1]) if early else (0.0, 0.0)
        return [
            f"seed {self.seed}: {self.kills} kills, {self.fenced} frozen and fenced, {self.joins} joins, {self.leaves} leaves, "
            f"{self.kms_outages} outages of the KMS, {self.broker_restarts} restarts of the broker",
            f"{self.hangs} times the broker answered no member of the group until it was started again",
            f"{self.scanned} records, aborted ones too, searched for the secret",
            f"memory of the process that was never killed: {first:.0f} MiB after five minutes or at first, {last:.0f} MiB at last",
        ]

    @property
    def line(self) -> str:
        return (
            f"soak delivery: {self.records} records, {self.kills} kills, {self.lost} lost, {self.duplicated} duplicated, "
            f"{self.out_of_order} out of order, {self.in_the_clear} in the clear"
        )

    @property
    def is_fine(self) -> bool:
        bad = self.lost or self.duplicated or self.out_of_order or self.in_the_clear or self.complaints
        return self.records > 0 and self.kills > 0 and not bad


def soak(program: Path, folder: Path, minutes: float, rate: int, seed: int, spares_broker: bool) -> Findings:
    """Runs it all; gives what was found. Raises ServerFailed and the like where it can't go on."""
    with contextlib.ExitStack() as stack:
        broker = Broker(folder)
        stack.callback(lambda: broker.stop())
        bao = DurableOpenBao(folder)
        stack.enter_context(bao.stopping())
        bao.vault.mount_transit("transit")
        bao.vault.create_key("transit", "customers")
        topics = Topics(broker.bootstrap_servers)
        topics.create(["raw", "sealed"], PARTITIONS)
        return _Chaos(program, folder, broker, bao, topics, minutes, rate, seed, spares_broker).run(stack)


class _Process:
    """A running `fieldseal` under a name."""

    def __init__(self, name: str, server: Fieldseal) -> None:
        self.name = name
        self.server = server


class _Chaos:
    def __init__(
        self,
        program: Path,
        folder: Path,
        broker: Broker,
        bao: DurableOpenBao,
        topics: Topics,
        minutes: float,
        rate: int,
        seed: int,
        spares_broker: bool,
    ) -> None:
        self._topics = topics
        self._program = program
        self._folder = folder
        self._broker = broker
        self._bao = bao
        self._seconds = minutes * 60
        self._random = random.Random(seed)
        self._rate = rate
        self._spares_broker = spares_broker
        self._source = Source(seed)
        self._findings = Findings(seed)
        self._processes: list[_Process] = []
        self._names = 0
        self._settings = {"bootstrap.servers": broker.bootstrap_servers, "log_level": "0"}
        self._environment = {
            "BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "VAULT_ADDR": bao.vault.address,
            "VAULT_HOST": bao.vault.authority,
            "VAULT_TOKEN": bao.vault.token,
        }
        self._started = time.monotonic()

    def run(self, stack: contextlib.ExitStack) -> Findings:
        stack.callback(self._end_all)
        check_configuration(self._program, CONFIGURATION, {**self._environment, "INSTANCE": "checked"})
        for _ in range(3):
            self._join()
        self._findings.joins = 0
        # Fieldseal makes these itself.
        while not (self._topics.exists("audit") and self._topics.exists("control")):
            self._calm(0.2)
        writer = Writer(self._settings, self._source, "raw", PARTITIONS, self._rate)
        deeds: list[tuple[int, Callable[[Writer], None]]] = [
            (6, self._kill),
            (3, self._freeze),
            (3, self._change_number),
            (2, self._take_kms),
            (0 if self._spares_broker else 1, self._restart_broker),
        ]
        order = [deed for weight, deed in deeds for _ in range(weight)]
        # Each once, however short the run is.
        pending = [deed for weight, deed in deeds if weight > 0]
        self._random.shuffle(pending)
        while time.monotonic() - self._started < self._seconds or pending:
            deed = pending.pop() if pending else self._random.choice(order)
            # A member that dies while others join is one that the development broker waits for without an end.
            self._gather(writer)
            deed(writer)
            self._calm(self._random.uniform(1, 4))
            self._catch_up(writer, 20 * self._rate)
            self._trim()
            self._measure()
            self._say(f"{writer.count} written, {sum(self._committed().values())} encrypted")
        writer.stop()
        self._catch_up(writer, 0)
        self._finish(writer)
        return self._findings

    # What is done to them.

    def _join(self) -> _Process:
        self._names += 1
        process = self._start(f"w{self._names}")
        self._processes.append(process)
        self._findings.joins += 1
        return process

    def _start(self, name: str, pair: str = "seal") -> _Process:
        server = Fieldseal(
            self._program, CONFIGURATION, self._folder, {**self._environment, "INSTANCE": name}, "--pair", pair
        )
        return _Process(name, server)

    @property
    def _mortal(self) -> list[int]:
        """The places of those that may be killed: all but the first, whose memory is measured."""
        return list(range(1, len(self._processes)))

    def _kill(self, _: Writer) -> None:
        index = self._random.choice(self._mortal)
        victim = self._processes[index]
        victim.server.kill()
        self._findings.kills += 1
        self._say(f"killed {victim.name}")
        time.sleep(self._random.uniform(0, 1.5))
        self._processes[index] = self._start(victim.name)

    def _freeze(self, _: Writer) -> None:
        """Stops a process in its tracks, lets another take its name, and wakes it: it must see that it was replaced."""
        index = self._random.choice(self._mortal)
        stale = self._processes[index].server
        name = self._processes[index].name
        os.kill(stale.pid, signal.SIGSTOP)
        self._say(f"froze {name}")
        self._calm(self._random.uniform(0.5, 3), but=index)
        self._processes[index] = self._start(name)
        self._calm(6)
        os.kill(stale.pid, signal.SIGCONT)
        deadline = time.monotonic() + 60
        while stale.exit_code is None and time.monotonic() < deadline:
            self._calm(0.2)
        if stale.exit_code != FENCED:
            self._complain(f"{name} was replaced and ended with {stale.exit_code} instead of {FENCED}")
            stale.kill()
        self._findings.fenced += 1
        self._say(f"{name} woke up and ended as fenced")

    def _change_number(self, _: Writer) -> None:
        if len(self._processes) < 5 and (len(self._processes) < 3 or self._random.random() < 0.5):
            self._say(f"{self._join().name} joined")
            return
        process = self._processes.pop(self._random.choice(self._mortal))
        code = process.server.stop(20)
        if code != 0:
            self._complain(f"{process.name} was asked to stop and ended with {code}")
        self._findings.leaves += 1
        self._say(f"{process.name} left")

    def _take_kms(self, _: Writer) -> None:
        self._bao.stop()
        self._say("the KMS is away")
        self._calm(self._random.uniform(2, 12))
        self._bao.restart()
        self._findings.kms_outages += 1
        self._say("the KMS is back")

    def _restart_broker(self, writer: Writer) -> None:
        # The development broker forgets members of groups and who has which transactional id, so that neither a stale
        # generation nor a stale producer is refused for those that were there before: what real brokers keep (KIP-447,
        # KIP-98). So nothing is under way when it stops, nothing is written before all have found together again, and
        # before anybody is replaced every process is started anew.
        writer.hold()
        self._catch_up(writer, 0)
        self._calm(1)
        self._stop_broker()
        self._say("the broker is away")
        self._calm(self._random.uniform(1, 5))
        self._broker.restart()
        self._say("the broker is back")
        # Longer than a member takes to hear that it is none any more.
        self._calm(6)
        self._gather(writer)
        writer.release()
        self._findings.broker_restarts += 1
        self._calm(3)
        self._catch_up(writer, 20 * self._rate)
        for index, process in enumerate(self._processes[1:], 1):
            code = process.server.stop(20)
            if code != 0:
                self._complain(f"{process.name} was asked to stop and ended with {code}")
            self._processes[index] = self._start(process.name)

    def _stop_broker(self) -> None:
        """Stops it and waits until it has written down what it holds, which on a busy machine takes a while."""
        if self._broker.stop(300) == -signal.SIGKILL:
            raise ServerFailed("the broker was killed before it wrote down what it acknowledged: nothing can be told")

    def _gather(self, writer: Writer) -> None:
        """Waits until every process is a member of the group and has its partitions.

        The development broker at times leaves all members' JoinGroup unanswered, plain librdkafka members' too, where no
        Fieldseal takes part. No partition is anybody's then and no transaction open, and a start of the broker helps.
        """
        for _ in range(5):
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                if self._group() == ("STABLE", len(self._processes)):
                    return
                self._calm(0.3)
            self._say("the broker answers no member; it is started again")
            self._findings.hangs += 1
            was_held = writer.hold()
            self._stop_broker()
            self._broker.restart()
            self._calm(6)
            if not was_held:
                writer.release()
        raise ServerFailed(f"the group does not come together: {self._group()}")

    def _group(self) -> tuple[str, int]:
        """The group's state, and how many members it has."""
        admin = AdminClient(self._settings)
        try:
            group = admin.describe_consumer_groups([GROUP], request_timeout=10)[GROUP].result(ANSWER)
        except (KafkaException, TimeoutError):
            return ("UNKNOWN", 0)
        return (group.state.name, len(group.members))

    # What is looked at meanwhile.

    def _calm(self, seconds: float, but: int | None = None) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for index, process in enumerate(self._processes):
                if index != but:
                    process.server.check()
            time.sleep(0.1)

    def _catch_up(self, writer: Writer, distance: int, seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while sum(self._committed().values()) < writer.count - distance:
            self._calm(0.3)
            if self._group()[0] != "STABLE":
                self._gather(writer)
            if time.monotonic() > deadline:
                raise ServerFailed(
                    f"records are not encrypted within {seconds:.0f} s: {writer.written} written, {self._committed()} committed"
                )

    def _committed(self) -> dict[int, int]:
        """How far the group is, by partition: the raw topic holds records alone, so that an offset is a number of them."""
        partitions = [TopicPartition("raw", number) for number in range(PARTITIONS)]
        request = [ConsumerGroupTopicPartitions(GROUP, partitions)]
        # A client of its own: one that was there before the broker was stopped may not find the coordinator again.
        admin = AdminClient(self._settings)
        try:
            found = admin.list_consumer_group_offsets(request, request_timeout=10)[GROUP].result(ANSWER)
        except (KafkaException, TimeoutError):
            return {}
        return {partition.partition: partition.offset for partition in found.topic_partitions if partition.offset > 0}

    def _trim(self) -> None:
        """Deletes what is encrypted from the raw topic."""
        limits = [TopicPartition("raw", number, offset) for number, offset in self._committed().items()]
        if not limits:
            return
        # Held until all have answered: a client that is gone leaves its futures without an end.
        admin = AdminClient(self._settings)
        for partition, result in admin.delete_records(limits, request_timeout=10).items():
            try:
                result.result(ANSWER)
            except KafkaException as error:
                self._say(f"not trimmed: {partition.topic} {partition.partition}: {error.args[0].str()}")
            except TimeoutError:
                self._say(f"not trimmed: {partition.topic} {partition.partition}: no answer")

    def _measure(self) -> None:
        pages = int(Path(f"/proc/{self._processes[0].server.pid}/statm").read_text().split()[1])
        size = pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576
        self._findings.memory.append(((time.monotonic() - self._started) / 60, size))

    # The end.

    def _finish(self, writer: Writer) -> None:
        self._calm(2)
        for process in self._processes:
            code = process.server.stop(20)
            if code != 0:
                self._complain(f"{process.name} ended with {code}:\n{process.server.last_lines()}")
        found = self._findings
        found.records = writer.count
        self._processes = [self._start("opener", "open")]
        topics = [("sealed", PARTITIONS), ("audit", 1), ("control", 1)]
        scanners = [Scanner(self._settings, name, count, self._source, self._complain) for name, count in topics]
        while not self._topics.exists("opened"):
            self._calm(0.2)
        verifier = Verifier(self._settings, "opened", PARTITIONS, self._source, self._complain)
        deadline = time.monotonic() + 60 + found.records / 1000
        while (verifier.count < found.records or scanners[0].scanned < found.records) and time.monotonic() < deadline:
            self._calm(0.5)
        # Whatever comes now was written twice.
        self._calm(5)
        if self._processes[0].server.stop(20) != 0:
            self._complain(f"the decrypting process did not end in order:\n{self._processes[0].server.last_lines()}")
        for follower in [verifier, *scanners]:
            follower.stop()
        found.lost = verifier.lost + sum(writer.written) - sum(verifier.next)
        found.duplicated = verifier.duplicated
        found.out_of_order = verifier.changed
        found.scanned = sum(scanner.scanned for scanner in scanners)
        if scanners[0].scanned < found.records:
            self._complain(f"only {scanners[0].scanned} sealed records were searched")
        found.in_the_clear = sum(scanner.leaks for scanner in scanners) + self._leaks_in_files()

    def _leaks_in_files(self) -> int:
        """Logs that hold the secret, and core files, which must not be there at all."""
        leaks = 0
        for file in self._folder.glob("fieldseal*.log"):
            if any(trace in file.read_bytes() for trace in self._source.traces()):
                leaks += 1
                self._complain(f"{file.name} holds the secret")
        for folder in (self._folder, Path.cwd(), ROOT):
            for file in [*folder.glob("core"), *folder.glob("core.*")]:
                leaks += 1
                self._complain(f"there is a core file: {file}")
        return leaks

    def _end_all(self) -> None:
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.server.pid, signal.SIGCONT)
            process.server.kill()

    def _complain(self, complaint: str) -> None:
        if len(self._findings.complaints) < 50:
            self._findings.complaints.append(complaint)
            self._say(f"WRONG: {complaint}")

    def _say(self, text: str) -> None:
        print(f"soak: {time.monotonic() - self._started:6.1f} s  {text}", flush=True)
