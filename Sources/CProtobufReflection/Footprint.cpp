#include "Footprint.hpp"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <unordered_set>
#include <vector>

#include "Failure.hpp"

namespace fieldseal::protobuf {

namespace pb = google::protobuf;
using pb::Descriptor;
using pb::FieldDescriptor;
using pb::internal::WireFormatLite;

namespace {

/// What a value takes besides its own bytes: a string's object, an unknown field's, a list's slot.
constexpr size_t kValue = 64;

/// Walks a payload as the parser will, and adds up.
class Walk {
public:
    Walk(std::string_view payload, size_t &total)
        : input_(reinterpret_cast<const uint8_t *>(payload.data()), static_cast<int>(payload.size())), total_(total) {}

    /// Reads fields until the end of the message or of the group; false where the payload is not valid.
    bool Message(const Descriptor *type, int depth) {
        Add(type == nullptr ? kValue : Footprint::Of(type));
        if (depth > 100) return false;
        while (uint32_t tag = input_.ReadTag()) {
            if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_END_GROUP) return true;
            if (!Field(tag, type, depth)) return false;
        }
        return input_.ConsumedEntireMessage();
    }

private:
    bool Field(uint32_t tag, const Descriptor *type, int depth) {
        Add(kValue);
        const FieldDescriptor *field = Named(WireFormatLite::GetTagFieldNumber(tag), type);
        const Descriptor *inner = field == nullptr ? nullptr : field->message_type();
        uint64_t varint;
        uint32_t length;
        switch (WireFormatLite::GetTagWireType(tag)) {
            case WireFormatLite::WIRETYPE_VARINT: return input_.ReadVarint64(&varint);
            case WireFormatLite::WIRETYPE_FIXED64: return input_.Skip(8);
            case WireFormatLite::WIRETYPE_FIXED32: return input_.Skip(4);
            case WireFormatLite::WIRETYPE_START_GROUP: return Message(inner, depth + 1);
            case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
                if (!input_.ReadVarint32(&length) || length > INT32_MAX) return false;
                return Delimited(inner, static_cast<int>(length), depth);
            default: return false;
        }
    }

    bool Delimited(const Descriptor *inner, int length, int depth) {
        if (inner == nullptr) {
            // A packed list takes eight bytes for one at most, and twice that while it grows.
            Add(static_cast<size_t>(length) * 16);
            return input_.Skip(length);
        }
        auto limit = input_.PushLimit(length);
        bool valid = Message(inner, depth + 1);
        input_.PopLimit(limit);
        return valid;
    }

    static const FieldDescriptor *Named(int number, const Descriptor *type) {
        if (type == nullptr) return nullptr;
        if (const FieldDescriptor *field = type->FindFieldByNumber(number)) return field;
        return type->file()->pool()->FindExtensionByNumber(type, number);
    }

    void Add(size_t bytes) {
        total_ += bytes;
        if (total_ > Footprint::kMaximum) throw Failure{PBR_TOO_LARGE};
    }

    pb::io::CodedInputStream input_;
    size_t &total_;
};

}  // namespace

Footprint::Footprint(const Descriptor *root) : root_(root) {
    std::unordered_set<const Descriptor *> seen{root};
    std::vector<const Descriptor *> pending{root};
    const pb::DescriptorPool *pool = root->file()->pool();
    while (!pending.empty()) {
        const Descriptor *type = pending.back();
        pending.pop_back();
        largest_ = std::max(largest_, Of(type));
        auto reach = [&](const FieldDescriptor *field) {
            const Descriptor *inner = field->message_type();
            if (inner != nullptr && seen.insert(inner).second) pending.push_back(inner);
        };
        for (int index = 0; index < type->field_count(); ++index) reach(type->field(index));
        if (type->extension_range_count() == 0) continue;
        std::vector<const FieldDescriptor *> extensions;
        pool->FindAllExtensions(type, &extensions);
        for (const FieldDescriptor *extension : extensions) reach(extension);
    }
}

size_t Footprint::Of(const Descriptor *type) {
    return 128 + 32 * static_cast<size_t>(type->field_count());
}

void Footprint::Check(std::string_view payload) const {
    // Two bytes are the least that a message in a message takes; most payloads need no walk.
    if (payload.size() <= kMaximum / (largest_ + 2 * kValue)) return;
    size_t taken = 0;
    Add(payload, root_, taken);
}

void Footprint::Add(std::string_view payload, const Descriptor *type, size_t &taken) {
    // What is not valid is the parser's to tell.
    static_cast<void>(Walk(payload, taken).Message(type, 0));
}

}  // namespace fieldseal::protobuf
