#include "MapEntries.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <unordered_map>

namespace fieldseal::protobuf {

namespace pb = google::protobuf;
using pb::FieldDescriptor;
using pb::Message;
using pb::Reflection;

namespace {

std::string KeyText(const Message &entry, const FieldDescriptor *key) {
    const Reflection *reflection = entry.GetReflection();
    switch (key->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32: return std::to_string(reflection->GetInt32(entry, key));
        case FieldDescriptor::CPPTYPE_INT64: return std::to_string(reflection->GetInt64(entry, key));
        case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(reflection->GetUInt32(entry, key));
        case FieldDescriptor::CPPTYPE_UINT64: return std::to_string(reflection->GetUInt64(entry, key));
        case FieldDescriptor::CPPTYPE_BOOL: return reflection->GetBool(entry, key) ? "true" : "false";
        default: return reflection->GetString(entry, key);
    }
}

/// Whether an entry's value is a number that its proto2 enum does not have: the whole entry is then an unknown field.
bool IsUnknown(const Message &entry, const FieldDescriptor *value) {
    return value->cpp_type() == FieldDescriptor::CPPTYPE_ENUM && !entry.GetReflection()->HasField(entry, value)
        && !entry.GetReflection()->GetUnknownFields(entry).empty();
}

void KeepLastOfEachKey(std::vector<MapEntry> &entries) {
    std::unordered_map<std::string_view, size_t> last;
    for (size_t index = 0; index < entries.size(); ++index) last[entries[index].key] = index;
    if (last.size() == entries.size()) return;
    std::vector<MapEntry> kept;
    for (size_t index = 0; index < entries.size(); ++index) {
        if (last.at(entries[index].key) == index) kept.push_back(entries[index]);
    }
    entries = std::move(kept);
}

}  // namespace

std::vector<MapEntry> MapEntries(const Message &message, const FieldDescriptor *field) {
    const Reflection *reflection = message.GetReflection();
    const FieldDescriptor *key = field->message_type()->field(0);
    const FieldDescriptor *value = field->message_type()->field(1);
    int count = reflection->FieldSize(message, field);
    std::vector<MapEntry> entries;
    entries.reserve(static_cast<size_t>(count));
    for (int index = 0; index < count; ++index) {
        const Message &entry = reflection->GetRepeatedMessage(message, field, index);
        if (!IsUnknown(entry, value)) entries.push_back({KeyText(entry, key), &entry});
    }
    if (entries.size() > 1) KeepLastOfEachKey(entries);
    return entries;
}

}  // namespace fieldseal::protobuf
