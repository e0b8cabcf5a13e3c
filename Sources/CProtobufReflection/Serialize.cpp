#include "Serialize.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace fieldseal::protobuf {

namespace pb = google::protobuf;

void Serialize(const pb::Message &message, ByteBuffer &out) {
    size_t size = message.ByteSizeLong();
    if (size > ByteBuffer::kMaximum) throw Failure{PBR_TOO_LARGE};
    char *to = out.Reserve(size);
    pb::io::ArrayOutputStream stream(to, static_cast<int>(size));
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&coded);
    coded.Trim();
    if (coded.HadError() || static_cast<size_t>(coded.ByteCount()) != size) throw Failure{PBR_FAILED};
    out.Commit(size);
}

}  // namespace fieldseal::protobuf
