"""Writes seeded records as the lines that `fieldseal transform` reads, serialized by Confluent's own serializers.

    confluent_samples.py --registry http://127.0.0.1:8081 --format avro|json|protobuf --topic raw --count 100 --seed 1 [--schema sample.avsc]

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
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

JSON_SCHEMA = """{"title":"Person","type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},
  "tags":{"type":"array","items":{"type":"string"}},"address":{"type":"object","properties":{"street":{"type":"string"}}}}}"""


def person(number, generator):
    text = f"Secr3t-{number}-" + '"\\ü\u0001' * generator.randrange(3)
    value = {"name": text, "age": generator.randrange(100), "tags": [text] * generator.randrange(3)}
    if generator.random() < 0.5:
        value["address"] = {"street": text, "floor": generator.random()}
    return value


def field(name, number, kind, **more):
    return descriptor_pb2.FieldDescriptorProto(name=name, number=number, type=kind, label=more.pop("label", 1), **more)


def message_class():
    """A nested message, so that its index is none of the first: people.Registry.Person, with a country that is imported."""
    types = descriptor_pb2.FieldDescriptorProto
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    shared = descriptor_pb2.FileDescriptorProto(name="shared/country.proto", package="shared", syntax="proto3")
    shared.message_type.add(name="Country", field=[field("code", 1, types.TYPE_STRING)])
    pool.Add(shared)
    file = descriptor_pb2.FileDescriptorProto(
        name="people.proto", package="people", syntax="proto3",
        dependency=["shared/country.proto", "google/protobuf/timestamp.proto"])
    file.message_type.add(name="First", field=[field("x", 1, types.TYPE_INT32)])
    person = file.message_type.add(name="Registry").nested_type.add(name="Person")
    person.field.extend([
        field("name", 1, types.TYPE_STRING), field("age", 2, types.TYPE_INT64),
        field("tags", 3, types.TYPE_STRING, label=3), field("photo", 4, types.TYPE_BYTES),
        field("country", 5, types.TYPE_MESSAGE, type_name=".shared.Country"),
        field("born", 6, types.TYPE_MESSAGE, type_name=".google.protobuf.Timestamp"),
        field("scores", 7, types.TYPE_DOUBLE, label=3), field("address", 8, types.TYPE_MESSAGE, type_name=".people.Address"),
    ])
    file.message_type.add(name="Address", field=[field("street", 1, types.TYPE_STRING)])
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("people.Registry.Person"))


def message(kind, number, generator):
    text = f"Secr3t-{number}-" + '"\\ü\u0001' * generator.randrange(3)
    made = kind(name=text, age=generator.randrange(1 << 62), tags=[text] * generator.randrange(3))
    made.photo = generator.randbytes(generator.randrange(9))
    made.scores.extend(generator.random() for _ in range(generator.randrange(4)))
    if generator.random() < 0.5:
        made.address.street = text
        made.country.code = "DE"
        made.born.FromSeconds(generator.randrange(1 << 31))
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--registry", required=True)
    parser.add_argument("--format", choices=["avro", "json", "protobuf"], required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--schema")
    options = parser.parse_args()
    registry = SchemaRegistryClient({"url": options.registry})
    if options.format == "avro":
        with open(options.schema, encoding="utf-8") as text:
            serialize, make = AvroSerializer(registry, text.read()), sample
    elif options.format == "json":
        serialize, make = JSONSerializer(JSON_SCHEMA, registry), person
    else:
        kind = message_class()
        serialize = ProtobufSerializer(kind, registry, {"use.deprecated.format": False})
        make = lambda number, generator: message(kind, number, generator)
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
