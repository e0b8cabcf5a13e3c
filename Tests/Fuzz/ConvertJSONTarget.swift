import Formats
import Records

/// JSON text that is to become Avro or Protobuf again: what an opened record of `convert_json` holds, and anyone may write.
final class ConvertJSONTarget: FuzzTarget {
    private let conversions: [any JSONConversion]
    private let out = OutputBuffer()

    init() throws {
        conversions =
            try FuzzSchemas.avro.map { AvroJSONConversion(schema: try AvroSchema(parsing: $0.text)) }
            + [ProtobufJSONConversion(schema: ProtobufSchema(parsing: FuzzSchemas.protobuf), messagePath: [0])]
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let (choice, text) = input.chosen
        ConversionCheck.text(text, by: conversions[Int(choice) % conversions.count], into: out)
    }
}
