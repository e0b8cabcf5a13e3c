#pragma once

#include <google/protobuf/descriptor.h>

#include <string_view>

namespace fieldseal::protobuf {

/// What messages of a type cost in memory, in bytes, so that a few bytes of payload can't ask for gigabytes.
class Footprint {
public:
    /// How much a message may take, with all that is in it.
    static constexpr size_t kMaximum = size_t{256} << 20;

    explicit Footprint(const google::protobuf::Descriptor *root);

    /// About what an empty message of `type` takes.
    static size_t Of(const google::protobuf::Descriptor *type);

    /// Throws where the message in `payload`, of the type that this is for, would take too much.
    void Check(std::string_view payload) const;

    /// Adds what the message in `payload` takes to `taken`; throws where that becomes too much.
    static void Add(std::string_view payload, const google::protobuf::Descriptor *type, size_t &taken);

private:
    const google::protobuf::Descriptor *root_;
    /// The largest type of all that a payload may hold; what is in an Any is not known before it is read.
    size_t largest_ = 0;
};

}  // namespace fieldseal::protobuf
