#pragma once

#include <google/protobuf/message.h>

#include "ByteBuffer.hpp"

namespace fieldseal::protobuf {

/// Appends a message's bytes: the same for the same message every time.
void Serialize(const google::protobuf::Message &message, ByteBuffer &out);

}  // namespace fieldseal::protobuf
