"""Writes seeded records as the lines that `fieldseal transform` reads, serialized by Confluent's own serializers.

    confluent_samples.py --registry http://127.0.0.1:8081 --format avro|json --topic raw --count 100 --seed 1 [--schema sample.avsc]

The serializers register their schemas and put Confluent's framing before each value.
"""

import argparse
import base64
import json
import random

from avro_samples import sample
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

JSON_SCHEMA = """{"title":"Person","type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},
  "tags":{"type":"array","items":{"type":"string"}},"address":{"type":"object","properties":{"street":{"type":"string"}}}}}"""


def person(number, generator):
    text = f"Secr3t-{number}-" + '"\\ü\u0001' * generator.randrange(3)
    value = {"name": text, "age": generator.randrange(100), "tags": [text] * generator.randrange(3)}
    if generator.random() < 0.5:
        value["address"] = {"street": text, "floor": generator.random()}
    return value


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--registry", required=True)
    parser.add_argument("--format", choices=["avro", "json"], required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--schema")
    options = parser.parse_args()
    registry = SchemaRegistryClient({"url": options.registry})
    if options.format == "avro":
        with open(options.schema, encoding="utf-8") as text:
            serialize, make = AvroSerializer(registry, text.read()), sample
    else:
        serialize, make = JSONSerializer(JSON_SCHEMA, registry), person
    context = SerializationContext(options.topic, MessageField.VALUE)
    generator = random.Random(options.seed)
    for number in range(options.count):
        value = serialize(make(number, generator), context)
        print(json.dumps({
            "partition": 0, "offset": number, "timestamp": 1_700_000_000_000 + number,
            "key": base64.b64encode(b"key-%d" % number).decode(), "value": base64.b64encode(value).decode(),
            "headers": [["trace", "MQ=="]],
        }))


if __name__ == "__main__":
    main()
