"""Customers as Protobuf, by Confluent's own serializers; protoc reads customer.proto, so nothing generated is kept."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

HERE = Path(__file__).parent


class ProtobufCustomers:
    """Writes and reads customers of one topic."""

    def __init__(self, registry: SchemaRegistryClient, topic: str, folder: Path) -> None:
        descriptors = folder / "customer.descriptors"
        subprocess.run(
            ["protoc", f"--proto_path={HERE}", f"--descriptor_set_out={descriptors}", "customer.proto"], check=True
        )
        files = descriptor_pb2.FileDescriptorSet.FromString(descriptors.read_bytes())
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        self._message = message_factory.GetMessageClass(pool.FindMessageTypeByName("demonstration.Customer"))
        settings = {"use.deprecated.format": False}
        self._serialize = ProtobufSerializer(self._message, registry, settings)
        self._deserialize = ProtobufDeserializer(self._message, settings)
        self._context = SerializationContext(topic, MessageField.VALUE)

    def serialize(self, content: dict[str, Any]) -> bytes:
        present = {name: value for name, value in content.items() if value is not None}
        value: bytes = self._serialize(json_format.ParseDict(present, self._message()), self._context)
        return value

    def text(self, value: bytes) -> str:
        """A value in Protobuf's text format, as the deserializer reads it."""
        return str(self._deserialize(value, self._context))
