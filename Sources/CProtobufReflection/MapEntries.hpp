#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace fieldseal::protobuf {

/// An entry of a map field.
struct MapEntry {
    /// The key as JSON has it, without quotes.
    std::string key;
    const google::protobuf::Message *message;
};

/// The entries of a map field in the order of the payload; of those with one key only the last.
std::vector<MapEntry> MapEntries(
    const google::protobuf::Message &message, const google::protobuf::FieldDescriptor *field);

}  // namespace fieldseal::protobuf
