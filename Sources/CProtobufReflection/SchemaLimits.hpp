#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string_view>

namespace fieldseal::protobuf {

/// What a schema may cost: it comes from a registry, and libprotobuf itself sets few limits.
struct SchemaLimits {
    static constexpr size_t kFileBytes = size_t{1} << 20;
    static constexpr size_t kFiles = 256;
    static constexpr int kImportDepth = 64;
    /// Braces, brackets and angles inside each other, in a file or in an option's value.
    static constexpr int kNesting = 64;
    static constexpr int kMessages = 8192;
    static constexpr int kFieldsOfMessage = 4096;
    /// Extensions of a file: each is looked up among all others of its message.
    static constexpr int kExtensions = 4096;
    /// Extension and reserved ranges of a message or an enum, each of which is compared with every other.
    static constexpr int kRanges = 512;
    static constexpr int kEnumValues = 16384;
};

/// Whether `text`, .proto or the value of an option, nests no deeper than parsers that call themselves can bear.
bool IsShallow(std::string_view text);

/// Why a file exceeds a limit; null where it keeps them all.
const char *ExceededLimit(const google::protobuf::FileDescriptorProto &file);

}  // namespace fieldseal::protobuf
