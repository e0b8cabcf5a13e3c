#include "Converter.hpp"

#include "JSONReader.hpp"
#include "JSONWriter.hpp"
#include "Serialize.hpp"

namespace fieldseal::protobuf {

using google::protobuf::Arena;
using google::protobuf::Message;

Converter::Converter(const Schema &schema, const google::protobuf::Descriptor *type)
    : schema_(schema), prototype_(schema.Prototype(type)), footprint_(type),
      arena_(first_block_, sizeof(first_block_)) {}

template <typename Conversion>
pbr_result Converter::Run(Conversion conversion) {
    out_.Clear();
    pbr_result result{PBR_DONE, 0, nullptr, 0};
    try {
        conversion();
        // Empty is not null.
        result.bytes = out_.Reserve(1);
        result.count = out_.count();
        result.bytes = out_.data();
    } catch (const Failure &failure) {
        result.status = failure.status;
        result.offset = failure.offset;
    } catch (...) {
        result.status = PBR_FAILED;
    }
    arena_.Reset();
    return result;
}

pbr_result Converter::JSONOfPayload(std::string_view payload) {
    return Run([&] {
        if (payload.size() > ByteBuffer::kMaximum) throw Failure{PBR_TOO_LARGE};
        footprint_.Check(payload);
        Message *message = prototype_.New(&arena_);
        if (!message->ParsePartialFromArray(payload.data(), static_cast<int>(payload.size()))) {
            throw Failure{PBR_MALFORMED};
        }
        JSONWriter(schema_, arena_, out_).Write(*message);
    });
}

pbr_result Converter::PayloadOfJSON(std::string_view text) {
    return Run([&] {
        if (text.size() > ByteBuffer::kMaximum) throw Failure{PBR_TOO_LARGE};
        Message *message = prototype_.New(&arena_);
        JSONReader(schema_, arena_, text).Read(*message);
        Serialize(*message, out_);
    });
}

}  // namespace fieldseal::protobuf
