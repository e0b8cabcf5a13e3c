#include "SchemaLimits.hpp"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include <vector>

namespace fieldseal::protobuf {
namespace {

namespace pb = google::protobuf;

/// The parser tells faults of the text afterwards, and better.
class IgnoredErrors : public pb::io::ErrorCollector {
public:
    void AddError(int, pb::io::ColumnNumber, const std::string &) override {}
};

const char *ExceededLimit(const pb::EnumDescriptorProto &type) {
    if (type.value_size() > SchemaLimits::kEnumValues) return "an enum has over 16384 values";
    if (type.reserved_range_size() > SchemaLimits::kRanges) return "an enum reserves over 512 ranges";
    return nullptr;
}

/// How many messages and extensions were counted so far.
struct Counts {
    int messages = 0;
    int extensions = 0;
};

const char *ExceededLimit(const pb::DescriptorProto &type, Counts &counts) {
    if (++counts.messages > SchemaLimits::kMessages) return "over 8192 messages";
    counts.extensions += type.extension_size();
    if (counts.extensions > SchemaLimits::kExtensions) return "over 4096 extensions";
    if (type.field_size() > SchemaLimits::kFieldsOfMessage) return "a message has over 4096 fields";
    if (type.extension_range_size() > SchemaLimits::kRanges) return "a message has over 512 extension ranges";
    if (type.reserved_range_size() > SchemaLimits::kRanges) return "a message reserves over 512 ranges";
    for (const auto &nested : type.enum_type()) {
        if (const char *limit = ExceededLimit(nested)) return limit;
    }
    for (const auto &nested : type.nested_type()) {
        if (const char *limit = ExceededLimit(nested, counts)) return limit;
    }
    return nullptr;
}

/// Whether every option that is not yet interpreted has a value that may be parsed; descriptors are at most 100 levels deep.
bool HasShallowOptions(const pb::Message &message) {
    if (message.GetDescriptor() == pb::UninterpretedOption::descriptor()) {
        return IsShallow(static_cast<const pb::UninterpretedOption &>(message).aggregate_value());
    }
    std::vector<const pb::FieldDescriptor *> fields;
    const pb::Reflection *reflection = message.GetReflection();
    reflection->ListFields(message, &fields);
    for (const pb::FieldDescriptor *field : fields) {
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
        if (!field->is_repeated()) {
            if (!HasShallowOptions(reflection->GetMessage(message, field))) return false;
            continue;
        }
        for (int index = 0; index < reflection->FieldSize(message, field); ++index) {
            if (!HasShallowOptions(reflection->GetRepeatedMessage(message, field, index))) return false;
        }
    }
    return true;
}

}  // namespace

bool IsShallow(std::string_view text) {
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    IgnoredErrors errors;
    pb::io::Tokenizer tokenizer(&stream, &errors);
    int depth = 0;
    while (tokenizer.Next()) {
        if (tokenizer.current().type != pb::io::Tokenizer::TYPE_SYMBOL) continue;
        switch (tokenizer.current().text[0]) {
            case '{': case '[': case '<': case '(':
                if (++depth > SchemaLimits::kNesting) return false;
                break;
            case '}': case ']': case '>': case ')':
                // One too many is the parser's to tell; it must not hide what comes after it.
                if (depth > 0) --depth;
                break;
            default: break;
        }
    }
    return true;
}

const char *ExceededLimit(const pb::FileDescriptorProto &file) {
    Counts counts;
    counts.extensions = file.extension_size();
    if (counts.extensions > SchemaLimits::kExtensions) return "over 4096 extensions";
    for (const auto &type : file.enum_type()) {
        if (const char *limit = ExceededLimit(type)) return limit;
    }
    for (const auto &type : file.message_type()) {
        if (const char *limit = ExceededLimit(type, counts)) return limit;
    }
    return HasShallowOptions(file) ? nullptr : "an option's value is nested too deep";
}

}  // namespace fieldseal::protobuf
