"""Writes seeded Avro records as the lines that `fieldseal transform` reads, encoded by fastavro.

    avro_samples.py --schema sample.avsc --count 200 --seed 1 [--schema-id 7]

Without an id the values have no framing.
"""

import argparse
import base64
import datetime
import decimal
import io
import json
import random
import struct
import uuid

import fastavro

SECRET = "Secr3t"


def long_bytes(value):
    rest, output = (value << 1) ^ (value >> 63), b""
    while rest > 0x7F:
        output += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return output + bytes([rest])


def sample(number, random):
    text = f"{SECRET}-{number}-" + "ü" * random.randrange(5)
    return {
        "name": text,
        "nickname": random.choice([None, text]),
        "age": random.choice([0, -1, 2**31 - 1, random.randrange(100)]),
        "salary": random.choice([None, random.randrange(-2**63, 2**63)]),
        "ratio": random.choice([0.0, -0.0, 1.5, float("inf")]),
        "score": random.random(),
        "active": random.random() < 0.5,
        "photo": text.encode() * random.randrange(3),
        "pin": random.randbytes(4),
        "status": random.choice(["NEW", "OLD"]),
        "id": uuid.UUID(int=random.getrandbits(128)),
        "born": datetime.date(1950, 1, 1) + datetime.timedelta(days=random.randrange(20000)),
        "seen": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=number),
        "amount": decimal.Decimal(random.randrange(-10**6, 10**6)).scaleb(-2),
        "contact": random.choice([None, text, random.randrange(1000), {"street": text, "floor": number}]),
        "tags": [text] * random.randrange(3),
        "labels": {key: text for key in ["plain", "with space", "dot.ted", 'quo"ted', "", "é"][: random.randrange(7)]},
        "address": {"street": text, "floor": random.choice([None, number])},
        "clear": number,
        "banks": [{"iban": random.choice([None, text]), "balance": number} for _ in range(random.randrange(4))],
    }


def sized_blocks(data, number):
    """The record with its last field, an empty list, as two blocks that tell their size in bytes."""
    item = long_bytes(1) + long_bytes(6) + SECRET.encode() + long_bytes(number)
    blocks = b"".join(long_bytes(-count) + long_bytes(len(item) * count) + item * count for count in (2, 1))
    return data[:-1] + blocks + b"\0"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--schema", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--schema-id", type=int)
    options = parser.parse_args()
    with open(options.schema, encoding="utf-8") as text:
        schema = fastavro.parse_schema(json.load(text))
    generator = random.Random(options.seed)
    for number in range(options.count):
        record = sample(number, generator)
        if number % 4 == 0:
            record["banks"] = []
        output = io.BytesIO()
        fastavro.schemaless_writer(output, schema, record)
        value = output.getvalue()
        if number % 4 == 0:
            value = sized_blocks(value, number)
        if options.schema_id is not None:
            value = b"\0" + struct.pack(">I", options.schema_id) + value
        key = generator.choice([None, b"", b"key-%d" % number])
        print(json.dumps({
            "partition": 0, "offset": number, "timestamp": 1_700_000_000_000 + number,
            "key": None if key is None else base64.b64encode(key).decode(),
            "value": base64.b64encode(value).decode(),
            "headers": [["trace", "MQ=="], ["trace", None], ["trace", "MQ=="]],
        }))


if __name__ == "__main__":
    main()
