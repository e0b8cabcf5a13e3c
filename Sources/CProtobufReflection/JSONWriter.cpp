#include "JSONWriter.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "Text.hpp"
#include "TimeText.hpp"

namespace fieldseal::protobuf {

namespace pb = google::protobuf;

void JSONWriter::WriteMessage(const Message &message, int depth) {
    if (depth > kMaximumDepth) throw Failure{PBR_TOO_DEEP};
    const Descriptor *type = message.GetDescriptor();
    if (IsWrapper(type)) return WriteValue(message, type->field(0), -1, depth);
    switch (KindOf(type)) {
        case PBR_ANY: return WriteAny(message, depth);
        case PBR_TIMESTAMP: return WriteTimestamp(message);
        case PBR_DURATION: return WriteDuration(message);
        case PBR_FIELD_MASK: return WriteFieldMask(message);
        case PBR_VALUE: return WriteDynamicValue(message, depth);
        case PBR_STRUCT: return WriteMap(MapEntries(message, type->field(0)), type->field(0), depth);
        case PBR_LIST_VALUE: return WriteRepeated(message, type->field(0), depth);
        default:
            out_.Append('{');
            WriteMembers(message, false, depth);
            out_.Append('}');
    }
}

void JSONWriter::WriteMembers(const Message &message, bool after, int depth) {
    std::vector<const FieldDescriptor *> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor *field : fields) {
        std::vector<MapEntry> entries;
        bool is_map = schema_.IsMap(field);
        if (is_map) {
            entries = MapEntries(message, field);
            if (entries.empty()) continue;
        } else if (field->is_repeated() && message.GetReflection()->FieldSize(message, field) == 0) {
            // An extension that was packed from nothing.
            continue;
        }
        if (after) out_.Append(',');
        after = true;
        WriteName(field);
        if (is_map) {
            WriteMap(entries, field, depth);
        } else if (field->is_repeated()) {
            WriteRepeated(message, field, depth);
        } else {
            WriteValue(message, field, -1, depth);
        }
    }
}

void JSONWriter::WriteName(const FieldDescriptor *field) {
    out_.Append(field->is_extension() ? "\"[" : "\"");
    out_.Append(field->is_extension() ? field->full_name() : field->name());
    out_.Append(field->is_extension() ? "]\":" : "\":");
}

void JSONWriter::WriteRepeated(const Message &message, const FieldDescriptor *field, int depth) {
    out_.Append('[');
    int count = message.GetReflection()->FieldSize(message, field);
    for (int index = 0; index < count; ++index) {
        if (index > 0) out_.Append(',');
        WriteValue(message, field, index, depth);
    }
    out_.Append(']');
}

void JSONWriter::WriteMap(const std::vector<MapEntry> &entries, const FieldDescriptor *field, int depth) {
    const FieldDescriptor *value = field->message_type()->field(1);
    bool after = false;
    out_.Append('{');
    for (const MapEntry &entry : entries) {
        if (after) out_.Append(',');
        after = true;
        WriteString(entry.key);
        out_.Append(':');
        WriteValue(*entry.message, value, -1, depth + 1);
    }
    out_.Append('}');
}

void JSONWriter::WriteValue(const Message &message, const FieldDescriptor *field, int index, int depth) {
    const Reflection *reflection = message.GetReflection();
    // Reflection reads single and repeated fields by calls of different names.
#define FIELDSEAL_GET(TYPE) \
    (index < 0 ? reflection->Get##TYPE(message, field) : reflection->GetRepeated##TYPE(message, field, index))
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32: return WriteInteger(FIELDSEAL_GET(Int32));
        case FieldDescriptor::CPPTYPE_UINT32: return WriteInteger(FIELDSEAL_GET(UInt32));
        case FieldDescriptor::CPPTYPE_INT64: return WriteQuotedInteger(int64_t{FIELDSEAL_GET(Int64)});
        case FieldDescriptor::CPPTYPE_UINT64: return WriteQuotedInteger(uint64_t{FIELDSEAL_GET(UInt64)});
        case FieldDescriptor::CPPTYPE_FLOAT: return WriteReal(FIELDSEAL_GET(Float));
        case FieldDescriptor::CPPTYPE_DOUBLE: return WriteReal(FIELDSEAL_GET(Double));
        case FieldDescriptor::CPPTYPE_BOOL: return out_.Append(FIELDSEAL_GET(Bool) ? "true" : "false");
        case FieldDescriptor::CPPTYPE_ENUM: return WriteEnum(field, FIELDSEAL_GET(EnumValue));
        case FieldDescriptor::CPPTYPE_MESSAGE: return WriteMessage(FIELDSEAL_GET(Message), depth + 1);
        case FieldDescriptor::CPPTYPE_STRING: break;
    }
#undef FIELDSEAL_GET
    std::string scratch;
    WriteText(
        field,
        index < 0 ? reflection->GetStringReference(message, field, &scratch)
                  : reflection->GetRepeatedStringReference(message, field, index, &scratch));
}

void JSONWriter::WriteEnum(const FieldDescriptor *field, int number) {
    if (KindOf(field) == PBR_NULL_VALUE) return out_.Append("null");
    const pb::EnumValueDescriptor *value = field->enum_type()->FindValueByNumber(number);
    if (value == nullptr) return WriteInteger(number);
    out_.Append('"');
    out_.Append(value->name());
    out_.Append('"');
}

void JSONWriter::WriteText(const FieldDescriptor *field, const std::string &value) {
    if (field->type() == FieldDescriptor::TYPE_STRING) return WriteString(value);
    out_.Append('"');
    AppendBase64(value, out_);
    out_.Append('"');
}

void JSONWriter::WriteString(std::string_view text) {
    if (!AppendQuoted(text, out_)) throw Failure{PBR_BAD_TEXT};
}

// MARK: Numbers

template <typename Integer>
void JSONWriter::WriteInteger(Integer value) {
    char *to = out_.Reserve(24);
    out_.Commit(static_cast<size_t>(std::to_chars(to, to + 24, value).ptr - to));
}

void JSONWriter::WriteQuotedInteger(uint64_t value) {
    out_.Append('"');
    WriteInteger(value);
    out_.Append('"');
}

void JSONWriter::WriteQuotedInteger(int64_t value) {
    out_.Append('"');
    WriteInteger(value);
    out_.Append('"');
}

/// The shortest digits that give the same number again.
template <typename Real>
void JSONWriter::WriteReal(Real value) {
    if (std::isnan(value)) return out_.Append("\"NaN\"");
    if (std::isinf(value)) return out_.Append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    char *to = out_.Reserve(32);
    out_.Commit(static_cast<size_t>(std::to_chars(to, to + 32, value).ptr - to));
}

// MARK: Well-known types

void JSONWriter::WriteAny(const Message &message, int depth) {
    const Reflection *reflection = message.GetReflection();
    std::string scratch;
    const std::string &url = reflection->GetStringReference(message, message.GetDescriptor()->field(0), &scratch);
    std::string other;
    const std::string &value = reflection->GetStringReference(message, message.GetDescriptor()->field(1), &other);
    if (url.empty() && value.empty()) return out_.Append("{}");
    const Descriptor *type = schema_.pool().FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    if (type == nullptr) throw Failure{PBR_UNKNOWN_TYPE};

    Footprint::Add(value, type, taken_);
    Message *inner = schema_.Prototype(type).New(&arena_);
    pb::io::CodedInputStream input(
        reinterpret_cast<const uint8_t *>(value.data()), static_cast<int>(value.size()));
    input.SetRecursionLimit(kMaximumDepth - depth);
    if (!inner->ParsePartialFromCodedStream(&input) || !input.ConsumedEntireMessage()) throw Failure{PBR_MALFORMED};

    out_.Append("{\"@type\":");
    WriteString(url);
    if (IsWrapper(type) || KindOf(type) != PBR_MESSAGE) {
        out_.Append(",\"value\":");
        WriteMessage(*inner, depth + 1);
    } else {
        if (depth >= kMaximumDepth) throw Failure{PBR_TOO_DEEP};
        WriteMembers(*inner, true, depth + 1);
    }
    out_.Append('}');
}

void JSONWriter::WriteTimestamp(const Message &message) {
    const Descriptor *type = message.GetDescriptor();
    std::string text = TimestampText(
        message.GetReflection()->GetInt64(message, type->field(0)),
        message.GetReflection()->GetInt32(message, type->field(1)));
    if (text.empty()) throw Failure{PBR_NO_JSON_FORM};
    WriteString(text);
}

void JSONWriter::WriteDuration(const Message &message) {
    const Descriptor *type = message.GetDescriptor();
    std::string text = DurationText(
        message.GetReflection()->GetInt64(message, type->field(0)),
        message.GetReflection()->GetInt32(message, type->field(1)));
    if (text.empty()) throw Failure{PBR_NO_JSON_FORM};
    WriteString(text);
}

void JSONWriter::WriteFieldMask(const Message &message) {
    const FieldDescriptor *paths = message.GetDescriptor()->field(0);
    std::string joined;
    int count = message.GetReflection()->FieldSize(message, paths);
    for (int index = 0; index < count; ++index) {
        if (index > 0) joined += ',';
        std::string scratch;
        bool raise = false;
        for (char c : message.GetReflection()->GetRepeatedStringReference(message, paths, index, &scratch)) {
            bool is_lower = c >= 'a' && c <= 'z';
            // Only what comes back the same is written: an underscore must stand before a small letter.
            if ((c >= 'A' && c <= 'Z') || (raise && !is_lower)) throw Failure{PBR_NO_JSON_FORM};
            if (c != '_') joined += raise ? static_cast<char>(c - 'a' + 'A') : c;
            raise = c == '_';
        }
        if (raise) throw Failure{PBR_NO_JSON_FORM};
    }
    WriteString(joined);
}

void JSONWriter::WriteDynamicValue(const Message &message, int depth) {
    const Reflection *reflection = message.GetReflection();
    const FieldDescriptor *field =
        reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
    if (field == nullptr) return out_.Append("null");
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE
        && !std::isfinite(reflection->GetDouble(message, field))) {
        throw Failure{PBR_NO_JSON_FORM};
    }
    WriteValue(message, field, -1, depth);
}

}  // namespace fieldseal::protobuf
