"""Decodes Avro data with fastavro and Apache's avro package, as judges of ours.

Reads one JSON object a line from the file named first, writes one a line to the file named second:
  in:  {"schema": text, "data": [base64, ...], "show": bool}
  out: {"error": text or null, "canonical": text, "fingerprint": hex, "values": [text, ...]}
"""

import base64
import io
import json
import sys
import warnings

import avro.io
import avro.schema
import fastavro

sys.setrecursionlimit(20_000)
warnings.simplefilter("ignore")


def fastavro_decode(schema, data):
    stream = io.BytesIO(data)
    value = fastavro.schemaless_reader(stream, schema)
    if stream.read(1):
        raise ValueError("fastavro left bytes")
    return value


def apache_decode(schema, data):
    stream = io.BytesIO(data)
    value = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(stream))
    if stream.read(1):
        raise ValueError("avro left bytes")
    return value


def judge(case):
    text = case["schema"]
    parsed = fastavro.parse_schema(json.loads(text))
    apache = avro.schema.parse(text)
    canonical = fastavro.schema.to_parsing_canonical_form(json.loads(text))
    answer = {
        "error": None,
        "canonical": canonical,
        # It prints the number's bytes from the last.
        "fingerprint": bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))[::-1].hex(),
        "values": [],
    }
    for encoded in case["data"]:
        data = base64.b64decode(encoded)
        value = fastavro_decode(parsed, data)
        apache_decode(apache, data)
        answer["values"].append(repr(value) if case["show"] else "")
    return answer


with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
    for line in source:
        try:
            answer = judge(json.loads(line))
        except Exception as error:  # Whatever a judge says against a case is its verdict.
            answer = {"error": f"{type(error).__name__}: {error}", "canonical": "", "fingerprint": "", "values": []}
        target.write(json.dumps(answer) + "\n")
