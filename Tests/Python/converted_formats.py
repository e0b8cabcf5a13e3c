"""Opens parts that were converted to JSON (docs/wire-format.md, "Formats converted to JSON").

Part of the reader in wire_format_reader.py: built from that page alone, it shares no code with Fieldseal.
"""

import json
import struct

PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


class Unfit(Exception):
    """The text does not fit the schema."""


class AvroTypes:
    """A schema with full names settled."""

    def __init__(self, schema):
        self.named = {}
        self.root = self.settle(schema, "")

    def settle(self, schema, space):
        if isinstance(schema, list):
            return [self.settle(branch, space) for branch in schema]
        if isinstance(schema, str):
            return schema if schema in PRIMITIVES or "." in schema or not space else f"{space}.{schema}"
        kind = schema["type"]
        if kind == "array":
            return {"type": kind, "items": self.settle(schema["items"], space)}
        if kind == "map":
            return {"type": kind, "values": self.settle(schema["values"], space)}
        if kind not in ("record", "error", "enum", "fixed"):
            return self.settle(kind, space)
        name = schema["name"]
        if "." not in name:
            space = schema.get("namespace", space)
            name = f"{space}.{name}" if space else name
        space = name.rpartition(".")[0]
        own = {"type": kind, "name": name, "size": schema.get("size"), "symbols": schema.get("symbols")}
        self.named[name] = own
        own["fields"] = {f["name"]: self.settle(f["type"], space) for f in schema.get("fields", [])}
        return own

    def definition(self, schema):
        if isinstance(schema, list):
            return schema
        if isinstance(schema, str):
            return self.named.get(schema) or {"type": schema}
        return schema

    def name(self, schema):
        schema = self.definition(schema)
        return schema.get("name", schema["type"])

    def untagged(self, union):
        """The other type of a union of null and one other; None for other unions."""
        others = [branch for branch in union if self.name(branch) != "null"]
        return others[0] if len(union) == 2 and len(others) == 1 else None

    def is_tag(self, schema):
        """Whether an object of this type is a union's tag, whose member is no segment of a path."""
        return isinstance(schema, list) and self.untagged(schema) is None

    def member(self, schema, key):
        """The type of a member of an object, or of an element of a list."""
        schema = self.definition(schema)
        if isinstance(schema, list):
            other = self.untagged(schema)
            if other is not None:
                return self.member(other, key)
            return next((branch for branch in schema if self.name(branch) == key), None)
        kind = schema["type"]
        if kind in ("array", "map"):
            return schema["items" if kind == "array" else "values"]
        return schema["fields"].get(key) if kind in ("record", "error") else None


class NoTypes:
    """Of JSON without a schema: every member is a segment."""

    root = None

    def is_tag(self, schema):
        return False

    def member(self, schema, key):
        return None


def long_bytes(value):
    rest, output = (value << 1) ^ (value >> 63), b""
    while rest > 0x7F:
        output += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return output + bytes([rest])


class Pairs(list):
    """An object's members in their order."""


def encode(types, schema, value):
    """The canonical encoding of a value of parsed JSON."""
    schema = types.definition(schema)
    if isinstance(schema, list):
        return encode_union(types, schema, value)
    kind = schema["type"]
    if kind == "null":
        if value is not None:
            raise Unfit("not null")
        return b""
    if kind == "boolean":
        return b"\1" if value else b"\0"
    if kind in ("int", "long"):
        if type(value) is not int:
            raise Unfit("not a whole number")
        return long_bytes(value)
    if kind in ("float", "double"):
        special = {"NaN": 0x7FC00000 if kind == "float" else 0x7FF8000000000000}
        if value in special:
            return struct.pack("<I" if kind == "float" else "<Q", special[value])
        number = {"Infinity": float("inf"), "-Infinity": float("-inf")}.get(value, value)
        return struct.pack("<f" if kind == "float" else "<d", number)
    if kind in ("string", "bytes"):
        data = value.encode("utf-8" if kind == "string" else "latin-1")
        return long_bytes(len(data)) + data
    if kind == "fixed":
        return value.encode("latin-1")
    if kind == "enum":
        return long_bytes(schema["symbols"].index(value))
    if kind == "array":
        items = b"".join(encode(types, schema["items"], item) for item in value)
        return (long_bytes(len(value)) + items if value else b"") + b"\0"
    if kind == "map":
        items = b"".join(
            encode(types, "string", key) + encode(types, schema["values"], item) for key, item in value)
        return (long_bytes(len(value)) + items if value else b"") + b"\0"
    if [key for key, _ in value] != list(schema["fields"]):
        raise Unfit("not the members of the record")
    return b"".join(encode(types, schema["fields"][key], member) for key, member in value)


def encode_union(types, union, value):
    names = [types.name(branch) for branch in union]
    if value is None:
        return long_bytes(names.index("null"))
    other = types.untagged(union)
    if other is not None:
        return long_bytes(union.index(other)) + encode(types, other, value)
    ((name, inner),) = value
    return long_bytes(names.index(name)) + encode(types, union[names.index(name)], inner)


def binary(types, text):
    return encode(types, types.root, json.loads(text.decode("utf-8"), object_pairs_hook=Pairs))
