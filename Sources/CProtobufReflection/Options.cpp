#include "Options.hpp"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace fieldseal::protobuf {

namespace {

/// Where the options of one place are told.
struct Visit {
    pbr_option_visitor visitor;
    void *context;

    void Text(const std::string &name, const std::string &text) const {
        visitor(context, name.data(), name.size(), text.data(), text.size());
    }

    /// An option that is no text.
    void Other(const std::string &name) const { visitor(context, name.data(), name.size(), nullptr, 0); }
};

std::vector<std::string> Texts(const Message &message, const FieldDescriptor *field) {
    const Reflection *reflection = message.GetReflection();
    std::vector<std::string> texts;
    if (!field->is_repeated()) {
        texts.push_back(reflection->GetString(message, field));
        return texts;
    }
    for (int index = 0; index < reflection->FieldSize(message, field); ++index) {
        texts.push_back(reflection->GetRepeatedString(message, field, index));
    }
    return texts;
}

bool IsText(const FieldDescriptor *field) {
    return field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

/// Tags, and params as attributes of their own; by field numbers, as confluent/meta.proto has them.
void VisitMeta(const Message &meta, const Visit &visit) {
    const Reflection *reflection = meta.GetReflection();
    const FieldDescriptor *tags = meta.GetDescriptor()->FindFieldByName("tags");
    if (IsText(tags)) {
        for (const std::string &tag : Texts(meta, tags)) visit.Text("confluent:tags", tag);
    }
    const FieldDescriptor *params = meta.GetDescriptor()->FindFieldByName("params");
    if (params == nullptr || !params->is_repeated() || params->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
    for (int index = 0; index < reflection->FieldSize(meta, params); ++index) {
        const Message &entry = reflection->GetRepeatedMessage(meta, params, index);
        const FieldDescriptor *key = entry.GetDescriptor()->FindFieldByNumber(1);
        const FieldDescriptor *value = entry.GetDescriptor()->FindFieldByNumber(2);
        if (!IsText(key) || !IsText(value) || key->is_repeated() || value->is_repeated()) continue;
        visit.Text(entry.GetReflection()->GetString(entry, key), entry.GetReflection()->GetString(entry, value));
    }
}

}  // namespace

bool VisitOptions(const Schema &schema, const Message &options, pbr_option_visitor visitor, void *context) {
    // The library's own options do not know the schema's extensions of them; the schema's type of the same name does. A
    // schema that has no such type has no custom options either.
    const Descriptor *type = schema.pool().FindMessageTypeByName(options.GetDescriptor()->full_name());
    if (type == nullptr) return true;
    std::unique_ptr<Message> known(schema.Prototype(type).New());
    if (!known->ParsePartialFromString(options.SerializePartialAsString())) return false;
    Visit visit{visitor, context};
    std::vector<const FieldDescriptor *> fields;
    known->GetReflection()->ListFields(*known, &fields);
    for (const FieldDescriptor *field : fields) {
        if (!field->is_extension()) continue;
        bool is_meta = field->full_name() == "confluent.field_meta" || field->full_name() == "confluent.message_meta";
        if (IsText(field)) {
            for (const std::string &text : Texts(*known, field)) visit.Text(field->full_name(), text);
        } else if (is_meta && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
            VisitMeta(known->GetReflection()->GetMessage(*known, field), visit);
        } else {
            visit.Other(field->full_name());
        }
    }
    return true;
}

}  // namespace fieldseal::protobuf
