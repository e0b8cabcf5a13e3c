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

    /// Throws where the message in `payload` would take too much.
    void Check(std::string_view payload, const google::protobuf::Descriptor *type) const;

private:
    /// The largest type of all that a payload may hold.
    size_t largest_ = 0;
};

}  // namespace fieldseal::protobuf
