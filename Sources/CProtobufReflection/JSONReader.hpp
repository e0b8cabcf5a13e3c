#pragma once

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <unordered_set>

#include "ByteBuffer.hpp"
#include "JSONCursor.hpp"
#include "Schema.hpp"

namespace fieldseal::protobuf {

/// Reads the JSON that `JSONWriter` writes back into a message. Stricter than canonical JSON asks of a reader: only the names
/// of the .proto, no unknown and no repeated member, base64 in its one form, an Any's `@type` first. Used for one message.
class JSONReader {
public:
    JSONReader(const Schema &schema, google::protobuf::Arena &arena, std::string_view text)
        : schema_(schema), arena_(arena), cursor_(text) {}

    /// Fills an empty message; throws `Failure` where the text does not fit it.
    void Read(google::protobuf::Message &message);

private:
    using Message = google::protobuf::Message;
    using Reflection = google::protobuf::Reflection;
    using Descriptor = google::protobuf::Descriptor;
    using FieldDescriptor = google::protobuf::FieldDescriptor;

    void ReadMessage(Message &message, int depth);
    /// The members that are left of an object whose brace, and an Any's `@type`, are passed.
    void ReadMembers(Message &message, bool is_first, int depth);
    void ReadField(Message &message, const FieldDescriptor *field, int depth);
    void ReadRepeated(Message &message, const FieldDescriptor *field, int depth);
    void ReadMap(Message &message, const FieldDescriptor *field, int depth);
    void ReadKey(Message &entry, const FieldDescriptor *key, const std::string &text);
    /// One value, set in a single field or added to a repeated one.
    void ReadValue(Message &message, const FieldDescriptor *field, int depth);
    int ReadEnum(const FieldDescriptor *field);
    std::string ReadText(const FieldDescriptor *field);
    bool ReadBool();

    void ReadAny(Message &message, int depth);
    void ReadTime(Message &message, bool is_timestamp);
    void ReadFieldMask(Message &message);
    void ReadDynamicValue(Message &message, int depth);

    /// A number, or a string that holds one; it is written as an integer is, without leading zeros or a fraction.
    template <typename Integer>
    Integer ReadInteger();
    template <typename Real>
    Real ReadReal();
    void Count(size_t bytes);

    const Schema &schema_;
    google::protobuf::Arena &arena_;
    JSONCursor cursor_;
    /// What the messages made so far take, about.
    size_t footprint_ = 0;
};

}  // namespace fieldseal::protobuf
