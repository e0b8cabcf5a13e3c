"""Reads a topic as an application does: joins a consumer group, prints each value, commits what it printed, and leaves at
SIGTERM.

usage: group_reader.py SERVERS TOPIC GROUP [LIMIT]

LIMIT: after so many records it stays in its group and reads no more.
"""

import signal
import sys

from confluent_kafka import Consumer


def main():
    servers, topic, group = sys.argv[1:4]
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else None
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    consumer = Consumer({"bootstrap.servers": servers, "group.id": group, "auto.offset.reset": "earliest",
                         "isolation.level": "read_committed", "enable.auto.commit": False, "session.timeout.ms": 6000})
    consumer.subscribe([topic])
    count = 0
    while not stopped:
        message = consumer.poll(0.1)
        if message is None or (limit is not None and count >= limit):
            continue
        if message.error():
            sys.exit(f"no record: {message.error()}")
        count += 1
        consumer.commit(message, asynchronous=False)
        print(message.value().decode(), flush=True)
        if count == limit:
            consumer.pause(consumer.assignment())
    consumer.close()


if __name__ == "__main__":
    main()
