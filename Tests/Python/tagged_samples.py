"""Writes records whose schemas have tags, by Confluent's own serializers, as the lines that `fieldseal transform` reads.

    tagged_samples.py URL avro|json|protobuf

The schemas are registered in the registry at URL.
"""

import base64
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.confluent import meta_pb2
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

SECRET = "Secr3t"

AVRO = {
    "type": "record", "name": "Customer", "namespace": "shop", "fields": [
        {"name": "id", "type": "string"},
        {"name": "ssn", "type": "string", "confluent:tags": ["PII"]},
        {"name": "salary", "type": ["null", "long"], "fieldseal.tags": ["PII", "other"],
         "fieldseal.algorithm": "CHACHA20_POLY1305"},
        {"name": "card", "type": "string", "fieldseal.keySecretId": "in-memory-kms://other"},
        {"name": "note", "type": "string", "confluent:tags": ["PUBLIC"]},
        {"name": "banks", "type": {"type": "array", "items": {
            "type": "record", "name": "Bank", "fields": [
                {"name": "iban", "type": "string", "fieldseal.tags": ["PII"]},
                {"name": "bic", "type": "string"}]}}},
    ]}

JSON = {
    "title": "Customer", "type": "object", "properties": {
        "id": {"type": "string"},
        "ssn": {"type": "string", "confluent:tags": ["PII"]},
        "salary": {"type": "integer", "fieldseal.tags": ["PII"]},
        "card": {"type": "string", "fieldseal.keySecretId": "in-memory-kms://other"},
        "note": {"type": "string"},
        "banks": {"type": "array", "items": {"$ref": "#/definitions/bank"}},
    },
    "definitions": {"bank": {"type": "object", "properties": {
        "iban": {"type": "string", "fieldseal.tags": ["PII"]}, "bic": {"type": "string"}}}},
}


def value(number):
    return {
        "id": f"c{number}", "ssn": f"{SECRET} {number}", "salary": 4711_0000 + number, "card": f"{SECRET}-{number}",
        "note": "plain", "banks": [{"iban": f"{SECRET}/{number}/{bank}", "bic": "plain"} for bank in range(number % 3)],
    }


def protobuf_class():
    """Customer, whose fields have Confluent's options."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="shop/customer.proto", package="shop", syntax="proto3", dependency=["confluent/meta.proto"])
    customer, bank = file.message_type.add(name="Customer"), file.message_type.add(name="Bank")

    def add(message, number, name, kind=field.TYPE_STRING, tags=(), params=(), **more):
        added = message.field.add(name=name, number=number, type=kind, label=field.LABEL_OPTIONAL)
        for key, item in more.items():
            setattr(added, key, item)
        if tags or params:
            meta = added.options.Extensions[meta_pb2.field_meta]
            meta.tags.extend(tags)
            meta.params.update(dict(params))

    add(customer, 1, "id")
    add(customer, 2, "ssn", tags=["PII"])
    add(customer, 3, "salary", kind=field.TYPE_INT64, tags=["x", "PII"])
    add(customer, 4, "card", params=[("fieldseal.keySecretId", "in-memory-kms://other")])
    add(customer, 5, "note", tags=["PUBLIC"])
    add(customer, 6, "banks", kind=field.TYPE_MESSAGE, label=field.LABEL_REPEATED, type_name=".shop.Bank")
    add(bank, 1, "iban", tags=["PII"])
    add(bank, 2, "bic")
    pool = descriptor_pool.Default()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Customer"))


def serializer(client, language):
    if language == "avro":
        return AvroSerializer(client, json.dumps(AVRO))
    if language == "json":
        return JSONSerializer(json.dumps(JSON), client)
    customer = protobuf_class()
    write = ProtobufSerializer(customer, client, {"use.deprecated.format": False})
    return lambda item, context: write(json_format.ParseDict(item, customer()), context)


def main(url, language):
    write = serializer(SchemaRegistryClient({"url": url}), language)
    context = SerializationContext("raw", MessageField.VALUE)
    for number in range(6):
        payload = write(value(number), context)
        print(json.dumps({
            "topic": "raw", "partition": 0, "offset": number, "timestamp": 1_700_000_000_000,
            "key": base64.b64encode(f"k{number}".encode()).decode(), "value": base64.b64encode(payload).decode(),
            "headers": []}))


main(*sys.argv[1:])
