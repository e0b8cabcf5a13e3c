#include "TimeText.hpp"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

namespace fieldseal::protobuf {

using google::protobuf::Duration;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

namespace {

constexpr int32_t kNanos = 999'999'999;

/// From 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
bool IsTimestamp(int64_t seconds, int32_t nanos) {
    return seconds >= -62'135'596'800 && seconds <= 253'402'300'799 && nanos >= 0 && nanos <= kNanos;
}

/// Ten thousand years either way.
bool IsDuration(int64_t seconds, int32_t nanos) {
    bool has_one_sign = !(seconds < 0 && nanos > 0) && !(seconds > 0 && nanos < 0);
    return has_one_sign && seconds >= -315'576'000'000 && seconds <= 315'576'000'000 && nanos >= -kNanos
        && nanos <= kNanos;
}

}  // namespace

std::string TimestampText(int64_t seconds, int32_t nanos) {
    if (!IsTimestamp(seconds, nanos)) return {};
    Timestamp value;
    value.set_seconds(seconds);
    value.set_nanos(nanos);
    return TimeUtil::ToString(value);
}

bool ParseTimestamp(const std::string &text, int64_t &seconds, int32_t &nanos) {
    Timestamp value;
    if (!TimeUtil::FromString(text, &value)) return false;
    seconds = value.seconds();
    nanos = value.nanos();
    return IsTimestamp(seconds, nanos);
}

std::string DurationText(int64_t seconds, int32_t nanos) {
    if (!IsDuration(seconds, nanos)) return {};
    Duration value;
    value.set_seconds(seconds);
    value.set_nanos(nanos);
    return TimeUtil::ToString(value);
}

bool ParseDuration(const std::string &text, int64_t &seconds, int32_t &nanos) {
    Duration value;
    if (!TimeUtil::FromString(text, &value)) return false;
    seconds = value.seconds();
    nanos = value.nanos();
    return IsDuration(seconds, nanos);
}

}  // namespace fieldseal::protobuf
