"""Writes and reads a topic of Avro records by Confluent's own serializer and deserializer, with a schema registry.

    confluent_avro_topic.py write --servers S --registry URL --topic T --schema sample.avsc --count 100
    confluent_avro_topic.py read  --servers S --registry URL --topic T --schema sample.avsc --count 100

Both print one JSON object a record, {"key": text, "value": {...}}, values that JSON lacks as text. Reading gives the
schema to the deserializer, so that it resolves what was written to it, as a consumer generated from the schema does.
Writing registers the schema for the topics in --targets too, as for any topic whose subjects are named for it.
"""

import argparse
import json
import random
import uuid

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from avro_samples import sample


def show(key, value):
    # JSON has no infinity.
    value = {name: str(member) if isinstance(member, float) else member for name, member in value.items()}
    print(json.dumps({"key": key.decode(), "value": value}, default=str))


def write(options, registry, schema):
    serialize = AvroSerializer(registry, schema)
    context = SerializationContext(options.topic, MessageField.VALUE)
    producer = Producer({"bootstrap.servers": options.servers})
    generator = random.Random(20261125)
    for number in range(options.count):
        key, value = b"key-%d" % number, sample(number, generator)
        producer.produce(options.topic, key=key, value=serialize(value, context), partition=0)
        show(key, value)
    if producer.flush(30):
        raise SystemExit("not everything was written")
    registered = registry.get_latest_version(f"{options.topic}-value")
    for target in options.targets:
        if registry.register_schema(f"{target}-value", registered.schema) != registered.schema_id:
            raise SystemExit("the same schema has another id")


def read(options, registry, schema):
    deserialize = AvroDeserializer(registry, schema)
    context = SerializationContext(options.topic, MessageField.VALUE)
    consumer = Consumer({
        "bootstrap.servers": options.servers, "group.id": str(uuid.uuid4()), "isolation.level": "read_committed",
        "enable.auto.commit": False})
    consumer.assign([TopicPartition(options.topic, 0, 0)])
    for _ in range(options.count):
        message = consumer.poll(20)
        if message is None or message.error():
            raise SystemExit(f"no record: {message and message.error()}")
        show(message.key(), deserialize(message.value(), context))
    consumer.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=["write", "read"])
    for name in ("--servers", "--registry", "--topic", "--schema"):
        parser.add_argument(name, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--targets", nargs="*", default=[])
    options = parser.parse_args()
    with open(options.schema, encoding="utf-8") as file:
        schema = file.read()
    action = write if options.action == "write" else read
    action(options, SchemaRegistryClient({"url": options.registry}), schema)


if __name__ == "__main__":
    main()
