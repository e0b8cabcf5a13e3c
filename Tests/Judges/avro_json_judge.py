"""Converts Avro data to JSON text by docs/wire-format.md ("convert_json") alone, and compares ours with it.

Reads one JSON object a line from the file named first, writes one a line to the file named second:
  in:  {"schema": text, "data": base64 of a datum, "text": base64 of our JSON text, "back": base64 of the datum we made of it}
  out: {"error": text or null}

Both binary data must also mean the same to fastavro, and to Apache's avro package where that can tell.
"""

import base64
import io
import json
import math
import re
import struct
import sys
import warnings

import fastavro

sys.setrecursionlimit(20_000)
warnings.simplefilter("ignore")

PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Datum:
    """Reads Avro's binary encoding."""

    def __init__(self, data):
        self.data = data
        self.position = 0

    def take(self, count):
        piece = self.data[self.position : self.position + count]
        if len(piece) != count:
            raise ValueError("the datum ends early")
        self.position += count
        return piece

    def number(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def elements(self, read):
        while count := self.number():
            if count < 0:
                count = -count
                self.number()
            for _ in range(count):
                yield read()


class Writer:
    """Writes the JSON text of a datum, a floating-point number as a mark to compare by value."""

    def __init__(self, schema, data):
        self.named = {}
        self.root = self.resolve(schema, "")
        self.datum = Datum(data)

    def resolve(self, schema, space):
        """The schema with full names and namespaces settled; a name that was used before is left a name."""
        if isinstance(schema, list):
            return [self.resolve(branch, space) for branch in schema]
        if isinstance(schema, str):
            return schema if schema in PRIMITIVES or "." in schema or not space else f"{space}.{schema}"
        kind = schema["type"]
        if kind == "array":
            return {"type": kind, "items": self.resolve(schema["items"], space)}
        if kind == "map":
            return {"type": kind, "values": self.resolve(schema["values"], space)}
        if kind not in ("record", "enum", "fixed"):
            return self.resolve(kind, space)
        name = schema["name"]
        if "." not in name:
            space = schema.get("namespace", space)
            name = f"{space}.{name}" if space else name
        space = name.rpartition(".")[0]
        own = {"type": kind, "name": name, "size": schema.get("size"), "symbols": schema.get("symbols")}
        self.named[name] = own
        own["fields"] = [(f["name"], self.resolve(f["type"], space)) for f in schema.get("fields", [])]
        return own

    def definition(self, schema):
        return self.named[schema] if isinstance(schema, str) and schema not in PRIMITIVES else schema

    def name(self, schema):
        schema = self.definition(schema)
        return schema if isinstance(schema, str) else schema.get("name", schema["type"])

    @staticmethod
    def string(text):
        return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'

    @staticmethod
    def floating(value, size):
        if math.isnan(value):
            return '"NaN"'
        if math.isinf(value):
            return '"Infinity"' if value > 0 else '"-Infinity"'
        return f"\x00{size}:{value!r}\x00"

    def text(self, schema):
        schema, datum = self.definition(schema), self.datum
        if isinstance(schema, list):
            return self.union(schema, datum.number())
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind == "null":
            return "null"
        if kind == "boolean":
            return "true" if datum.take(1)[0] else "false"
        if kind in ("int", "long"):
            return str(datum.number())
        if kind == "float":
            return self.floating(struct.unpack("<f", datum.take(4))[0], "f")
        if kind == "double":
            return self.floating(struct.unpack("<d", datum.take(8))[0], "d")
        if kind == "bytes":
            return self.string(datum.take(datum.number()).decode("latin-1"))
        if kind == "string":
            return self.string(datum.take(datum.number()).decode())
        if kind == "fixed":
            return self.string(datum.take(schema["size"]).decode("latin-1"))
        if kind == "enum":
            return self.string(schema["symbols"][datum.number()])
        if kind == "array":
            return "[" + ",".join(datum.elements(lambda: self.text(schema["items"]))) + "]"
        if kind == "map":
            return "{" + ",".join(datum.elements(lambda: self.entry(schema["values"]))) + "}"
        return "{" + ",".join(f'"{name}":{self.text(field)}' for name, field in schema["fields"]) + "}"

    def entry(self, values):
        key = self.string(self.datum.take(self.datum.number()).decode())
        return f"{key}:{self.text(values)}"

    def union(self, branches, index):
        branch = branches[index]
        value = self.text(branch)
        if self.name(branch) == "null":
            return "null"
        if len(branches) == 2 and any(self.name(other) == "null" for other in branches):
            return value
        return '{"' + self.name(branch) + '":' + value + "}"


def digits(number):
    """The significant digits of a number's text."""
    return number.partition("e")[0].lstrip("-").replace(".", "").strip("0")


def compare(expected, ours):
    """Both texts piece by piece; a number with a mark must be the same number, in no more digits than Python takes."""
    position = 0
    for index, piece in enumerate(expected.split("\x00")):
        if index % 2 == 0:
            if ours[position : position + len(piece)] != piece:
                raise ValueError(f"at {position}: expected {piece[:60]!r}, found {ours[position:position + 60]!r}")
            position += len(piece)
            continue
        size, _, number = piece.partition(":")
        spelled = re.match(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[-+]?[0-9]+)?", ours[position:]).group()
        pack = "<" + size
        if struct.pack(pack, float(spelled)) != struct.pack(pack, float(number)):
            raise ValueError(f"at {position}: {spelled} is not {number}")
        if len(digits(spelled)) > (9 if size == "f" else len(digits(number))):
            raise ValueError(f"at {position}: {spelled} has more digits than {number}")
        position += len(spelled)
    if position != len(ours):
        raise ValueError("our text goes on")


def judge(case):
    schema = json.loads(case["schema"])
    data, ours, back = (base64.b64decode(case[name]) for name in ("data", "text", "back"))
    writer = Writer(schema, data)
    expected = writer.text(writer.root)
    json.loads(ours)
    compare(expected, ours.decode())
    parsed = fastavro.parse_schema(schema)
    first, second = (repr(fastavro.schemaless_reader(io.BytesIO(d), parsed)) for d in (data, back))
    if first != second:
        raise ValueError("what came back means something else to fastavro")


with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
    for line in source:
        try:
            judge(json.loads(line))
            answer = {"error": None}
        except Exception as error:  # Whatever a judge says against a case is its verdict.
            answer = {"error": f"{type(error).__name__}: {error}"}
        target.write(json.dumps(answer) + "\n")
