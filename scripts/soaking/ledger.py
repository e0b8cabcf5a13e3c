"""What was written, and what came out of it: numbered records, verified as they come."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

Settings = dict[str, str | int | float | bool]


class Source:
    """Records that can be told from their partition and number: the value, the key, and what in it is secret."""

    def __init__(self, seed: int) -> None:
        self.secret = f"Pl4nted-{seed:x}-S3cret"

    def key(self, partition: int, number: int) -> bytes:
        return f"{partition}:{number % 50}".encode()

    def value(self, partition: int, number: int) -> bytes:
        note = "x" * ((number * 31) % 190)
        return f'{{"partition": {partition}, "number": {number}, "ssn": "{self.secret}-{number}", "note": "{note}"}}'.encode()

    def traces(self) -> list[bytes]:
        """Byte strings that give the secret away: itself, and in base64 at each of the three places it may begin."""
        text = self.secret.encode()
        found = [text]
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + text + b"\0" * (-(shift + len(text)) % 3))
            # The first and last characters depend on what is around.
            found.append(encoded[4 : len(encoded) - 8])
        return found


class Writer:
    """Writes numbered records, `rate` a second, in a thread of its own; can be held."""

    def __init__(self, settings: Settings, source: Source, topic: str, partitions: int, rate: int) -> None:
        self._source = source
        self._topic = topic
        self._rate = rate
        self._settings: Settings = {
            **settings, "enable.idempotence": True, "linger.ms": 5, "message.timeout.ms": 300_000
        }
        self._producer = Producer(self._settings)
        self.written = [0] * partitions
        self._failures: list[str] = []
        self._held = threading.Event()
        self._idle = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        if self._failures:
            raise KafkaException(KafkaError(KafkaError._FAIL, self._failures[0]))
        return sum(self.written)

    def hold(self) -> bool:
        """Writes no more until `release`; returns once what was written is acknowledged, and says whether it was held before."""
        was_held = self._held.is_set()
        self._idle.clear()
        self._held.set()
        if not self._idle.wait(600):
            self._failures.append("what was written is not acknowledged")
        return was_held

    def release(self) -> None:
        """Goes on, as a producer of its own: the development broker forgets the sequence numbers of those before its start."""
        self._producer = Producer(self._settings)
        self._held.clear()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None:
            self._failures.append(f"a record could not be written: {error.str()}")

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._held.is_set():
                    if self._producer.flush(300) == 0:
                        self._idle.set()
                    time.sleep(0.05)
                    continue
                self._write_some(self._rate // 10)
                self._stopping.wait(0.1)
            self._producer.flush(300)
        except KafkaException as error:
            self._failures.append(f"the writer ended: {error}")

    def _write_some(self, count: int) -> None:
        for index in range(count):
            partition = index % len(self.written)
            number = self.written[partition]
            while True:
                try:
                    self._producer.produce(
                        self._topic,
                        key=self._source.key(partition, number),
                        value=self._source.value(partition, number),
                        partition=partition,
                        on_delivery=self._delivered,
                    )
                    break
                except BufferError:
                    self._producer.poll(0.1)
            self.written[partition] = number + 1
        self._producer.poll(0)


class Follower:
    """Reads a topic from its beginning in a thread of its own, whatever happens to the broker meanwhile."""

    def __init__(self, settings: Settings, topic: str, partitions: int, isolation: str) -> None:
        self.topic = topic
        self._partitions = partitions
        self._settings: Settings = {
            **settings,
            "group.id": "soak-follower",
            "enable.auto.commit": False,
            "isolation.level": isolation,
            "auto.offset.reset": "earliest",
            "receive.message.max.bytes": 1_000_000_000,
            "reconnect.backoff.max.ms": 1000,
        }
        self._stopping = threading.Event()
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def take(self, message: Message) -> None:
        """Is given each record."""
        raise NotImplementedError

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            consumer = Consumer(self._settings)
            consumer.assign([TopicPartition(self.topic, number, 0) for number in range(self._partitions)])
            while not self._stopping.is_set():
                for message in consumer.consume(num_messages=1000, timeout=0.3):
                    # Errors of the connection pass; what matters is whether every record comes.
                    if message.error() is None:
                        self.take(message)
            consumer.close()
        except Exception as failure:
            self.failure = failure


class Verifier(Follower):
    """Holds what comes against what must come: each record once, in order, with the same content."""

    def __init__(
        self, settings: Settings, topic: str, partitions: int, source: Source, complain: Callable[[str], None]
    ) -> None:
        self._source = source
        self._complain = complain
        self.next = [0] * partitions
        self.lost = 0
        self.duplicated = 0
        self.changed = 0
        super().__init__(settings, topic, partitions, "read_committed")

    @property
    def count(self) -> int:
        if self.failure:
            raise self.failure
        return sum(self.next)

    def take(self, message: Message) -> None:
        partition = message.partition() or 0
        value = message.value() or b""
        expected = self.next[partition]
        if value == self._source.value(partition, expected) and message.key() == self._source.key(partition, expected):
            self.next[partition] = expected + 1
            return
        number = self._number(value)
        where = f"{self.topic} {partition}@{message.offset()}: {value[:32]!r} where number {expected} was due"
        if number is None:
            self.changed += 1
        elif number < expected:
            self.duplicated += 1
        elif number > expected:
            self.lost += number - expected
            self.next[partition] = number + 1
        else:
            self.changed += 1
            self.next[partition] = number + 1
        self._complain(where)

    @staticmethod
    def _number(value: bytes) -> int | None:
        parts = value.split(b'"number": ', 1)
        digits = parts[1].split(b",", 1)[0] if len(parts) == 2 else b""
        return int(digits) if digits.isdigit() else None


class Scanner(Follower):
    """Looks for the secret in everything that a topic holds, aborted records too."""

    def __init__(
        self, settings: Settings, topic: str, partitions: int, source: Source, complain: Callable[[str], None]
    ) -> None:
        self._traces = source.traces()
        self._complain = complain
        self.scanned = 0
        self.leaks = 0
        super().__init__(settings, topic, partitions, "read_uncommitted")

    def take(self, message: Message) -> None:
        parts = [message.key() or b"", message.value() or b""]
        parts += [value for _, value in message.headers() or [] if isinstance(value, bytes)]
        self.scanned += 1
        if any(trace in part for trace in self._traces for part in parts):
            self.leaks += 1
            self._complain(f"{self.topic} {message.partition()}@{message.offset()} holds the secret")
