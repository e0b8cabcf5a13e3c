import Formats
import Records

/// A Protobuf schema from anyone, as text or as a descriptor, and a payload that is said to be of it.
final class ProtobufSchemaTarget: FuzzTarget {
    private let out = OutputBuffer()

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        let (choice, bytes) = parts[0].chosen
        let text = choice & 1 == 0 ? bytes.text : Base64.encode(bytes)
        guard let schema = try? ProtobufSchema(parsing: text) else { return }
        for path: [Int32] in [[0], [1], [0, 0]] {
            _ = try? ProtobufTags.fields(of: schema, messagePath: path, by: TagSelection(tags: ["pii", "PII"]))
            guard let conversion = try? ProtobufJSONConversion(schema: schema, messagePath: path) else { continue }
            for field in ["text", "a", "labels.*", "a[*].b", "a.b"] {
                _ = try? conversion.plan(for: [FieldPath(parsing: field)])
            }
            ConversionCheck.payload(parts[1], by: conversion, into: out)
        }
    }
}
