import Formats
import Records

/// An Avro schema from anyone, and a payload that is said to be of it.
final class AvroSchemaTarget: FuzzTarget {
    private let scanner = AvroFieldScanner()
    private let out = OutputBuffer()
    private let paths: [FieldPath]

    init() throws {
        paths = try ["ssn", "a", "a[*]", "a.b", "banks[*].iban", "labels.*"].map { try FieldPath(parsing: $0) }
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        guard let schema = try? AvroSchema(parsing: parts[0].text) else { return }
        let selection = TagSelection(tags: ["pii", "PII"])
        let tagged = (try? AvroTags.fields(of: schema, by: selection).map(\.path)) ?? []
        let conversion = AvroJSONConversion(schema: schema)
        for choice in [tagged] + paths.map({ [$0] }) {
            guard let plan = try? AvroPlan(schema: schema, paths: choice) else { continue }
            if (try? scanner.scan(parts[1], plan: plan)) != nil {
                for match in scanner.matches {
                    out.removeAll()
                    plan.appendPlaceholder(ofType: match.type, to: out)
                }
            }
            _ = try? conversion.plan(for: choice)
        }
        ConversionCheck.payload(parts[1], by: conversion, into: out)
    }
}
