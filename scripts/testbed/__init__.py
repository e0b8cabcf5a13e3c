"""Servers that the scripts start on 127.0.0.1 and stop again: a Kafka broker, OpenBao, a Schema Registry, Fieldseal."""
