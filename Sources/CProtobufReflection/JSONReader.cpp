#include "JSONReader.hpp"

#include <charconv>
#include <cmath>

#include "Footprint.hpp"
#include "JSONWriter.hpp"
#include "Serialize.hpp"
#include "Text.hpp"
#include "TimeText.hpp"

namespace fieldseal::protobuf {

namespace pb = google::protobuf;

namespace {

template <typename Integer>
bool ParseInteger(std::string_view text, Integer &value) {
    std::string_view digits = !text.empty() && text[0] == '-' ? text.substr(1) : text;
    if (digits.empty() || (digits[0] == '0' && digits != "0") || text == "-0") return false;
    auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

}  // namespace

void JSONReader::Read(Message &message) {
    ReadMessage(message, 0);
    cursor_.ExpectEnd();
}

void JSONReader::Count(size_t bytes) {
    footprint_ += bytes;
    if (footprint_ > Footprint::kMaximum) cursor_.Fail(PBR_TOO_LARGE);
}

void JSONReader::ReadMessage(Message &message, int depth) {
    if (depth > JSONWriter::kMaximumDepth) cursor_.Fail(PBR_TOO_DEEP);
    const Descriptor *type = message.GetDescriptor();
    Count(Footprint::Of(type));
    if (IsWrapper(type)) return ReadValue(message, type->field(0), depth);
    switch (KindOf(type)) {
        case PBR_ANY: return ReadAny(message, depth);
        case PBR_TIMESTAMP: return ReadTime(message, true);
        case PBR_DURATION: return ReadTime(message, false);
        case PBR_FIELD_MASK: return ReadFieldMask(message);
        case PBR_VALUE: return ReadDynamicValue(message, depth);
        case PBR_STRUCT: return ReadMap(message, type->field(0), depth);
        case PBR_LIST_VALUE: return ReadRepeated(message, type->field(0), depth);
        default:
            if (!cursor_.Take('{')) cursor_.Fail(PBR_MISMATCH);
            ReadMembers(message, true, depth);
    }
}

void JSONReader::ReadMembers(Message &message, bool is_first, int depth) {
    std::unordered_set<const FieldDescriptor *> seen;
    while (!cursor_.Take('}')) {
        if (!is_first) cursor_.Expect(',');
        is_first = false;
        if (cursor_.Peek() != '"') cursor_.Fail(PBR_MALFORMED);
        std::string name = cursor_.String();
        cursor_.Expect(':');
        const FieldDescriptor *field = FieldNamed(message.GetDescriptor(), name);
        if (field == nullptr) cursor_.Fail(PBR_UNKNOWN_FIELD);
        if (!seen.insert(field).second) cursor_.Fail(PBR_DUPLICATE_FIELD);
        ReadField(message, field, depth);
    }
}

void JSONReader::ReadField(Message &message, const FieldDescriptor *field, int depth) {
    if (const pb::OneofDescriptor *oneof = field->real_containing_oneof()) {
        if (message.GetReflection()->HasOneof(message, oneof)) cursor_.Fail(PBR_DUPLICATE_FIELD);
    }
    if (schema_.IsMap(field)) return ReadMap(message, field, depth);
    if (field->is_repeated()) return ReadRepeated(message, field, depth);
    pbr_kind kind = KindOf(field);
    // A null stands for a field that is absent, but where null is a value.
    if (kind != PBR_VALUE && kind != PBR_NULL_VALUE && cursor_.TakeWord("null")) return;
    ReadValue(message, field, depth);
}

void JSONReader::ReadRepeated(Message &message, const FieldDescriptor *field, int depth) {
    if (!cursor_.Take('[')) cursor_.Fail(PBR_MISMATCH);
    bool is_first = true;
    while (!cursor_.Take(']')) {
        if (!is_first) cursor_.Expect(',');
        is_first = false;
        Count(16);
        ReadValue(message, field, depth);
    }
}

void JSONReader::ReadMap(Message &message, const FieldDescriptor *field, int depth) {
    if (depth >= JSONWriter::kMaximumDepth) cursor_.Fail(PBR_TOO_DEEP);
    if (!cursor_.Take('{')) cursor_.Fail(PBR_MISMATCH);
    std::unordered_set<std::string> seen;
    bool is_first = true;
    while (!cursor_.Take('}')) {
        if (!is_first) cursor_.Expect(',');
        is_first = false;
        if (cursor_.Peek() != '"') cursor_.Fail(PBR_MALFORMED);
        std::string key = cursor_.String();
        cursor_.Expect(':');
        Count(Footprint::Of(field->message_type()) + 2 * key.size());
        Message *entry = message.GetReflection()->AddMessage(&message, field);
        ReadKey(*entry, field->message_type()->field(0), key);
        ReadValue(*entry, field->message_type()->field(1), depth + 1);
        if (!seen.insert(std::move(key)).second) cursor_.Fail(PBR_DUPLICATE_FIELD);
    }
}

void JSONReader::ReadKey(Message &entry, const FieldDescriptor *key, const std::string &text) {
    const Reflection *reflection = entry.GetReflection();
    auto integer = [&](auto value) {
        if (!ParseInteger(text, value)) cursor_.Fail(PBR_MISMATCH);
        return value;
    };
    switch (key->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32: return reflection->SetInt32(&entry, key, integer(int32_t{}));
        case FieldDescriptor::CPPTYPE_INT64: return reflection->SetInt64(&entry, key, integer(int64_t{}));
        case FieldDescriptor::CPPTYPE_UINT32: return reflection->SetUInt32(&entry, key, integer(uint32_t{}));
        case FieldDescriptor::CPPTYPE_UINT64: return reflection->SetUInt64(&entry, key, integer(uint64_t{}));
        case FieldDescriptor::CPPTYPE_BOOL:
            if (text != "true" && text != "false") cursor_.Fail(PBR_MISMATCH);
            return reflection->SetBool(&entry, key, text == "true");
        default: return reflection->SetString(&entry, key, text);
    }
}

void JSONReader::ReadValue(Message &message, const FieldDescriptor *field, int depth) {
    const Reflection *reflection = message.GetReflection();
    bool adds = field->is_repeated();
    auto put = [&](auto set, auto add, auto value) {
        adds ? (reflection->*add)(&message, field, value) : (reflection->*set)(&message, field, value);
    };
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return put(&Reflection::SetInt32, &Reflection::AddInt32, ReadInteger<int32_t>());
        case FieldDescriptor::CPPTYPE_UINT32:
            return put(&Reflection::SetUInt32, &Reflection::AddUInt32, ReadInteger<uint32_t>());
        case FieldDescriptor::CPPTYPE_INT64:
            return put(&Reflection::SetInt64, &Reflection::AddInt64, ReadInteger<int64_t>());
        case FieldDescriptor::CPPTYPE_UINT64:
            return put(&Reflection::SetUInt64, &Reflection::AddUInt64, ReadInteger<uint64_t>());
        case FieldDescriptor::CPPTYPE_FLOAT:
            return put(&Reflection::SetFloat, &Reflection::AddFloat, ReadReal<float>());
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return put(&Reflection::SetDouble, &Reflection::AddDouble, ReadReal<double>());
        case FieldDescriptor::CPPTYPE_BOOL:
            return put(&Reflection::SetBool, &Reflection::AddBool, ReadBool());
        case FieldDescriptor::CPPTYPE_ENUM:
            return put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, ReadEnum(field));
        case FieldDescriptor::CPPTYPE_STRING:
            return put(&Reflection::SetString, &Reflection::AddString, ReadText(field));
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return ReadMessage(
                adds ? *reflection->AddMessage(&message, field) : *reflection->MutableMessage(&message, field),
                depth + 1);
    }
}

// MARK: Scalars

template <typename Integer>
Integer JSONReader::ReadInteger() {
    Integer value;
    bool is_text = cursor_.Peek() == '"';
    if (!(is_text ? ParseInteger(cursor_.String(), value) : ParseInteger(cursor_.Number(), value))) {
        cursor_.Fail(PBR_MISMATCH);
    }
    return value;
}

template <typename Real>
Real JSONReader::ReadReal() {
    if (cursor_.Peek() == '"') {
        std::string text = cursor_.String();
        if (text == "NaN") return std::numeric_limits<Real>::quiet_NaN();
        if (text == "Infinity") return std::numeric_limits<Real>::infinity();
        if (text == "-Infinity") return -std::numeric_limits<Real>::infinity();
        cursor_.Fail(PBR_MISMATCH);
    }
    std::string_view text = cursor_.Number();
    Real value;
    auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) cursor_.Fail(PBR_MISMATCH);
    return value;
}

bool JSONReader::ReadBool() {
    if (cursor_.TakeWord("true")) return true;
    if (cursor_.TakeWord("false")) return false;
    cursor_.Fail(PBR_MISMATCH);
}

int JSONReader::ReadEnum(const FieldDescriptor *field) {
    if (KindOf(field) == PBR_NULL_VALUE && cursor_.TakeWord("null")) return 0;
    const pb::EnumDescriptor *type = field->enum_type();
    if (cursor_.Peek() == '"') {
        const pb::EnumValueDescriptor *value = type->FindValueByName(cursor_.String());
        if (value == nullptr) cursor_.Fail(PBR_MISMATCH);
        return value->number();
    }
    int number = ReadInteger<int32_t>();
    // Only an enum of proto3 holds numbers that it has no names for.
    bool is_open = type->file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3;
    if (!is_open && type->FindValueByNumber(number) == nullptr) cursor_.Fail(PBR_MISMATCH);
    return number;
}

std::string JSONReader::ReadText(const FieldDescriptor *field) {
    std::string text = cursor_.String();
    Count(sizeof(std::string) + text.size());
    if (field->type() == FieldDescriptor::TYPE_STRING) return text;
    std::string bytes;
    if (!DecodeBase64(text, bytes)) cursor_.Fail(PBR_MISMATCH);
    return bytes;
}

// MARK: Well-known types

void JSONReader::ReadAny(Message &message, int depth) {
    if (!cursor_.Take('{')) cursor_.Fail(PBR_MISMATCH);
    if (cursor_.Take('}')) return;
    if (cursor_.Peek() != '"' || cursor_.String() != "@type") cursor_.Fail(PBR_MISMATCH);
    cursor_.Expect(':');
    std::string url = cursor_.String();
    const Descriptor *type = schema_.pool().FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    if (type == nullptr) cursor_.Fail(PBR_UNKNOWN_TYPE);

    if (depth >= JSONWriter::kMaximumDepth) cursor_.Fail(PBR_TOO_DEEP);
    Message *inner = schema_.Prototype(type).New(&arena_);
    if (IsWrapper(type) || KindOf(type) != PBR_MESSAGE) {
        cursor_.Expect(',');
        if (cursor_.Peek() != '"' || cursor_.String() != "value") cursor_.Fail(PBR_UNKNOWN_FIELD);
        cursor_.Expect(':');
        ReadMessage(*inner, depth + 1);
        cursor_.Expect('}');
    } else {
        Count(Footprint::Of(type));
        ReadMembers(*inner, false, depth + 1);
    }
    ByteBuffer value;
    Serialize(*inner, value);
    Count(value.count());
    const Reflection *reflection = message.GetReflection();
    reflection->SetString(&message, message.GetDescriptor()->field(0), std::move(url));
    reflection->SetString(&message, message.GetDescriptor()->field(1), std::string(value.data(), value.count()));
}

void JSONReader::ReadTime(Message &message, bool is_timestamp) {
    std::string text = cursor_.String();
    int64_t seconds;
    int32_t nanos;
    if (!(is_timestamp ? ParseTimestamp(text, seconds, nanos) : ParseDuration(text, seconds, nanos))) {
        cursor_.Fail(PBR_MISMATCH);
    }
    const Descriptor *type = message.GetDescriptor();
    message.GetReflection()->SetInt64(&message, type->field(0), seconds);
    message.GetReflection()->SetInt32(&message, type->field(1), nanos);
}

void JSONReader::ReadFieldMask(Message &message) {
    std::string text = cursor_.String();
    const FieldDescriptor *paths = message.GetDescriptor()->field(0);
    size_t start = 0;
    while (!text.empty() && start <= text.size()) {
        size_t end = std::min(text.find(',', start), text.size());
        std::string path;
        for (char c : std::string_view(text).substr(start, end - start)) {
            if (c == '_') cursor_.Fail(PBR_MISMATCH);
            bool is_upper = c >= 'A' && c <= 'Z';
            if (is_upper) path += '_';
            path += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
        }
        Count(sizeof(std::string) + path.size());
        message.GetReflection()->AddString(&message, paths, path);
        start = end + 1;
    }
}

void JSONReader::ReadDynamicValue(Message &message, int depth) {
    const Descriptor *type = message.GetDescriptor();
    int number;
    switch (cursor_.Peek()) {
        case 'n': number = 1; break;
        case '"': number = 3; break;
        case 't': case 'f': number = 4; break;
        case '{': number = 5; break;
        case '[': number = 6; break;
        default: number = 2;
    }
    ReadValue(message, type->FindFieldByNumber(number), depth);
}

}  // namespace fieldseal::protobuf
