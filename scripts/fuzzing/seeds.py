#!/usr/bin/env python3
"""Writes the inputs that a fuzz target starts from: seeds.py TARGET FOLDER.

They are made of what the tests hold: the frozen vectors of the wire format, and the text literals of the tests of a room.
"""

import base64
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = ROOT / "Tests"
SEPARATOR = b"\xff\x1e\xff"
LONGEST = 8192


def texts(*places):
    """The text literals of Swift tests, each once."""
    found = {}
    for place in places:
        paths = [TESTS / place] if place.endswith(".swift") else sorted((TESTS / place).rglob("*.swift"))
        for path in paths:
            source = path.read_text()
            for literal in re.findall(r'#"(.*?)"#', source):
                found[literal.encode()] = None
            for literal in re.findall(r'#?"""\n(.*?)\n *"""#?', source, re.DOTALL):
                lines = literal.split("\n")
                indent = min((len(l) - len(l.lstrip(" ")) for l in lines if l.strip()), default=0)
                found["\n".join(l[indent:] for l in lines).encode()] = None
            for literal in re.findall(r'(?<![#"\\])"([^"\\\n]*)"', source):
                if len(literal) > 3:
                    found[literal.encode()] = None
    return list(found)


def vectors():
    for path in sorted((TESTS / "TransformTests" / "Vectors").glob("*.json")):
        yield json.loads(path.read_text())


def payloads(*kinds):
    """The plain values of vectors whose schemas are of these kinds, with their schemas, without framing."""
    for vector in vectors():
        kind = vector.get("schemaType", "AVRO") if "schema" in vector else "NONE"
        value = json.loads(vector["plain"])["value"]
        if kind not in kinds or value is None:
            continue
        value = base64.b64decode(value)
        if "schemaID" in vector:
            value = value[5:]
        yield vector.get("schema", "").encode(), value


def record(vector, line, flags):
    """A record in the form of FuzzRecord."""
    kinds = {"AVRO": 2, "JSON": 3, "PROTOBUF": 4}
    schema = vector.get("schema") or vector.get("keySchema") or ""
    kind = 0 if not schema else kinds[vector.get("schemaType", "AVRO")] if "schemaID" in vector else 1
    paths = [field["path"] for field in vector["rules"]["fields"]]
    nulls = (1 if line["key"] is None else 0) | (2 if line["value"] is None else 0)
    parts = [bytes([nulls, kind, flags]), schema.encode(), "\n".join(paths).encode()]
    parts += [base64.b64decode(line[name] or "") for name in ("key", "value")]
    for name, value in line["headers"]:
        parts += [name.encode(), b"\xfe" if value is None else base64.b64decode(value)]
    return SEPARATOR.join(parts)


def opened_records():
    for vector in vectors():
        line = json.loads(vector["sealed"])
        # The fuzzed KMS takes the data key itself in base64 for the wrapped one; this line is not authenticated.
        for header in line["headers"]:
            if header[0] != "fieldseal.envelope":
                continue
            envelope = base64.b64decode(header[1]).decode()
            for key in vector["deks"]:
                envelope = envelope.replace(key["edek"], key["dek"])
            header[1] = base64.b64encode(envelope.encode()).decode()
        for flags in (1, 2, 16):
            yield record(vector, line, flags)


def sealed_records():
    for vector in vectors():
        line = json.loads(vector["plain"])
        for flags in (0, 1, 2 | 4 | 8, 2 | 64, 2 | 128, 2 | 192, 8 | 16 | 32):
            yield record(vector, line, flags)


def envelopes():
    for vector in vectors():
        for name, value in json.loads(vector["sealed"])["headers"]:
            if name == "fieldseal.envelope":
                yield base64.b64decode(value) + SEPARATOR + b'["value:ssn"]'


def framing():
    for vector in vectors():
        yield vector["plain"].encode()
        yield vector["sealed"].encode()
        yield base64.b64decode(json.loads(vector["plain"])["value"] or "")
        for _, value in json.loads(vector["sealed"])["headers"]:
            yield base64.b64decode(value or "")
    yield from (b"\x00\x00\x00\x01\x2c", b"\x00", b"\x02\x04", b"\x06\x02\x04\x06", b"1234567890abcdef\x80" + bytes(15))
    yield from texts("SchemaRegistryTests")


def compressions():
    kinds = {"gzip": 0, "snappy": 1, "lz4": 2, "zstd": 3}
    import gzip
    for text in (b"", b"hello", b"hello " * 100, bytes(range(256))):
        yield b"\x00" + gzip.compress(text, mtime=0)
    # Frames of snappy, lz4 and zstd, as their tools write them.
    yield b"\x01" + bytes([24, 20]) + b"hello " + bytes([0x3E, 6, 0])
    yield b"\x01" + bytes([5, 16]) + b"hello"
    yield b"\x02" + bytes.fromhex("04224d186440a70600008068656c6c6f0a00000000")
    yield b"\x03" + bytes.fromhex("28b52ffd0405290000") + b"hello\x87\xd8\xe4\xc0"
    yield b"\x03" + bytes.fromhex("28b52ffd2005290000") + b"hello"
    assert len(kinds) == 4


def configurations():
    for name in ("scripts/demonstration/fieldseal.yaml", "scripts/soaking/keys.yaml"):
        yield (ROOT / name).read_bytes()
    for page in sorted((ROOT / "docs").glob("*.md")) + [ROOT / "README.md"]:
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
            yield block.encode()
    yield from (text for text in texts("ConfigurationTests") if b":" in text)


def seeds(target):
    if target == "json":
        yield from texts("FormatsTests/JSON", "TransformTests/JSONRecordTests.swift")
        yield from (value for _, value in payloads("NONE"))
    elif target == "avro-schema":
        for schema, value in payloads("AVRO"):
            yield schema + SEPARATOR + value
        yield from (t for t in texts("FormatsTests/Avro", "FormatsTests/Tags", "AvroCases") if t[:1] in b'{["')
    elif target == "avro-data":
        for _, value in payloads("AVRO"):
            yield from (bytes([choice]) + value for choice in range(4))
        # One of each schema of FuzzSchemas.
        ab, block = b"\x04ab", b"\x02\x04ab\x00"
        yield (b"\x00\x01\x02\x02" + bytes(12) + ab + b"\x02x\x00abcd\x02" + ab + b"\x02" + ab + block + block
               + b"\x02\x02k" + ab + b"\x00" + b"\x02\x02k\x02\x02k" + ab + b"\x00\x00")
        yield b"\x01\x02" + ab + b"\x02\x00\x00\x00\x00" + b"\x02\x00\x00\x00\x00\x00" + b"\x00"
        uuid = b"H00000000-0000-0000-0000-000000000000"
        yield b"\x02\x02\x02\x04\x00\x01\x04\x02\x00" + bytes(12) + uuid + b"\x04\x00\x04\x00"
        yield b"\x03\x04\x02" + ab + b"\x04\x02\x02k\x00\x02\x00\x00"
    elif target == "convert-json":
        for vector in vectors():
            value = base64.b64decode(json.loads(vector["sealed"])["value"] or "")
            if value[:1] in b"{[":
                yield from (bytes([choice]) + value for choice in (0, 3, 4))
        for text in texts("FormatsTests/Avro", "FormatsTests/Protobuf", "TransformTests/Conversion"):
            if text[:1] in b'{["' or text[:1].isdigit():
                yield from (bytes([choice]) + text for choice in (0, 1, 4))
    elif target == "protobuf-data":
        yield from (value[1:] for _, value in payloads("PROTOBUF"))
        yield bytes.fromhex("8a01180a10") + b"x/vectors.Bank" + bytes.fromhex("12040a0161100a")
        yield bytes.fromhex("5a0408011002") + bytes.fromhex("820107") + bytes.fromhex("0a050a016112001a0022")
    elif target == "protobuf-schema":
        for schema, value in payloads("PROTOBUF"):
            yield b"\x00" + schema + SEPARATOR + value[1:]
        for text in texts("FormatsTests/Protobuf", "FormatsTests/Tags", "ProtobufCases"):
            if b"message" in text or b"syntax" in text:
                yield b"\x00" + text
        yield b"\x01" + bytes.fromhex("0a0161221b0a014d12160a0174") + b"\x18\x01\x20\x01\x28\x09\x52\x01t" + b"b\x06proto3"
    elif target == "json-schema":
        yield from (schema for schema, _ in payloads("JSON"))
        yield from (t for t in texts("FormatsTests/Tags", "TransformTests/Conversion") if t[:1] == b"{")
    elif target == "envelope":
        yield from envelopes()
        yield from (t for t in texts("TransformTests/EnvelopeLayoutTests.swift") if t[:1] in b"{[")
    elif target == "framing":
        yield from framing()
    elif target == "field-path":
        yield from texts("RecordsTests")
        yield SEPARATOR.join([b"a.b", b"a.*", b"a[*].b", b'"a.b".c', b"a[0]", b"*"])
    elif target == "key-address":
        for text in texts("KeyManagementTests", "ConfigurationTests"):
            if b"://" in text or b"{{" in text:
                yield text + SEPARATOR + text
                yield text + SEPARATOR + b"acme"
    elif target == "kms-replies":
        for text in texts("KeyManagementTests"):
            if text[:1] in b"{[<":
                yield from (bytes([choice]) + text for choice in (0, 1, 2, 3, 7))
                yield bytes([8 * 2 + 2]) + text
            else:
                yield (b"\x04" if b"earer" in text else b"\x06" if b"[" in text else b"\x05") + text
    elif target == "registry-replies":
        replies = [t for t in texts("SchemaRegistryTests", "TestServers") if t[:1] == b"{"]
        yield from replies
        reference = b'{"schema":"\\"int\\"","references":[{"name":"a","subject":"s","version":1}],"metadata":{"tags":{"a":["b"]}}}'
        yield SEPARATOR.join([reference, b'{"schema":"\\"int\\"","id":1}', reference])
        yield b'{"error_code":40403,"message":"not found"}'
    elif target == "configuration":
        yield from configurations()
    elif target == "compression":
        yield from compressions()
    elif target == "opened-record":
        yield from opened_records()
    elif target == "sealed-record":
        yield from sealed_records()
    else:
        sys.exit(f"seeds.py: there is no target {target}")


def words(target):
    """What inputs of a target are made of, for libFuzzer's dictionary."""
    found = {}
    for seed in seeds(target):
        for word in re.findall(rb"[A-Za-z_$@][A-Za-z0-9_.:/$@-]{2,30}", seed[:LONGEST]):
            found[word] = found.get(word, 0) + 1
    common = sorted(found, key=lambda word: (-found[word], word))[:200]
    return [SEPARATOR] + common


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(dict.fromkeys(seed for seed in seeds(target) if len(seed) <= LONGEST)):
        (folder / f"seed-{number:04}").write_bytes(seed)
    lines = ("".join(f"\\x{byte:02x}" for byte in word) for word in words(target))
    folder.with_suffix(".dict").write_text("".join(f'"{line}"\n' for line in lines))


main()
