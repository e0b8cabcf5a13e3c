"""Records that are written at a steady rate, and a count of those that arrive, while other things go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from testbed.topics import Record, Topics


class Load:
    """Writes numbered records to `topic`, `rate` a second, in a thread of its own."""

    def __init__(self, topics: Topics, topic: str, partitions: int, rate: int) -> None:
        self._topics = topics
        self._topic = topic
        self._partitions = partitions
        self._rate = rate
        self._written = 0
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """The records so far; raises what ended the writing."""
        if self._failure:
            raise self._failure
        return self._written

    def stop(self) -> int:
        """Ends it and gives the number of records."""
        self._stopping.set()
        self._thread.join()
        return self.written

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                started = time.monotonic()
                self._written += self._topics.write(self._topic, self._second())
                self._stopping.wait(max(0.0, started + 1 - time.monotonic()))
        except Exception as failure:
            self._failure = failure

    def _second(self) -> Iterator[Record]:
        """What is written in one second."""
        for number in range(self._written, self._written + self._rate):
            value = f'{{"number": {number}, "ssn": "078-05-{number:07}", "note": "{"x" * (number % 97)}"}}'
            yield Record(
                partition=number % self._partitions,
                key=str(number).encode(),
                value=value.encode(),
                headers=(("origin", b"soak"),),
                timestamp=time.time_ns() // 1_000_000,
            )


class Arrivals:
    """When the records of a topic arrived: counts by second, taken by a thread of its own."""

    def __init__(self, topics: Topics, topic: str) -> None:
        self._topics = topics
        self._topic = topic
        self._lock = threading.Lock()
        self._times: list[tuple[float, int]] = []
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        """The records so far; raises what ended the counting."""
        if self._failure:
            raise self._failure
        with self._lock:
            return self._times[-1][1] if self._times else 0

    def between(self, start: float, end: float) -> int:
        """How many arrived from `start` to `end`, on time.monotonic()'s clock."""
        with self._lock:
            times = list(self._times)
        before = max((count for moment, count in times if moment <= start), default=0)
        return max((count for moment, count in times if moment <= end), default=0) - before

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for count in self._topics.counts(self._topic):
                with self._lock:
                    self._times.append((time.monotonic(), count))
                if self._stopping.is_set():
                    return
        except Exception as failure:
            self._failure = failure
