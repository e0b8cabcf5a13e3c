#ifndef CPROTOBUFREFLECTION_H
#define CPROTOBUFREFLECTION_H

// libprotobuf's reflection as plain C: schemas, the shape of their messages, and their payloads as JSON and back.
//
// Ownership: what a `_create` returns belongs to the caller until `_destroy`. Every other pointer is borrowed from a schema
// or a converter, and lives as long as that, or as long as its comment says. Nothing throws, nothing ends the process, and
// nothing of a payload goes to standard error.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A set of .proto files that are checked and linked. Immutable: any number of threads may use one.
typedef struct pbr_schema pbr_schema;

/// A message type of a schema.
typedef struct pbr_message pbr_message;

/// Converts payloads of one message type. Not thread-safe.
typedef struct pbr_converter pbr_converter;

/// A file that a schema is made of.
typedef struct {
    /// The name that others import it by.
    const char *name;
    size_t name_count;
    /// .proto text, or a FileDescriptorProto in base64.
    const char *text;
    size_t text_count;
} pbr_source;

/// Links a schema.
///
/// The last of `sources` is the schema itself, those before it are what it may import; google/protobuf/*.proto and
/// confluent/*.proto are there without being named. Where that fails, the result is null and `fault` holds one sentence, with
/// file, line and column, that ends in a null byte.
pbr_schema *pbr_schema_create(const pbr_source *sources, size_t count, char *fault, size_t fault_capacity);
void pbr_schema_destroy(pbr_schema *schema);

/// How a field's values look in JSON.
typedef enum {
    PBR_NUMBER,
    /// A 64-bit integer: a number in a string.
    PBR_NUMBER_TEXT,
    PBR_BOOL,
    /// A string, or bytes in base64.
    PBR_TEXT,
    PBR_ENUM,
    /// An object of the message's fields.
    PBR_MESSAGE,
    PBR_TIMESTAMP,
    PBR_DURATION,
    PBR_FIELD_MASK,
    PBR_ANY,
    /// google.protobuf.Struct, ListValue and Value: JSON of any form.
    PBR_STRUCT,
    PBR_LIST_VALUE,
    PBR_VALUE,
    PBR_NULL_VALUE,
} pbr_kind;

/// A field of a message, or an extension of it.
typedef struct {
    const char *name;
    size_t name_count;
    /// What it holds; of a map what its values are.
    pbr_kind kind;
    bool is_repeated;
    /// Then it is not repeated.
    bool is_map;
    /// The type of `PBR_MESSAGE`; else null.
    const pbr_message *message;
    /// The name of the enum's first value; else null.
    const char *first_value;
    size_t first_value_count;
} pbr_field;

/// The message at a Confluent index path: the place of a message in the file, then of one nested in that, and so on.
///
/// Confluent's clients disagree on whether a map's entry type counts as a nested message; where both ways name a message and
/// not the same one, there is none. Null where there is none.
const pbr_message *pbr_schema_message(const pbr_schema *schema, const int32_t *path, size_t count);

/// How the message itself looks in JSON.
pbr_kind pbr_message_kind(const pbr_message *message);
/// The message's full name, without a null byte at its end.
const char *pbr_message_name(const pbr_message *message, size_t *count);
size_t pbr_message_field_count(const pbr_message *message);
/// The field at `index`, which is less than the count.
pbr_field pbr_message_field_at(const pbr_schema *schema, const pbr_message *message, size_t index);
/// The field of this .proto name, or the extension of the full name in brackets; false where there is none.
bool pbr_message_field_named(
    const pbr_schema *schema, const pbr_message *message, const char *name, size_t name_count, pbr_field *field);

/// Is told of a custom option by its full name, once for each of its texts; `text` is null where it is no text. The pointers
/// live as long as the call.
typedef void (*pbr_option_visitor)(
    void *context, const char *name, size_t name_count, const char *text, size_t text_count);

/// Tells of a message's own custom options; false where they can't be read.
bool pbr_message_visit_options(
    const pbr_schema *schema, const pbr_message *message, pbr_option_visitor visitor, void *context);
/// How many extensions of the message the schema and its imports have.
size_t pbr_message_extension_count(const pbr_schema *schema, const pbr_message *message);
/// The extension at `index`, which is less than the count, in the order of their numbers; its name is its full name.
pbr_field pbr_message_extension_at(const pbr_schema *schema, const pbr_message *message, size_t index);
/// Tells of the custom options of the field at `index`, or of the extension where `is_extension`; false where they can't be
/// read.
bool pbr_field_visit_options(
    const pbr_schema *schema, const pbr_message *message, size_t index, bool is_extension, pbr_option_visitor visitor,
    void *context);

/// What became of a conversion.
typedef enum {
    PBR_DONE,
    /// Not a payload of the message type; not JSON.
    PBR_MALFORMED,
    /// A string is not UTF-8.
    PBR_BAD_TEXT,
    /// A value that canonical JSON has no form for, such as a timestamp out of range.
    PBR_NO_JSON_FORM,
    /// An Any holds a type that the schema does not know.
    PBR_UNKNOWN_TYPE,
    /// JSON names a field that the message does not have.
    PBR_UNKNOWN_FIELD,
    /// JSON names a field twice, or two fields of one oneof.
    PBR_DUPLICATE_FIELD,
    /// A JSON value does not fit its field.
    PBR_MISMATCH,
    /// Nested deeper than a reader accepts.
    PBR_TOO_DEEP,
    /// It would take more memory than a conversion may.
    PBR_TOO_LARGE,
    /// The library failed, or memory ran out.
    PBR_FAILED,
} pbr_status;

/// A converter of payloads of `message`, a type of `schema`, which must outlive it; null where memory ran out.
pbr_converter *pbr_converter_create(const pbr_schema *schema, const pbr_message *message);
void pbr_converter_destroy(pbr_converter *converter);

/// What a conversion gave; `bytes` are the converter's, until it is used again.
typedef struct {
    pbr_status status;
    /// Where in the JSON text it stopped, where `status` is not `PBR_DONE`; 0 for payloads.
    size_t offset;
    const void *bytes;
    size_t count;
} pbr_result;

/// The payload as canonical JSON with the names of the .proto, without spaces. Unknown fields are left out.
pbr_result pbr_json_of_payload(pbr_converter *converter, const void *payload, size_t count);
/// The payload that JSON stands for: fields in the order of their numbers, the entries of maps in the order of the JSON.
pbr_result pbr_payload_of_json(pbr_converter *converter, const void *text, size_t count);

#ifdef __cplusplus
}
#endif

#endif
