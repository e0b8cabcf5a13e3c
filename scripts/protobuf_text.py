"""Protobuf schemas between their two forms: .proto text and FileDescriptorProto. Used by registry-stub.

libprotobuf prints descriptors only in C++, so that the printer is written out here; protoc is the parser.
"""

import base64
import binascii
import importlib
import os
import re
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, text_encoding, text_format
from google.protobuf.message import DecodeError

FIELD = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    FIELD.TYPE_DOUBLE: "double", FIELD.TYPE_FLOAT: "float", FIELD.TYPE_INT64: "int64", FIELD.TYPE_UINT64: "uint64",
    FIELD.TYPE_INT32: "int32", FIELD.TYPE_FIXED64: "fixed64", FIELD.TYPE_FIXED32: "fixed32", FIELD.TYPE_BOOL: "bool",
    FIELD.TYPE_STRING: "string", FIELD.TYPE_BYTES: "bytes", FIELD.TYPE_UINT32: "uint32",
    FIELD.TYPE_SFIXED32: "sfixed32", FIELD.TYPE_SFIXED64: "sfixed64", FIELD.TYPE_SINT32: "sint32",
    FIELD.TYPE_SINT64: "sint64",
}
MAXIMUM_FIELD = 536870911
MAXIMUM_ENUM = 2147483647

# Files that schemas import without naming them as references; protoc has google/protobuf/*.proto itself.
for module in ("confluent.meta_pb2", "confluent.type.decimal_pb2", "confluent.types.decimal_pb2"):
    try:
        importlib.import_module("confluent_kafka.schema_registry." + module)
    except ImportError:
        pass


def descriptor(text):
    """The descriptor that `text` holds in base64; None where it is .proto text."""
    try:
        raw = base64.b64decode(text, validate=True)
        return descriptor_pb2.FileDescriptorProto.FromString(raw) if raw else None
    except (binascii.Error, ValueError, DecodeError):
        return None


def compile(text, files):
    """The serialized descriptor of `text`, which may import `files` (name to text); ValueError with protoc's words."""
    with tempfile.TemporaryDirectory() as folder:
        def write(name, content):
            path = os.path.normpath(os.path.join(folder, name))
            if not path.startswith(folder + os.sep):
                raise ValueError("import outside of the schema's files")
            if os.path.exists(path):
                return
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            for needed in re.findall(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"', content, re.MULTILINE):
                known = builtin(needed)
                if known is not None and needed not in files:
                    write(needed, known)

        for name, content in files.items():
            write(name, content)
        write("schema-under-test.proto", text)
        out = os.path.join(folder, "out")
        run = subprocess.run(
            ["protoc", "--proto_path", folder, "--descriptor_set_out", out, "schema-under-test.proto"],
            capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise ValueError(run.stderr.strip()[:500])
        with open(out, "rb") as file:
            return descriptor_pb2.FileDescriptorSet.FromString(file.read()).file[-1].SerializeToString()


def builtin(name):
    """The text of a file that this process knows; None for google/protobuf, which protoc has, and for others."""
    if name.startswith("google/protobuf/"):
        return None
    try:
        file = descriptor_pool.Default().FindFileByName(name)
    except KeyError:
        return None
    return text(descriptor_pb2.FileDescriptorProto.FromString(file.serialized_pb))


def text(file):
    """`file` as .proto text."""
    if file.syntax not in ("", "proto2", "proto3"):
        raise ValueError(f"syntax {file.syntax} is not supported")
    lines = [f'syntax = "{file.syntax or "proto2"}";']
    if file.package:
        lines.append(f"package {file.package};")
    for index, name in enumerate(file.dependency):
        kind = "public " if index in file.public_dependency else "weak " if index in file.weak_dependency else ""
        lines.append(f'import {kind}"{name}";')
    lines += [f"option {option};" for option in options(file.options)]
    lines += [line for enum in file.enum_type for line in enum_lines(enum)]
    lines += [line for message in file.message_type for line in message_lines(message, file.package, file.syntax)]
    lines += extension_lines(file.extension, file.syntax)
    lines += [line for service in file.service for line in service_lines(service)]
    return "\n".join(lines) + "\n"


def quoted(content):
    raw = content.encode() if isinstance(content, str) else content
    return '"' + text_encoding.CEscape(raw, as_utf8=False) + '"'


def options(holder):
    """The options of `holder` as `name = value`."""
    found = []
    for field, value in holder.ListFields():
        name = f"(.{field.full_name})" if field.is_extension else field.name
        if name in ("map_entry", "uninterpreted_option", "features"):
            continue
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == FIELD.LABEL_REPEATED
        for item in value if repeated else [value]:
            found.append(f"{name} = {option_value(field, item)}")
    return found


def option_value(field, value):
    if field.type == FIELD.TYPE_MESSAGE:
        return "{ " + text_format.MessageToString(value, as_one_line=True) + " }"
    if field.type == FIELD.TYPE_ENUM:
        return field.enum_type.values_by_number[value].name
    if field.type == FIELD.TYPE_BOOL:
        return "true" if value else "false"
    if field.type in (FIELD.TYPE_STRING, FIELD.TYPE_BYTES):
        return quoted(value)
    return repr(value)


def camel_case(name):
    """What protoc makes of a field's name for JSON."""
    result, upper = "", False
    for character in name:
        if character == "_":
            upper = True
        else:
            result += character.upper() if upper else character
            upper = False
    return result


def field_line(field, syntax, entry=None, in_oneof=False):
    if field.type == FIELD.TYPE_GROUP:
        raise ValueError("groups are not supported")
    if entry is not None:
        kind = f"map<{type_name(entry.field[0])}, {type_name(entry.field[1])}>"
        label = ""
    else:
        kind = type_name(field)
        label = {FIELD.LABEL_REPEATED: "repeated ", FIELD.LABEL_REQUIRED: "required "}.get(field.label, "")
        if not label and not in_oneof and (syntax != "proto3" or field.proto3_optional):
            label = "optional "
    extra = options(field.options)
    if field.HasField("default_value"):
        value = field.default_value
        if field.type == FIELD.TYPE_STRING:
            value = quoted(value)
        elif field.type == FIELD.TYPE_BYTES:
            value = f'"{value}"'
        extra.append(f"default = {value}")
    if field.json_name and field.json_name != camel_case(field.name):
        extra.append(f"json_name = {quoted(field.json_name)}")
    return f"{label}{kind} {field.name} = {field.number}" + (f" [{', '.join(extra)}]" if extra else "") + ";"


def type_name(field):
    return SCALARS.get(field.type) or field.type_name


def message_lines(message, scope, syntax):
    full = f"{scope}.{message.name}" if scope else message.name
    entries = {f".{full}.{nested.name}": nested for nested in message.nested_type if nested.options.map_entry}
    body = [f"option {option};" for option in options(message.options)]
    body += [line for enum in message.enum_type for line in enum_lines(enum)]
    for nested in message.nested_type:
        if not nested.options.map_entry:
            body += message_lines(nested, full, syntax)
    printed = set()
    for field in message.field:
        if field.HasField("oneof_index") and not field.proto3_optional:
            if field.oneof_index not in printed:
                printed.add(field.oneof_index)
                oneof = message.oneof_decl[field.oneof_index]
                members = [f for f in message.field
                           if f.HasField("oneof_index") and f.oneof_index == field.oneof_index]
                inner = [f"option {option};" for option in options(oneof.options)]
                body += block(f"oneof {oneof.name}", inner + [field_line(f, syntax, in_oneof=True) for f in members])
        else:
            body.append(field_line(field, syntax, entries.get(field.type_name)))
    for span in message.extension_range:
        body.append(f"extensions {span_text(span.start, span.end - 1, MAXIMUM_FIELD)};")
    body += extension_lines(message.extension, syntax)
    spans = [span_text(span.start, span.end - 1, MAXIMUM_FIELD) for span in message.reserved_range]
    body += reserved_lines(spans, message.reserved_name)
    return block(f"message {message.name}", body)


def enum_lines(enum):
    body = [f"option {option};" for option in options(enum.options)]
    for value in enum.value:
        extra = options(value.options)
        body.append(f"{value.name} = {value.number}" + (f" [{', '.join(extra)}]" if extra else "") + ";")
    spans = [span_text(span.start, span.end, MAXIMUM_ENUM) for span in enum.reserved_range]
    return block(f"enum {enum.name}", body + reserved_lines(spans, enum.reserved_name))


def extension_lines(extensions, syntax):
    return [line for field in extensions for line in block(f"extend {field.extendee}", [field_line(field, syntax)])]


def service_lines(service):
    body = [f"option {option};" for option in options(service.options)]
    for method in service.method:
        takes = ("stream " if method.client_streaming else "") + method.input_type
        gives = ("stream " if method.server_streaming else "") + method.output_type
        extra = [f"option {option};" for option in options(method.options)]
        body += block(f"rpc {method.name} ({takes}) returns ({gives})", extra)
    return block(f"service {service.name}", body)


def span_text(first, last, maximum):
    if last >= maximum:
        return f"{first} to max"
    return str(first) if first == last else f"{first} to {last}"


def reserved_lines(spans, names):
    lines = [f"reserved {', '.join(spans)};"] if spans else []
    return lines + ([f"reserved {', '.join(quoted(name) for name in names)};"] if names else [])


def block(head, body):
    return [head + " {", *("  " + line for line in body), "}"]
