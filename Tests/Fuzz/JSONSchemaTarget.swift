import Formats

/// JSON Schemas from anyone, searched for tags.
final class JSONSchemaTarget: FuzzTarget {
    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        let references = parts.parts.dropFirst().prefix(3).enumerated().map { (name: "r\($0).json", text: $1.text) }
        _ = try? JSONSchemaTags.fields(
            of: parts[0].text, references: references, by: TagSelection(tags: ["pii", "PII"]),
            metadata: MetadataTags(["$.a.b": ["PII"]]))
    }
}
