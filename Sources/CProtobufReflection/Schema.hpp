#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <string>
#include <unordered_set>

#include "CProtobufReflection.h"

namespace fieldseal::protobuf {

/// Linked files, and what makes messages of their types.
class Schema {
public:
    /// Links the last of `sources`; null with one sentence in `fault` where that fails.
    static Schema *Create(const pbr_source *sources, size_t count, std::string &fault);

    Schema() : factory_(&pool_) {}

    const google::protobuf::DescriptorPool &pool() const { return pool_; }
    /// The file that the schema is.
    const google::protobuf::FileDescriptor &file() const { return *file_; }

    /// An empty message of a type of this schema; libprotobuf makes it on first use, under a lock.
    const google::protobuf::Message &Prototype(const google::protobuf::Descriptor *type) const {
        return *factory_.GetPrototype(type);
    }

    /// Whether a field is a map; see `entries_`.
    bool IsMap(const google::protobuf::FieldDescriptor *field) const {
        return field->is_repeated() && field->type() == google::protobuf::FieldDescriptor::TYPE_MESSAGE
            && entries_.count(field->message_type()) > 0;
    }

    /// The message at a Confluent index path; null where there is none, or where clients disagree on which one it is.
    const google::protobuf::Descriptor *MessageAt(const int32_t *path, size_t count) const;

private:
    google::protobuf::DescriptorPool pool_;
    // Its use is no change that anyone can see, and it has a lock of its own.
    mutable google::protobuf::DynamicMessageFactory factory_;
    const google::protobuf::FileDescriptor *file_ = nullptr;
    /// The types of maps' entries. For libprotobuf maps are here what they are on the wire, repeated messages with a key and a
    /// value: as maps it would keep them in an order of its own, and no payload could be put together again.
    std::unordered_set<const google::protobuf::Descriptor *> entries_;

    friend class SchemaLinker;
};

/// How a message looks in JSON; the well-known types are those of libprotobuf's own files.
pbr_kind KindOf(const google::protobuf::Descriptor *type);

/// How a single value of a field looks in JSON.
pbr_kind KindOf(const google::protobuf::FieldDescriptor *field);

/// Whether a message is one of those that wrap a single scalar.
bool IsWrapper(const google::protobuf::Descriptor *type);

/// The field or, in brackets, the extension that `name` stands for in paths and in JSON; null where there is none.
const google::protobuf::FieldDescriptor *FieldNamed(
    const google::protobuf::Descriptor *type, const std::string &name);

}  // namespace fieldseal::protobuf
