"""Topics and their records, as the scripts write and read them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

Settings = dict[str, str | int | float | bool]


class TopicsFailed(Exception):
    """A topic could not be made, written or read."""


@dataclass(frozen=True, slots=True)
class Record:
    """All of a record that Fieldseal keeps: everything but its offset."""

    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    timestamp: int
    """Milliseconds since 1970."""


class Topics:
    """The topics of one cluster."""

    def __init__(self, bootstrap_servers: str) -> None:
        # What goes wrong is raised, and not every connection that a stopping broker closes is worth a line.
        self._settings: Settings = {"bootstrap.servers": bootstrap_servers, "log_level": "2"}
        self._admin = AdminClient(self._settings)

    def answers(self, seconds: float = 10) -> bool:
        """Whether the cluster can be reached."""
        try:
            self._admin.list_topics(timeout=seconds)
        except KafkaException:
            return False
        return True

    def create(self, names: Iterable[str], partitions: int) -> None:
        """Makes topics that keep records of any age."""
        topics = [NewTopic(name, num_partitions=partitions, config={"retention.ms": "-1"}) for name in names]
        for name, future in self._admin.create_topics(topics, request_timeout=20).items():
            try:
                future.result()
            except KafkaException as error:
                raise TopicsFailed(f"topic {name} could not be created: {error.args[0].str()}") from None

    def delete_all(self, prefix: str) -> None:
        """Deletes every topic and consumer group whose name begins with `prefix` and a dot.

        Raises TopicsFailed where some are left.
        """
        topics = [name for name in self._admin.list_topics(timeout=10).topics if name.startswith(f"{prefix}.")]
        deletions = self._admin.delete_topics(topics, request_timeout=20) if topics else {}
        listed = self._admin.list_consumer_groups(request_timeout=20).result().valid
        groups = [group.group_id for group in listed if group.group_id.startswith(f"{prefix}.")]
        if groups:
            deletions |= self._admin.delete_consumer_groups(groups, request_timeout=20)
        left: list[str] = []
        for name, deletion in deletions.items():
            try:
                deletion.result()
            except KafkaException as error:
                left.append(f"{name} ({error.args[0].str()})")
        if left:
            raise TopicsFailed(f"not deleted: {', '.join(left)}")

    def partitions(self, topic: str) -> int:
        return len(self._admin.list_topics(topic, timeout=10).topics[topic].partitions)

    def exists(self, topic: str) -> bool:
        """Whether there is such a topic; asking does not make one."""
        return topic in self._admin.list_topics(timeout=10).topics

    def write(self, topic: str, records: Iterable[Record]) -> int:
        """Writes records in their order, each to its partition; gives their number."""
        failures: list[KafkaError] = []

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failures.append(error)

        producer = Producer({**self._settings, "enable.idempotence": True, "compression.type": "lz4"})
        count = 0
        for record in records:
            while True:
                try:
                    producer.produce(
                        topic,
                        key=record.key,
                        value=record.value,
                        partition=record.partition,
                        timestamp=record.timestamp,
                        headers=list(record.headers),
                        on_delivery=delivered,
                    )
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
            count += 1
        left = producer.flush(60)
        if failures or left:
            reason = failures[0].str() if failures else "the broker did not acknowledge them"
            raise TopicsFailed(f"{len(failures) + left} records could not be written to {topic}: {reason}")
        return count

    def read(self, topic: str) -> list[list[Record]]:
        """Everything that is committed in `topic` now, by partition and in order."""
        partitions: list[list[Record]] = [[] for _ in range(self.partitions(topic))]
        for message in self._messages(topic, len(partitions)):
            record = _record(message)
            partitions[record.partition].append(record)
        return partitions

    def _messages(self, topic: str, partitions: int) -> Iterator[Message]:
        with _Reader(self._settings) as consumer:
            consumer.assign([TopicPartition(topic, partition, 0) for partition in range(partitions)])
            open_partitions = set(range(partitions))
            deadline = time.monotonic() + 120
            while open_partitions:
                if time.monotonic() > deadline:
                    raise TopicsFailed(f"{topic} could not be read to its end within 120 s")
                for message in consumer.consume(num_messages=500, timeout=0.5):
                    error = message.error()
                    if error is None:
                        yield message
                    elif error.code() == KafkaError._PARTITION_EOF:
                        open_partitions.discard(message.partition())
                    else:
                        raise TopicsFailed(f"{topic} could not be read: {error.str()}")

    def counts(self, topic: str) -> Iterator[int]:
        """How many committed records `topic` holds, again and again, several times a second; waits for the topic."""
        count = 0
        assigned = False
        with _Reader(self._settings) as consumer:
            while True:
                if not assigned and self.exists(topic):
                    partitions = range(self.partitions(topic))
                    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
                    assigned = True
                if assigned:
                    messages = consumer.consume(num_messages=1000, timeout=0.2)
                    count += sum(message.error() is None for message in messages)
                else:
                    time.sleep(0.1)
                yield count

    def members(self, group: str) -> int:
        """How many members a consumer group has."""
        described = self._admin.describe_consumer_groups([group], request_timeout=20)
        return len(described[group].result().members)

    def follow(
        self, wanted: dict[str, int], progress: Callable[[dict[str, int]], None], silence_seconds: float = 60
    ) -> None:
        """Returns once each topic of `wanted` holds so many committed records; tells `progress` how many there are.

        Raises TopicsFailed where nothing comes for `silence_seconds`. What `progress` raises ends it too.
        """
        counts = dict.fromkeys(wanted, 0)
        assigned: set[str] = set()
        deadline = time.monotonic() + silence_seconds
        with _Reader(self._settings) as consumer:
            while any(counts[topic] < number for topic, number in wanted.items()):
                # Fieldseal makes its targets itself, when it starts.
                for topic in wanted.keys() - assigned:
                    if self.exists(topic):
                        consumer.incremental_assign(
                            [TopicPartition(topic, partition, 0) for partition in range(self.partitions(topic))]
                        )
                        assigned.add(topic)
                if not assigned:
                    time.sleep(0.05)
                messages = consumer.consume(num_messages=500, timeout=0.2) if assigned else []
                arrived = [message.topic() for message in messages if message.error() is None]
                for topic in filter(None, arrived):
                    counts[topic] += 1
                if arrived:
                    deadline = time.monotonic() + silence_seconds
                elif time.monotonic() > deadline:
                    raise TopicsFailed(f"nothing came for {silence_seconds:.0f} s; so far: {counts}")
                progress(counts)


class _Reader(Consumer):
    """A consumer that reads what is committed, belongs to no group in effect, and is closed at the end of a block."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            {
                **settings,
                "group.id": "fieldseal-testbed",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                # Some development brokers hand out a partition's whole backlog at once.
                "receive.message.max.bytes": 1_000_000_000,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _record(message: Message) -> Record:
    partition = message.partition()
    if partition is None:
        raise TopicsFailed("a record came without its partition")
    _, timestamp = message.timestamp()
    return Record(
        partition=partition,
        key=message.key(),
        value=message.value(),
        headers=tuple(cast(list[tuple[str, bytes | None]], message.headers() or [])),
        timestamp=timestamp,
    )
