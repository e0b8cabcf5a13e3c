#ifndef PROTOBUFJSONBASELINE_H
#define PROTOBUFJSONBASELINE_H

// libprotobuf's own conversion to JSON and back, which Fieldseal's is measured beside. No part of the product.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct protobuf_json_baseline protobuf_json_baseline;

/// Takes the schema's .proto text and its first message; null where the text is not valid. Freed by `_destroy`.
protobuf_json_baseline *protobuf_json_baseline_create(const char *text);
void protobuf_json_baseline_destroy(protobuf_json_baseline *baseline);

/// Converts a payload to JSON and back; false where that fails or gives another length.
bool protobuf_json_baseline_round_trip(protobuf_json_baseline *baseline, const void *payload, size_t count);

#ifdef __cplusplus
}
#endif

#endif
