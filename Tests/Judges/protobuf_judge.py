"""Converts Protobuf records to JSON with Python's protobuf package, as a judge of ours.

Reads one JSON object a line from the file named first, writes one a line to the file named second:
  in:  {"files": {name: .proto text}, "message": full name, "payload": base64, "text": base64 of our JSON text, "back": base64 of
       the payload we made of it}
  out: {"error": text or null}
"""

import base64
import json
import math
import os
import struct
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def compiled(cases):
    """A pool of all files, which protoc compiles in one go."""
    pool = descriptor_pool.DescriptorPool()
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for case in cases:
            for name, text in case["files"].items():
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                names.append(name)
        out = os.path.join(folder, "out")
        with open(os.path.join(folder, "arguments"), "w", encoding="utf-8") as file:
            file.write("\n".join(["--proto_path=" + folder, "--include_imports", "--descriptor_set_out=" + out, *names]))
        subprocess.run(["protoc", "@" + os.path.join(folder, "arguments")], check=True, stderr=subprocess.DEVNULL)
        with open(out, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def unique(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def same(left, right):
    """Whether our JSON value and Python's are equal; numbers also where they are the same in single precision."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if left == right:
            return math.copysign(1, left) == math.copysign(1, right) or isinstance(left, int) or isinstance(right, int)
        try:
            return struct.pack("<f", left) == struct.pack("<f", right)
        except (OverflowError, struct.error):
            return False
    if isinstance(left, dict) and isinstance(right, dict):
        # Python shows a repeated extension that was packed from nothing, and no such field.
        extra = {key for key in right.keys() - left.keys() if key.startswith("[") and right[key] == []}
        return left.keys() == right.keys() - extra and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def judge(case, pool):
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(case["message"]))
    ours = json.loads(base64.b64decode(case["text"]).decode("utf-8"), object_pairs_hook=unique)
    for name in ("payload", "back"):
        message = kind.FromString(base64.b64decode(case[name]))
        theirs = json_format.MessageToDict(message, preserving_proto_field_name=True, descriptor_pool=pool)
        # What JSON has no other way to say passes through its text, as ours did.
        if not same(ours, json.loads(json.dumps(theirs))):
            raise ValueError(f"{name}: {json.dumps(theirs)}")


with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
    cases = [json.loads(line) for line in source]
    pool = compiled(cases)
    for case in cases:
        error = None
        try:
            judge(case, pool)
        except Exception as raised:  # Whatever a judge says against a case is its verdict.
            error = f"{type(raised).__name__}: {raised}"
        target.write(json.dumps({"error": error}) + "\n")
