// The C boundary: opaque pointers to and fro, and no exception past it.

#include "CProtobufReflection.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <mutex>
#include <new>
#include <vector>

#include "Converter.hpp"
#include "Options.hpp"
#include "Schema.hpp"

using fieldseal::protobuf::Converter;
using fieldseal::protobuf::FieldNamed;
using fieldseal::protobuf::KindOf;
using fieldseal::protobuf::Schema;
using fieldseal::protobuf::VisitOptions;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

const Descriptor *Unwrap(const pbr_message *message) { return reinterpret_cast<const Descriptor *>(message); }
const pbr_message *Wrap(const Descriptor *type) { return reinterpret_cast<const pbr_message *>(type); }
const Schema *Unwrap(const pbr_schema *schema) { return reinterpret_cast<const Schema *>(schema); }
Converter *Unwrap(pbr_converter *converter) { return reinterpret_cast<Converter *>(converter); }

void CopyFault(const std::string &text, char *fault, size_t capacity) {
    if (capacity == 0) return;
    size_t count = text.copy(fault, capacity - 1);
    fault[count] = '\0';
}

/// libprotobuf would print parts of payloads and schemas to standard error.
void SilenceLibrary() {
    static std::once_flag once;
    std::call_once(once, [] {
        google::protobuf::SetLogHandler([](google::protobuf::LogLevel, const char *, int, const std::string &) {});
    });
}

pbr_field Describe(const Schema &schema, const FieldDescriptor *field) {
    bool is_map = schema.IsMap(field);
    const FieldDescriptor *value = is_map ? field->message_type()->field(1) : field;
    pbr_field result{};
    result.name = field->name().data();
    result.name_count = field->name().size();
    result.kind = KindOf(value);
    result.is_map = is_map;
    result.is_repeated = field->is_repeated() && !is_map;
    if (result.kind == PBR_MESSAGE) result.message = Wrap(value->message_type());
    if (result.kind == PBR_ENUM) {
        result.first_value = value->enum_type()->value(0)->name().data();
        result.first_value_count = value->enum_type()->value(0)->name().size();
    }
    return result;
}

std::vector<const FieldDescriptor *> Extensions(const Schema &schema, const Descriptor *type) {
    std::vector<const FieldDescriptor *> found;
    schema.pool().FindAllExtensions(type, &found);
    return found;
}

}  // namespace

pbr_schema *pbr_schema_create(const pbr_source *sources, size_t count, char *fault, size_t fault_capacity) {
    try {
        SilenceLibrary();
        std::string text;
        Schema *schema = Schema::Create(sources, count, text);
        if (schema == nullptr) CopyFault(text, fault, fault_capacity);
        return reinterpret_cast<pbr_schema *>(schema);
    } catch (...) {
        if (fault_capacity > 0) fault[0] = '\0';
        return nullptr;
    }
}

void pbr_schema_destroy(pbr_schema *schema) { delete reinterpret_cast<Schema *>(schema); }

const pbr_message *pbr_schema_message(const pbr_schema *schema, const int32_t *path, size_t count) {
    return Wrap(Unwrap(schema)->MessageAt(path, count));
}

pbr_kind pbr_message_kind(const pbr_message *message) { return KindOf(Unwrap(message)); }

const char *pbr_message_name(const pbr_message *message, size_t *count) {
    const std::string &name = Unwrap(message)->full_name();
    *count = name.size();
    return name.data();
}

size_t pbr_message_field_count(const pbr_message *message) {
    return static_cast<size_t>(Unwrap(message)->field_count());
}

pbr_field pbr_message_field_at(const pbr_schema *schema, const pbr_message *message, size_t index) {
    return Describe(*Unwrap(schema), Unwrap(message)->field(static_cast<int>(index)));
}

bool pbr_message_field_named(
    const pbr_schema *schema, const pbr_message *message, const char *name, size_t name_count, pbr_field *field) {
    try {
        const FieldDescriptor *found = FieldNamed(Unwrap(message), std::string(name, name_count));
        if (found == nullptr) return false;
        *field = Describe(*Unwrap(schema), found);
        return true;
    } catch (...) {
        return false;
    }
}

pbr_converter *pbr_converter_create(const pbr_schema *schema, const pbr_message *message) {
    try {
        return reinterpret_cast<pbr_converter *>(new Converter(*Unwrap(schema), Unwrap(message)));
    } catch (...) {
        return nullptr;
    }
}

void pbr_converter_destroy(pbr_converter *converter) { delete Unwrap(converter); }

pbr_result pbr_json_of_payload(pbr_converter *converter, const void *payload, size_t count) {
    return Unwrap(converter)->JSONOfPayload({static_cast<const char *>(payload), count});
}

pbr_result pbr_payload_of_json(pbr_converter *converter, const void *text, size_t count) {
    return Unwrap(converter)->PayloadOfJSON({static_cast<const char *>(text), count});
}

bool pbr_message_visit_options(
    const pbr_schema *schema, const pbr_message *message, pbr_option_visitor visitor, void *context) {
    try {
        return VisitOptions(*Unwrap(schema), Unwrap(message)->options(), visitor, context);
    } catch (...) {
        return false;
    }
}

size_t pbr_message_extension_count(const pbr_schema *schema, const pbr_message *message) {
    try {
        return Extensions(*Unwrap(schema), Unwrap(message)).size();
    } catch (...) {
        return 0;
    }
}

pbr_field pbr_message_extension_at(const pbr_schema *schema, const pbr_message *message, size_t index) {
    try {
        const FieldDescriptor *field = Extensions(*Unwrap(schema), Unwrap(message)).at(index);
        pbr_field result = Describe(*Unwrap(schema), field);
        result.name = field->full_name().data();
        result.name_count = field->full_name().size();
        return result;
    } catch (...) {
        return pbr_field{};
    }
}

bool pbr_field_visit_options(
    const pbr_schema *schema, const pbr_message *message, size_t index, bool is_extension, pbr_option_visitor visitor,
    void *context) {
    try {
        const Descriptor *type = Unwrap(message);
        const FieldDescriptor *field = is_extension ? Extensions(*Unwrap(schema), type).at(index)
                                                    : type->field(static_cast<int>(index));
        return VisitOptions(*Unwrap(schema), field->options(), visitor, context);
    } catch (...) {
        return false;
    }
}
