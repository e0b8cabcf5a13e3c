#pragma once

#include <google/protobuf/message.h>

#include "CProtobufReflection.h"
#include "Schema.hpp"

namespace fieldseal::protobuf {

/// Tells `visit` every custom option of a field or of a message: its name, and each of its texts.
///
/// `confluent.field_meta` and `confluent.message_meta` are taken apart: their tags as `confluent:tags`, their params each by its
/// own name. False where the options can't be read.
bool VisitOptions(const Schema &schema, const google::protobuf::Message &options, pbr_option_visitor visit, void *context);

}  // namespace fieldseal::protobuf
