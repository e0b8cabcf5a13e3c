"""Turns canonical JSON back into Protobuf messages (docs/wire-format.md, "Formats converted to JSON"), by the protobuf package.

Part of the reader in wire_format_reader.py, which shares no code with Fieldseal.
"""

import importlib

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

# Each after what it imports.
KNOWN = [
    "any", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp", "wrappers", "type", "api",
]


def varints(data):
    """The zigzag varints in `data`."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield (value >> 1) ^ -(value & 1)
            value = shift = 0


def pool_of(files):
    """The linked descriptors, and the file that is the schema."""
    pool = descriptor_pool.DescriptorPool()
    for name in KNOWN:
        module = importlib.import_module(f"google.protobuf.{name}_pb2")
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    for name, data in files:
        file = descriptor_pb2.FileDescriptorProto.FromString(data)
        file.name = name
        try:
            pool.FindFileByName(name)
        except KeyError:
            pool.Add(file)
    return pool, pool.FindFileByName(files[-1][0])


def protobuf_message(files, index, text):
    """The message at a message index that a JSON text stands for. Maps with several entries may come in another order."""
    pool, file = pool_of(files)
    path = list(varints(index))[1:] or [0]
    # In the order of the file; `message_types_by_name` is in it.
    kind = list(file.message_types_by_name.values())[path[0]]
    for place in path[1:]:
        kind = [nested for nested in kind.nested_types if not nested.GetOptions().map_entry][place]
    message = message_factory.GetMessageClass(kind)()
    json_format.Parse(text, message, descriptor_pool=pool)
    return message.SerializeToString(deterministic=True)
