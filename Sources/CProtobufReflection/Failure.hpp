#pragma once

#include <cstddef>

#include "CProtobufReflection.h"

namespace fieldseal::protobuf {

/// Why a conversion stops: thrown here, caught at the C boundary.
struct Failure {
    pbr_status status;
    /// Where in the JSON text; 0 for payloads.
    size_t offset = 0;
};

}  // namespace fieldseal::protobuf
