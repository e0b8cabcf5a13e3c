"""Opens records that Fieldseal wrote: a reader built from docs/wire-format.md alone, on Google Tink and Vault's HTTP API.

Reads the lines that `fieldseal transform` writes from standard input and writes each record, opened, as such a line;
where a record can't be opened, `{"refused": REASON}`. It shares no code and no library with Fieldseal.

    wire_format_reader.py --topic customers.encrypted --vault http://127.0.0.1:8200 \\
        [--kek vault-kms://127.0.0.1:8200/transit/keys/pii ...] [--schema customer.avsc] [--key-schema key.avsc] \\
        [--registry http://127.0.0.1:8081]

The token is taken from VAULT_TOKEN.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import urllib.parse
import urllib.request
import zlib

import cramjam
import fastavro.schema
import tink
from converted_formats import AvroTypes, NoTypes, Unfit, binary
from converted_protobuf import protobuf_message
from tink import aead, proto_keyset_format, secret_key_access
from tink.proto import aes_ctr_hmac_aead_pb2, aes_ctr_pb2, aes_eax_pb2, aes_gcm_pb2, common_pb2, hmac_pb2, tink_pb2
from tink.proto import xchacha20_poly1305_pb2

TYPE_URL = "type.googleapis.com/google.crypto.tink."
DEK_SIZES = {
    "AES128_GCM": 16, "AES256_GCM": 32, "AES128_EAX": 16, "AES256_EAX": 32, "AES128_CTR_HMAC_SHA256": 48,
    "AES256_CTR_HMAC_SHA256": 64, "XCHACHA20_POLY1305": 32,
}
HEADERS = {
    "fieldseal.key", "fieldseal.value", "fieldseal.key.original", "fieldseal.value.original", "fieldseal.envelope",
    "fieldseal.opened", "fieldseal.defaulted", "fieldseal.error",
}
ANY_ELEMENT, ANY_MEMBER = object(), object()


class Refused(Exception):
    pass


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("a duplicate member")
    return members


def strict_json(data):
    return json.loads(data.decode("utf-8"), object_pairs_hook=unique)


def check_members(value, allowed):
    if not isinstance(value, dict) or not set(value) <= set(allowed):
        raise Refused("an unknown member")


# Paths


def parse_path(text):
    """The segments: a key as str, an index as int, or one of the wildcards."""
    segments, rest = [], text
    while rest:
        if rest[0] == "[":
            inside, rest = rest[1:].split("]", 1)
            segments.append(ANY_ELEMENT if inside == "*" else int(inside))
            continue
        if segments:
            if rest[0] != ".":
                raise Refused(f"no path: {text}")
            rest = rest[1:]
        if rest[0] == "*":
            segments.append(ANY_MEMBER)
            rest = rest[1:]
        elif rest[0] == '"':
            key, end = json.JSONDecoder(strict=False).raw_decode(rest)
            segments.append(key)
            rest = rest[end:]
        else:
            key = re.match(r"[A-Za-z_][A-Za-z0-9_-]*", rest).group()
            segments.append(key)
            rest = rest[len(key):]
    return segments


def quoted(key):
    named = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(named.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in key) + '"'


def concrete(segments):
    text = ""
    for segment in segments:
        if isinstance(segment, int):
            text += f"[{segment}]"
        else:
            bare = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", segment)
            text += ("." if text else "") + (segment if bare else quoted(segment))
    return text


def covers(rule, segments):
    return len(rule) == len(segments) and all(
        a is ANY_ELEMENT and isinstance(b, int) or a is ANY_MEMBER and isinstance(b, str)
        or type(a) is type(b) and a == b
        for a, b in zip(rule, segments)
    )


# Keys


def tink_key(algorithm, dek):
    if algorithm.endswith("GCM"):
        return "AesGcmKey", aes_gcm_pb2.AesGcmKey(key_value=dek)
    if algorithm.endswith("EAX"):
        return "AesEaxKey", aes_eax_pb2.AesEaxKey(params=aes_eax_pb2.AesEaxParams(iv_size=16), key_value=dek)
    if algorithm.startswith("XCHACHA20"):
        return "XChaCha20Poly1305Key", xchacha20_poly1305_pb2.XChaCha20Poly1305Key(key_value=dek)
    split, tag = (16, 16) if algorithm.startswith("AES128") else (32, 32)
    params = hmac_pb2.HmacParams(hash=common_pb2.SHA256, tag_size=tag)
    return "AesCtrHmacAeadKey", aes_ctr_hmac_aead_pb2.AesCtrHmacAeadKey(
        aes_ctr_key=aes_ctr_pb2.AesCtrKey(params=aes_ctr_pb2.AesCtrParams(iv_size=16), key_value=dek[:split]),
        hmac_key=hmac_pb2.HmacKey(params=params, key_value=dek[split:]),
    )


class Keys:
    """Unwraps data keys by Vault and makes Tink primitives of them."""

    def __init__(self, vault, allowed):
        self.vault, self.allowed, self.known = vault, allowed, {}

    def primitive(self, entry, algorithm):
        check_members(entry, ("kek", "edek"))
        name = (entry["kek"], entry["edek"], algorithm)
        if name not in self.known:
            self.known[name] = self.make(*name)
        return self.known[name]

    def make(self, kek, edek, algorithm):
        if self.allowed and kek not in self.allowed:
            raise Refused("a kek that is not allowed")
        mount, key = re.fullmatch(r"vault-kms://[^/]+/(.+)/keys/([^/]+)", kek).groups()
        request = urllib.request.Request(
            f"{self.vault}/v1/{mount}/decrypt/{key}", data=json.dumps({"ciphertext": edek}).encode(),
            headers={"X-Vault-Token": os.environ["VAULT_TOKEN"]}, method="POST",
        )
        with urllib.request.urlopen(request) as reply:
            dek = base64.b64decode(json.load(reply)["data"]["plaintext"], validate=True)
        if len(dek) != DEK_SIZES[algorithm]:
            raise Refused("a data key of the wrong length")
        kind, proto = tink_key(algorithm, dek)
        keyset = tink_pb2.Keyset(primary_key_id=1)
        entry = keyset.key.add(key_id=1, status=tink_pb2.ENABLED, output_prefix_type=tink_pb2.RAW)
        entry.key_data.type_url = TYPE_URL + kind
        entry.key_data.value = proto.SerializeToString()
        entry.key_data.key_material_type = tink_pb2.KeyData.SYMMETRIC
        handle = proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
        return handle.primitive(aead.Aead)


# The envelope and what it says of one record


class Envelope:
    """What one record's envelope says, and the ciphertexts that it opens."""

    def __init__(self, record, envelope, keys, topic):
        line, lines = envelope.split(b"\n", 1)
        layout, entries = strict_json(line), json.loads(lines.decode("utf-8"), object_pairs_hook=unique)
        check_members(layout, ("v", "topic", "bind", "algs", "key", "value", "headers"))
        if layout["v"] != 1 or layout["topic"] != topic:
            raise Refused("another version or topic")
        if len(envelope) > 65536 or len(entries) > 64 or len(entries) != len(layout["algs"]):
            raise Refused("an envelope out of bounds")
        self.layout, self.entries, self.keys = layout, entries, keys
        self.unbound = b"fieldseal/1\n" + hashlib.sha256(line).digest()
        self.bound = self.unbound
        if "key" in layout.get("bind", []):
            key = record["key"]
            self.bound += b"\xff\xff\xff\xff" if key is None else struct.pack(">I", len(key)) + key

    def decrypt(self, index, sealed, part, type_name, path):
        cipher = self.keys.primitive(self.entries[index], self.layout["algs"][index])
        # A ciphertext of the key can't be bound to the key as it is written.
        aad = self.unbound if part == "key" else self.bound
        try:
            return cipher.decrypt(sealed, aad + f"{part}\n{type_name}\n".encode() + path)
        except tink.TinkError as error:
            raise Refused("a ciphertext that does not open") from error


class Part:
    """Opens the key or the value of one record: whole, or its fields."""

    def __init__(self, name, envelope):
        self.name, self.envelope = name, envelope
        self.part = envelope.layout.get(name)
        if self.part is not None and "payload" in self.part:
            check_members(self.part, ("payload", "compression"))
        elif self.part is not None:
            check_members(self.part, ("format", "mode", "schema", "fingerprint", "frame", "pad", "original", "fields"))
            self.rules = [(parse_path(field["path"]), field) for field in self.part["fields"]]
            for _, field in self.rules:
                check_members(field, ("path", "type", "key", "in"))

    def run(self, payload, sealed, original, schemas):
        """The part as it was; `sealed` and `original` are the values of its headers, or None."""
        if self.part is None or "payload" in self.part:
            if sealed is not None:
                raise Refused("a header that the layout does not call for")
        if original is not None and (self.part or {}).get("mode") != "convert_json":
            raise Refused("a header that the layout does not call for")
        if self.part is None:
            return payload
        if payload is None:
            raise Refused("a null where something is sealed")
        if "payload" in self.part:
            return self.whole(payload)
        ciphertexts = {} if sealed is None else strict_json(sealed)
        if sealed is not None and not ciphertexts:
            raise Refused("an empty header")
        if ciphertexts and self.part.get("mode") != "preserve_avro":
            raise Refused("a header that the layout does not call for")
        if self.part["format"] == "json":
            return open_json(payload, self)
        if self.part["mode"] == "convert_json":
            return open_converted(payload, self, original, schemas)
        return open_avro(payload, self, ciphertexts, schemas)

    def whole(self, payload):
        plain = self.envelope.decrypt(self.part["payload"], payload, self.name, "payload", b"")
        return decompressed(plain, self.part.get("compression"))

    def field(self, segments):
        for rule, field in self.rules:
            if covers(rule, segments):
                return field
        return None

    def open(self, field, text, type_name, segments):
        sealed = base64.b64decode(text, validate=True)
        if base64.b64encode(sealed) != text:
            raise Refused("base64 with spare bits")
        path = concrete(segments).encode("utf-8")
        return self.unpadded(self.envelope.decrypt(field["key"], sealed, self.name, type_name, path))

    def unpadded(self, plain):
        size = self.part.get("pad")
        if size is None:
            return plain
        content = plain.rstrip(b"\0")
        if len(plain) % size or content[-1:] != b"\x80" or len(plain) - len(content) >= size:
            raise Refused("bad padding")
        return content[:-1]


def decompressed(data, compression):
    if compression is None:
        return data
    if compression == "gzip":
        member = zlib.decompressobj(wbits=31)
        plain = member.decompress(data)
        if not member.eof or member.unused_data:
            raise Refused("not one gzip member")
        return plain
    if compression == "snappy":
        return bytes(cramjam.snappy.decompress_raw(data))
    return bytes({"lz4": cramjam.lz4, "zstd": cramjam.zstd}[compression].decompress(data))


def open_headers(headers, envelope):
    """The record's own headers, opened where the layout names them."""
    entries = envelope.layout.get("headers", [])
    for entry in entries:
        check_members(entry, ("name", "key"))
    sealed, counts, opened = {entry["name"]: entry["key"] for entry in entries}, {}, []
    if len(sealed) != len(entries):
        raise Refused("a header that is listed twice")
    for name, value in headers:
        occurrence = counts.get(name, 0)
        counts[name] = occurrence + 1
        if name in sealed and value is not None:
            path = f"{name}[{occurrence}]".encode()
            value = envelope.decrypt(sealed[name], value, "header", "header", path)
        opened.append((name, value))
    return opened


# JSON: the places of all tokens, found without changing a byte

SPACE = re.compile(rb"[ \t\n\r]*")
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
SCALAR = re.compile(rb"[-+.0-9A-Za-z]+")


class Tokens:
    """The wanted tokens of a JSON text, as (start, end, segments)."""

    def __init__(self, data, wanted, types=NoTypes()):
        self.data, self.wanted, self.types, self.found = data, wanted, types, []
        self.value(0, [], types.root)

    def space(self, position):
        return SPACE.match(self.data, position).end()

    def value(self, position, segments, schema):
        """Reads a value and returns the position after it; segments are None inside of a wanted one."""
        position = self.space(position)
        if segments is None or not self.wanted(segments):
            return self.content(position, segments, schema)
        end = self.content(position, None, schema)
        self.found.append((position, end, segments))
        return end

    def content(self, position, segments, schema):
        data, first = self.data, self.data[position:position + 1]
        if first not in (b"{", b"["):
            return (STRING if first == b'"' else SCALAR).match(data, position).end()
        closing, index = (b"}" if first == b"{" else b"]"), 0
        position = self.space(position + 1)
        while data[position:position + 1] != closing:
            segment = index
            if first == b"{":
                key = STRING.match(data, position)
                segment = json.loads(key.group().decode("utf-8"))
                position = self.space(key.end()) + 1
            inside = segments
            if segments is not None and not (first == b"{" and self.types.is_tag(schema)):
                inside = segments + [segment]
            member = None if schema is None else self.types.member(schema, segment)
            position = self.space(self.value(position, inside, member))
            index += 1
            if data[position:position + 1] == b",":
                position = self.space(position + 1)
        return position + 1


def open_json(data, part, types=NoTypes()):
    output, copied = b"", 0
    for start, end, segments in Tokens(data, lambda path: part.field(path) is not None, types).found:
        token = data[start:end]
        if token == b"null":
            continue
        if token[:1] != b'"':
            raise Refused("a sealed field without ciphertext")
        field = part.field(segments)
        text = json.loads(token.decode("utf-8")).encode()
        output += data[copied:start] + part.open(field, text, "json", segments)
        copied = end
    return output + data[copied:]


# Avro (specification 1.12, "Binary Encoding")


def read_long(data, position):
    shift = value = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), position


def long_bytes(value):
    rest, output = (value << 1) ^ (value >> 63), b""
    while rest > 0x7F:
        output += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return output + bytes([rest])


def length_prefixed(data):
    return long_bytes(len(data)) + data


class AvroOpening:
    """Writes a datum anew with its sealed fields opened."""

    def __init__(self, schema, part, sealed):
        self.names, self.part = {}, part
        self.sealed = list(sealed.items())
        self.schema = self.collect(schema, "")

    def collect(self, schema, namespace):
        if isinstance(schema, list):
            return [self.collect(branch, namespace) for branch in schema]
        if isinstance(schema, str):
            return schema if schema in PRIMITIVES or "." in schema or not namespace else f"{namespace}.{schema}"
        schema = dict(schema)
        if schema["type"] in ("record", "error", "enum", "fixed"):
            name = schema["name"]
            if "." not in name and schema.get("namespace", namespace):
                name = f"{schema.get('namespace', namespace)}.{name}"
            schema["name"], inner = name, name.rpartition(".")[0]
            self.names[name] = schema
            schema["fields"] = [
                dict(field, type=self.collect(field["type"], inner)) for field in schema.get("fields", [])
            ]
        elif schema["type"] == "array":
            schema["items"] = self.collect(schema["items"], namespace)
        elif schema["type"] == "map":
            schema["values"] = self.collect(schema["values"], namespace)
        elif not isinstance(schema["type"], str) or schema["type"] not in PRIMITIVES:
            return self.collect(schema["type"], namespace)
        return schema

    def run(self, data):
        output, end = self.walk(self.schema, data, 0, [])
        if end != len(data) or self.sealed:
            raise Refused("bytes or ciphertexts are left over")
        return output

    def walk(self, schema, data, position, segments):
        """The bytes of a value with its fields opened, and the end of the value as it is."""
        if isinstance(schema, list):
            branch, inner = read_long(data, position)
            output, end = self.walk(schema[branch], data, inner, segments)
            return data[position:inner] + output, end
        if isinstance(schema, str):
            schema = self.names.get(schema) or {"type": schema}
        kind = schema["type"]
        field = self.part.field(segments)
        if field is not None and kind != "null":
            return self.open(field, schema, data, position, segments)
        if kind == "record":
            output = b""
            for member in schema["fields"]:
                piece, position = self.walk(member["type"], data, position, segments + [member["name"]])
                output += piece
            return output, position
        if kind in ("array", "map"):
            return self.blocks(schema, data, position, segments)
        end = self.end_of_scalar(schema, data, position)
        return data[position:end], end

    def open(self, field, schema, data, position, segments):
        kind = schema["type"]
        type_name = schema["name"] if kind in ("record", "error", "enum", "fixed") else kind
        plain_string = kind == "string" and schema.get("logicalType") != "uuid"
        inline = field.get("in") != "header" and (field["type"] != "union" or plain_string)
        hidden, self.part.field = self.part.field, lambda _: None
        _, end = self.walk(schema, data, position, segments)
        self.part.field = hidden
        if inline:
            length, start = read_long(data, position)
            text = data[start:start + length]
        else:
            path, text = self.sealed.pop(0)
            if path != concrete(segments):
                raise Refused("a ciphertext that the record does not call for")
            text = text.encode()
        plain = self.part.open(field, text, type_name, segments)
        return (length_prefixed(plain) if kind == "string" else plain), end

    def blocks(self, schema, data, position, segments):
        output, index = b"", 0
        while True:
            count, start = read_long(data, position)
            sized, items = count < 0, b""
            head, kept = data[position:start], b""
            if sized:
                _, position = read_long(data, start)
                kept, start = data[start:position], position
            position = start
            for _ in range(abs(count)):
                if schema["type"] == "map":
                    length, text = read_long(data, position)
                    segment = data[text:text + length].decode("utf-8")
                    items += data[position:text + length]
                    position = text + length
                    item = schema["values"]
                else:
                    segment, item = index, schema["items"]
                piece, position = self.walk(item, data, position, segments + [segment])
                items += piece
                index += 1
            changed = sized and items != data[start:position]
            output += head + (long_bytes(len(items)) if changed else kept) + items
            if count == 0:
                return output, position

    @staticmethod
    def end_of_scalar(schema, data, position):
        kind = schema["type"]
        if kind in ("int", "long", "enum"):
            return read_long(data, position)[1]
        if kind in ("string", "bytes"):
            length, start = read_long(data, position)
            return start + length
        return position + {"null": 0, "boolean": 1, "float": 4, "double": 8}.get(kind, schema.get("size", 0))


PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


def fingerprint(schema):
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    empty = 0xC15D213AA4D7A795
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = (value >> 1) ^ (empty & -(value & 1))
        table.append(value)
    result = empty
    for byte in canonical.encode("utf-8"):
        result = (result >> 8) ^ table[(result ^ byte) & 0xFF]
    return f"{result:016x}"


def open_avro(data, part, sealed, schemas):
    layout = part.part
    if "schema" in layout:
        if data[:1] != b"\0" or struct.unpack(">I", data[1:5])[0] != layout["schema"]:
            raise Refused("the framing names another schema")
        frame, schema = data[:5], schemas.registered(layout["schema"])
    else:
        frame, schema = b"", schemas.file
        if fingerprint(schema) != layout["fingerprint"]:
            raise Refused("another schema")
    return frame + AvroOpening(schema, part, sealed).run(data[len(frame):])


def open_converted(data, part, original, schemas):
    """The original payload of one that was converted to JSON."""
    layout = part.part
    if any(field["type"] != "json" or "in" in field for _, field in part.rules):
        raise Refused("a field of converted JSON that is not json")
    frame, types = base64.b64decode(layout.get("frame", ""), validate=True), NoTypes()
    if ("schema" in layout) != bool(frame) or frame and frame[:5] != b"\0" + struct.pack(">I", layout["schema"]):
        raise Refused("the framing names another schema")
    back = {"avro": lambda text: binary(types, text), "json_schema": lambda text: text}
    if layout["format"] == "avro":
        schema = schemas.registered(layout["schema"]) if frame else schemas.file
        if not frame and fingerprint(schema) != layout["fingerprint"]:
            raise Refused("another schema")
        types = AvroTypes(schema)
    elif layout["format"] == "protobuf":
        files = schemas.descriptors(layout["schema"])
        back["protobuf"] = lambda text: protobuf_message(files, frame[5:], text)
    elif layout["format"] != "json_schema":
        raise Refused("a format that this reader does not convert")
    text = open_json(data, part, types)
    if ("original" in layout) != (original is not None):
        raise Refused("an original where none is, or none where one is")
    if original is not None:
        return part.envelope.decrypt(layout["original"], original, part.name, "payload", b"original")
    try:
        return frame + back[layout["format"]](text)
    except (Unfit, ValueError, OverflowError, AttributeError, TypeError, KeyError) as misfit:
        raise Refused("the text does not fit its schema") from misfit


class Schemas:
    def __init__(self, file, registry):
        self.file, self.registry = None, registry
        if file:
            with open(file, encoding="utf-8") as text:
                self.file = json.load(text)

    def registered(self, number):
        with urllib.request.urlopen(f"{self.registry}/schemas/ids/{number}") as reply:
            return json.loads(json.load(reply)["schema"])

    def descriptors(self, number):
        """A Protobuf schema and all that it refers to, as serialized descriptors, the schema last."""
        return self.referenced(f"schemas/ids/{number}?format=serialized", "schema")

    def referenced(self, path, name):
        with urllib.request.urlopen(f"{self.registry}/{path}") as reply:
            schema = json.load(reply)
        found = []
        for other in schema.get("references", []):
            version = f"subjects/{urllib.parse.quote(other['subject'], safe='')}/versions/{other['version']}"
            found += self.referenced(f"{version}?format=serialized", other["name"])
        return found + [(name, base64.b64decode(schema["schema"], validate=True))]


# Records


def decoded(text):
    return None if text is None else base64.b64decode(text, validate=True)


def encoded(data):
    return None if data is None else base64.b64encode(data).decode()


def open_record(line, options, keys, schemas):
    record = {"key": decoded(line["key"]), "value": decoded(line["value"])}
    headers = [(name, decoded(value)) for name, value in line["headers"]]
    own = [(name, value) for name, value in headers if name.startswith("fieldseal.")]
    if any(name not in HEADERS or value is None for name, value in own) or len(dict(own)) != len(own):
        raise Refused("headers that are not in order")
    own = dict(own)
    if "fieldseal.envelope" not in own:
        raise Refused("not encrypted")
    envelope = Envelope(record, own.pop("fieldseal.envelope"), keys, options.topic)
    if record["value"] is not None and not any(part in envelope.layout for part in ("key", "value", "headers")):
        raise Refused("not encrypted")
    opened = {}
    for part in ("key", "value"):
        sealed, original = own.pop(f"fieldseal.{part}", None), own.pop(f"fieldseal.{part}.original", None)
        opened[part] = encoded(Part(part, envelope).run(record[part], sealed, original, schemas[part]))
    if own:
        raise Refused("a header that the layout does not call for")
    kept = open_headers([(name, data) for name, data in headers if not name.startswith("fieldseal.")], envelope)
    return dict(line, **opened, headers=[[name, encoded(data)] for name, data in kept])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--topic", required=True)
    parser.add_argument("--vault", required=True)
    parser.add_argument("--kek", action="append")
    parser.add_argument("--schema")
    parser.add_argument("--key-schema")
    parser.add_argument("--registry")
    options = parser.parse_args()
    aead.register()
    keys = Keys(options.vault, options.kek)
    schemas = {
        "key": Schemas(options.key_schema, options.registry), "value": Schemas(options.schema, options.registry),
    }
    for text in sys.stdin:
        try:
            answer = open_record(json.loads(text), options, keys, schemas)
        except Refused as refusal:
            answer = {"refused": str(refusal)}
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
