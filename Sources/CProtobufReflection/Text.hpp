#pragma once

#include <string>
#include <string_view>

#include "ByteBuffer.hpp"

namespace fieldseal::protobuf {

/// The length of the UTF-8 sequence (RFC 3629) that `text`, which is not empty, begins with; 0 where it is not one.
size_t SequenceLength(std::string_view text);

/// Appends `text` as a JSON string with the fewest escapes; false where it is not UTF-8.
bool AppendQuoted(std::string_view text, ByteBuffer &out);

/// Appends standard base64 with padding (RFC 4648, section 4).
void AppendBase64(std::string_view bytes, ByteBuffer &out);

/// Undoes standard base64; false where `text` is not exactly what an encoder writes.
bool DecodeBase64(std::string_view text, std::string &bytes);

}  // namespace fieldseal::protobuf
