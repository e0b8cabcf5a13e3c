#include "Schema.hpp"

#include <memory>

#include "BundledFiles.hpp"
#include "SchemaLinker.hpp"

namespace fieldseal::protobuf {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

Schema *Schema::Create(const pbr_source *sources, size_t count, std::string &fault) {
    auto schema = std::make_unique<Schema>();
    SchemaLinker linker(*schema, sources, count);
    if (linker.Link()) return schema.release();
    fault = linker.fault();
    return nullptr;
}

namespace {

/// The message that `index` means below `parent`, the entries of maps counted too or left out.
const Descriptor *Nested(
    const Descriptor *parent, int index, bool counts_entries, const std::unordered_set<const Descriptor *> &entries) {
    for (int position = 0; position < parent->nested_type_count(); ++position) {
        const Descriptor *type = parent->nested_type(position);
        bool is_entry = entries.count(type) > 0;
        if (is_entry && !counts_entries) continue;
        if (index-- > 0) continue;
        return is_entry ? nullptr : type;
    }
    return nullptr;
}

}  // namespace

const Descriptor *Schema::MessageAt(const int32_t *path, size_t count) const {
    if (count == 0 || path[0] < 0 || path[0] >= file_->message_type_count()) return nullptr;
    const Descriptor *type = file_->message_type(path[0]);
    for (size_t level = 1; level < count; ++level) {
        if (path[level] < 0) return nullptr;
        // Confluent's Java client leaves the entries out, its Python and Go clients count them.
        const Descriptor *without = Nested(type, path[level], false, entries_);
        const Descriptor *with = Nested(type, path[level], true, entries_);
        if (without != nullptr && with != nullptr && without != with) return nullptr;
        type = without != nullptr ? without : with;
        if (type == nullptr) return nullptr;
    }
    return type;
}

pbr_kind KindOf(const FieldDescriptor *field) {
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
        case FieldDescriptor::CPPTYPE_UINT32:
        case FieldDescriptor::CPPTYPE_FLOAT:
        case FieldDescriptor::CPPTYPE_DOUBLE: return PBR_NUMBER;
        case FieldDescriptor::CPPTYPE_INT64:
        case FieldDescriptor::CPPTYPE_UINT64: return PBR_NUMBER_TEXT;
        case FieldDescriptor::CPPTYPE_BOOL: return PBR_BOOL;
        case FieldDescriptor::CPPTYPE_STRING: return PBR_TEXT;
        case FieldDescriptor::CPPTYPE_ENUM: {
            const auto *type = field->enum_type();
            bool is_null = type->full_name() == "google.protobuf.NullValue" && IsGoogleFile(type->file()->name());
            return is_null ? PBR_NULL_VALUE : PBR_ENUM;
        }
        case FieldDescriptor::CPPTYPE_MESSAGE: return KindOf(field->message_type());
    }
    return PBR_MESSAGE;
}

bool IsWrapper(const Descriptor *type) {
    auto known = type->well_known_type();
    return known >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE && known <= Descriptor::WELLKNOWNTYPE_BOOLVALUE
        && IsGoogleFile(type->file()->name());
}

pbr_kind KindOf(const Descriptor *type) {
    if (type->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) return PBR_MESSAGE;
    if (!IsGoogleFile(type->file()->name())) return PBR_MESSAGE;
    if (IsWrapper(type)) return KindOf(type->field(0));
    switch (type->well_known_type()) {
        case Descriptor::WELLKNOWNTYPE_ANY: return PBR_ANY;
        case Descriptor::WELLKNOWNTYPE_FIELDMASK: return PBR_FIELD_MASK;
        case Descriptor::WELLKNOWNTYPE_DURATION: return PBR_DURATION;
        case Descriptor::WELLKNOWNTYPE_TIMESTAMP: return PBR_TIMESTAMP;
        case Descriptor::WELLKNOWNTYPE_VALUE: return PBR_VALUE;
        case Descriptor::WELLKNOWNTYPE_LISTVALUE: return PBR_LIST_VALUE;
        case Descriptor::WELLKNOWNTYPE_STRUCT: return PBR_STRUCT;
        default: return PBR_MESSAGE;
    }
}

const FieldDescriptor *FieldNamed(const Descriptor *type, const std::string &name) {
    if (name.size() < 2 || name.front() != '[' || name.back() != ']') return type->FindFieldByName(name);
    const FieldDescriptor *extension =
        type->file()->pool()->FindExtensionByName(name.substr(1, name.size() - 2));
    return extension != nullptr && extension->containing_type() == type ? extension : nullptr;
}

}  // namespace fieldseal::protobuf
