#pragma once

#include <google/protobuf/arena.h>

#include "ByteBuffer.hpp"
#include "Footprint.hpp"
#include "Schema.hpp"

namespace fieldseal::protobuf {

/// Converts payloads of one message type; its memory is used again for the next.
class Converter {
public:
    Converter(const Schema &schema, const google::protobuf::Descriptor *type);

    pbr_result JSONOfPayload(std::string_view payload);
    pbr_result PayloadOfJSON(std::string_view text);

private:
    template <typename Conversion>
    pbr_result Run(Conversion conversion);

    const Schema &schema_;
    const google::protobuf::Message &prototype_;
    Footprint footprint_;
    ByteBuffer out_;
    /// Where most records' messages fit, so that the arena asks for no more.
    alignas(8) char first_block_[16 << 10];
    google::protobuf::Arena arena_;
};

}  // namespace fieldseal::protobuf
