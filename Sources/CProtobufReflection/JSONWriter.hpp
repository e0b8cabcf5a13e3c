#pragma once

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "ByteBuffer.hpp"
#include "Footprint.hpp"
#include "MapEntries.hpp"
#include "Schema.hpp"

namespace fieldseal::protobuf {

/// Writes a message as canonical JSON (protobuf.dev, "ProtoJSON Format") with the names of the .proto.
///
/// Own code, since libprotobuf 3.21's printer leaves extensions out without a word, takes every type for one of the generated
/// pool's, and spends ten times as long. Used for one message.
class JSONWriter {
public:
    JSONWriter(const Schema &schema, google::protobuf::Arena &arena, ByteBuffer &out)
        : schema_(schema), arena_(arena), out_(out) {}

    /// How deep messages may lie in each other, in a payload and in what an Any holds.
    static constexpr int kMaximumDepth = 100;

    /// Throws `Failure` where the message has no such form.
    void Write(const google::protobuf::Message &message) { WriteMessage(message, 0); }

private:
    using Message = google::protobuf::Message;
    using Reflection = google::protobuf::Reflection;
    using Descriptor = google::protobuf::Descriptor;
    using FieldDescriptor = google::protobuf::FieldDescriptor;

    void WriteMessage(const Message &message, int depth);
    /// Whether a comma must stand before the next member.
    void WriteMembers(const Message &message, bool after, int depth);
    void WriteName(const FieldDescriptor *field);
    void WriteRepeated(const Message &message, const FieldDescriptor *field, int depth);
    void WriteMap(const std::vector<MapEntry> &entries, const FieldDescriptor *field, int depth);
    /// One value: of a single field, or the one at `index` of a repeated one.
    void WriteValue(const Message &message, const FieldDescriptor *field, int index, int depth);
    void WriteEnum(const FieldDescriptor *field, int number);
    void WriteText(const FieldDescriptor *field, const std::string &value);

    void WriteAny(const Message &message, int depth);
    void WriteTimestamp(const Message &message);
    void WriteDuration(const Message &message);
    void WriteFieldMask(const Message &message);
    void WriteDynamicValue(const Message &message, int depth);

    template <typename Integer>
    void WriteInteger(Integer value);
    template <typename Real>
    void WriteReal(Real value);
    void WriteQuotedInteger(uint64_t value);
    void WriteQuotedInteger(int64_t value);
    void WriteString(std::string_view text);

    const Schema &schema_;
    google::protobuf::Arena &arena_;
    ByteBuffer &out_;
    /// What the messages in Anys take together, about: the arena keeps them all until the end.
    size_t taken_ = 0;
};

}  // namespace fieldseal::protobuf
