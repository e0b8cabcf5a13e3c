"""Writes records whose schemas have tags, by Confluent's own serializers, as the lines that `fieldseal transform` reads.

    tagged_samples.py URL avro|json

The schemas are registered in the registry at URL.
"""

import base64
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

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


def main(url, language):
    client = SchemaRegistryClient({"url": url})
    serializer = (
        AvroSerializer(client, json.dumps(AVRO)) if language == "avro" else JSONSerializer(json.dumps(JSON), client))
    context = SerializationContext("raw", MessageField.VALUE)
    for number in range(6):
        payload = serializer(value(number), context)
        print(json.dumps({
            "topic": "raw", "partition": 0, "offset": number, "timestamp": 1_700_000_000_000,
            "key": base64.b64encode(f"k{number}".encode()).decode(), "value": base64.b64encode(payload).decode(),
            "headers": []}))


main(*sys.argv[1:])
