#pragma once

#include <cstdint>
#include <string>

namespace fieldseal::protobuf {

/// A google.protobuf.Timestamp as RFC 3339 text; empty where it is out of the range that the type's file gives.
std::string TimestampText(int64_t seconds, int32_t nanos);
bool ParseTimestamp(const std::string &text, int64_t &seconds, int32_t &nanos);

/// A google.protobuf.Duration as seconds with an `s`; empty where it is out of range, or its parts differ in sign.
std::string DurationText(int64_t seconds, int32_t nanos);
bool ParseDuration(const std::string &text, int64_t &seconds, int32_t &nanos);

}  // namespace fieldseal::protobuf
