"""Runs the demonstration: `scripts/demo` calls it with the program that it has built."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from demonstration.comparison import count, flatten, identical, in_the_clear
from demonstration.customers import Customer, customers
from demonstration.mirror import Mirror
from demonstration.presentation import Progress, members, show_record, step
from demonstration.protobuf import ProtobufCustomers
from demonstration.surroundings import Surroundings, Unusable, surroundings
from testbed.fieldseal import Fieldseal, check_configuration
from testbed.server import ServerFailed
from testbed.topics import Record, TopicsFailed
from testbed.vault import VaultRefused

# As the topics are named, and as they are shown.
FORMATS = {"json": "JSON", "avro": "Avro", "converted": "Avro that becomes JSON", "protobuf": "Protobuf"}
PARTITIONS = 4
HERE = Path(__file__).parent
SCHEMA = (HERE / "customer.avsc").read_text()

Topic = list[list[Record]]


@dataclass(frozen=True)
class Outcome:
    """What the demonstration found."""

    line: str
    is_fine: bool
    """Whether every record came through, none was readable on the way, and the looking itself was sharp."""


class Demonstration:
    """The way of the records through one set of surroundings."""

    def __init__(self, around: Surroundings, program: Path, folder: Path) -> None:
        self._around = around
        self._program = program
        self._folder = folder
        self._topics = around.topics
        self._registry = SchemaRegistryClient({"url": around.registry_url})
        self._deserializer = AvroDeserializer(self._registry, SCHEMA)
        self._protobuf = ProtobufCustomers(self._registry, around.topic("protobuf"), folder)
        self._secrets: dict[bytes, set[bytes]] = {}

    def run(self, number: int, seed: int) -> Outcome:
        """Takes `number` customers all the way and looks at what became of them."""
        raw = self._produce(number, seed)
        encrypted, clear = self._process({name: count(topic) for name, topic in raw.items()})
        for name in FORMATS:
            self._show(name, raw[name], encrypted[name], clear[name])
        print()
        readable = self._read_as_others_do(encrypted)
        forgets = self._mirror(count(encrypted["json"]))
        return self._compare(raw, encrypted, clear, readable and forgets)

    def _mirror(self, number: int) -> bool:
        """Whether a mirror decrypts under a lease alone, and forgets."""
        line, is_fine = Mirror(self._around, self._program, self._folder).run(number)
        step(line)
        return is_fine

    # Producing

    def _produce(self, number: int, seed: int) -> dict[str, Topic]:
        """Writes the customers in turn in each format; gives what was written."""
        progress = Progress(f"producing {number} customers as {', '.join(FORMATS.values())}")
        serialize = AvroSerializer(self._registry, SCHEMA)
        written: dict[str, Topic] = {name: [[] for _ in range(PARTITIONS)] for name in FORMATS}
        names = tuple(FORMATS)
        for index, customer in enumerate(customers(number, seed)):
            name = names[index % len(names)]
            record = self._record(customer, name, partition=(index // len(names)) % PARTITIONS, serialize=serialize)
            written[name][record.partition].append(record)
            self._secrets[record.key or b""] = customer.secrets
            progress.show(f"{index + 1} made")
        self._topics.create(map(self._around.topic, FORMATS), PARTITIONS)
        for name, topic in written.items():
            self._topics.write(self._around.topic(name), flatten(topic))
        progress.done("done")
        return written

    def _record(self, customer: Customer, name: str, partition: int, serialize: AvroSerializer) -> Record:
        value = customer.json
        if name == "protobuf" and customer.content is not None:
            value = self._protobuf.serialize(customer.content)
        elif name != "json" and customer.avro is not None:
            value = serialize(customer.avro, SerializationContext(self._around.topic(name), MessageField.VALUE))
        return Record(partition, customer.id.encode(), value, customer.headers, customer.timestamp)

    # Processing

    def _process(self, numbers: dict[str, int]) -> tuple[dict[str, Topic], dict[str, Topic]]:
        """Runs Fieldseal until all is there, and stops it; gives the encrypted and the decrypted topics."""
        configuration = HERE / "fieldseal.yaml"
        check_configuration(self._program, configuration, self._around.environment)
        step(f"fieldseal run -c {configuration.relative_to(Path.cwd())}")
        fieldseal = Fieldseal(self._program, configuration, self._folder, self._around.environment)
        with fieldseal.stopping():
            self._await(fieldseal, numbers)
            code = fieldseal.stop()
            if code != 0:
                raise ServerFailed(f"fieldseal ended with code {code}:\n{fieldseal.last_lines()}")
        return (self._read("encrypted"), self._read("clear"))

    def _await(self, fieldseal: Fieldseal, numbers: dict[str, int]) -> None:
        progress = Progress("encrypting and decrypting")
        total = sum(numbers.values())

        def report(counts: dict[str, int]) -> None:
            for server in (fieldseal, *self._around.servers):
                server.check()
            sums = {stage: sum(n for t, n in counts.items() if t.endswith(stage)) for stage in ("encrypted", "clear")}
            progress.show(f"{sums['encrypted']} of {total} encrypted, {sums['clear']} decrypted")

        wanted = {self._around.topic(f"{n}.{stage}"): numbers[n] for n in FORMATS for stage in ("encrypted", "clear")}
        try:
            self._topics.follow(wanted, report)
        except TopicsFailed as failure:
            raise TopicsFailed(f"{failure}\nfieldseal says:\n{fieldseal.last_lines()}") from None
        progress.done(f"{total} there and back")

    def _read(self, stage: str) -> dict[str, Topic]:
        return {name: self._topics.read(self._around.topic(f"{name}.{stage}")) for name in FORMATS}

    # Looking

    def _show(self, name: str, raw: Topic, encrypted: Topic, clear: Topic) -> None:
        """Prints one record in its three states."""
        place = next(i for i, record in enumerate(raw[0]) if _is_worth_showing(record))
        titles = ("raw", "encrypted", "decrypted")
        for title, topic in zip(titles, (raw, encrypted, clear), strict=True):
            record = topic[0][place]
            show_record(f"{FORMATS[name]}, {title}", record, self._text(name, record))

    def _text(self, name: str, record: Record) -> str | None:
        """The value of a framed record in words; None where it is text itself."""
        value = record.value or b""
        if value[:1] != b"\0":
            return None
        return self._protobuf.text(value) if name == "protobuf" else members(self._deserialize(record))

    def _deserialize(self, record: Record) -> dict[str, object]:
        """The value as confluent-kafka's own deserializer reads it, under the schema it was written with."""
        context = SerializationContext(self._around.topic("avro"), MessageField.VALUE)
        found: dict[str, object] = self._deserializer(record.value, context)
        return found

    def _read_as_others_do(self, encrypted: dict[str, Topic]) -> bool:
        """Whether programs that know nothing of Fieldseal read the encrypted topics as they read the raw ones."""
        parses = all([self._parses(encrypted, name) for name in ("json", "converted", "protobuf")])
        avro = [record for record in flatten(encrypted["avro"]) if record.value is not None]
        read = sum(self._deserialize(record)["customerId"] == (record.key or b"").decode() for record in avro)
        step(f"confluent-kafka's AvroDeserializer: {read} of {len(avro)} encrypted Avro values read under their schema")
        return parses and read == len(avro)

    def _parses(self, encrypted: dict[str, Topic], name: str) -> bool:
        """Whether jq reads the values of an encrypted topic as JSON."""
        topic = self._around.topic(f"{name}.encrypted")
        kcat = ["kcat", "-q", "-C", "-e", "-o", "beginning", "-b", self._around.bootstrap_servers, "-t", topic]
        with subprocess.Popen(kcat, stdout=subprocess.PIPE) as values:
            jq = subprocess.run(["jq", "-c", ".nationalId"], stdin=values.stdout, capture_output=True, check=False)
        parsed = len(jq.stdout.splitlines()) if jq.returncode == 0 and values.returncode == 0 else 0
        expected = sum(record.value is not None for record in flatten(encrypted[name]))
        step(f"kcat -C -t {topic} | jq .nationalId: {parsed} of {expected} encrypted values parse as JSON")
        return parsed == expected

    # Comparing

    def _compare(
        self, raw: dict[str, Topic], encrypted: dict[str, Topic], clear: dict[str, Topic], readable: bool
    ) -> Outcome:
        written = sum(map(count, raw.values()))
        sealed = sum(map(count, encrypted.values()))
        opened = sum(map(count, clear.values()))
        same = sum(identical(raw[name], clear[name]) for name in FORMATS)
        telling = sum(bool(secrets) for secrets in self._secrets.values())
        visible = sum(in_the_clear(flatten(topic), self._secrets) for topic in raw.values())
        leaked = sum(in_the_clear(flatten(topic), self._secrets) for topic in encrypted.values())
        step(f"looking for each record's own sealed values: found in {visible} of {telling} raw records that have any,")
        step(f"    and in {leaked} encrypted ones")
        return Outcome(
            f"demo: {written} in, {sealed} encrypted, {opened} decrypted, {same} identical, {leaked} in the clear",
            is_fine=readable and written == sealed == opened == same and leaked == 0 and visible == telling,
        )


def _is_worth_showing(record: Record) -> bool:
    """Whether it has something of everything, and, where it is JSON, is spelled over several lines."""
    value = record.value or b""
    return 400 < len(value) < 1000 and len(record.headers) == 2 and (value[:1] == b"\0" or value[:2] == b"{\n")


def _stop(number: int, _: FrameType | None) -> None:
    # Once: what is stopping already must be let finish.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    print(f"\ndemo: stopped by {signal.Signals(number).name}", file=sys.stderr, flush=True)
    raise SystemExit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    try:
        with tempfile.TemporaryDirectory(prefix="fieldseal-demo-") as place:
            folder = Path(place)
            with surroundings(folder) as around:
                outcome = Demonstration(around, options.program, folder).run(options.records, options.seed)
    except (ServerFailed, TopicsFailed, VaultRefused, Unusable) as failure:
        print(f"demo: failed: {failure}", file=sys.stderr)
        return 1
    print(outcome.line)
    return 0 if outcome.is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
