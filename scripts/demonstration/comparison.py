"""What the demonstration proves: nothing changed on the way there and back, and nothing was readable in between."""

from __future__ import annotations

from collections.abc import Iterable

from testbed.topics import Record


def identical(written: list[list[Record]], read: list[list[Record]]) -> int:
    """How many records are in their place with the same key, value, headers and timestamp, byte for byte."""
    return sum(
        before == after
        for before_partition, after_partition in zip(written, read, strict=True)
        for before, after in zip(before_partition, after_partition, strict=False)
    )


def in_the_clear(records: Iterable[Record], secrets: dict[bytes, set[bytes]]) -> int:
    """How many records hold, anywhere, one of the secrets that `secrets` has under their key."""
    return sum(
        any(secret in content for secret in secrets[record.key or b""]) for record, content in _contents(records)
    )


def _contents(records: Iterable[Record]) -> Iterable[tuple[Record, bytes]]:
    """Each record with its value and headers as one run of bytes."""
    for record in records:
        parts = [record.key or b"", record.value or b""]
        for name, value in record.headers:
            parts += [name.encode(), value or b""]
        yield record, b"\0".join(parts)


def count(topic: list[list[Record]]) -> int:
    return sum(len(partition) for partition in topic)


def flatten(topic: list[list[Record]]) -> Iterable[Record]:
    """A topic's records, partition by partition."""
    return (record for partition in topic for record in partition)
