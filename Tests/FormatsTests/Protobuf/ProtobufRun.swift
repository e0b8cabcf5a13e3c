import Records

@testable import Formats

/// A conversion whose payloads and texts are arrays.
struct ProtobufRun {
    let conversion: ProtobufJSONConversion

    init(_ text: String, references: [ProtobufSchema.File] = [], messagePath: [Int32] = [0]) throws {
        conversion = try ProtobufJSONConversion(
            schema: ProtobufSchema(parsing: text, references: references), messagePath: messagePath)
    }

    func json(of payload: [UInt8]) throws -> [UInt8] {
        let out = OutputBuffer()
        try payload.withUnsafeBytes { try conversion.appendJSON(of: $0, to: out) }
        return Array(out.bytes)
    }

    func text(of payload: [UInt8]) throws -> String { String(decoding: try json(of: payload), as: UTF8.self) }

    func payload(of json: [UInt8]) throws -> [UInt8] {
        let out = OutputBuffer()
        try json.withUnsafeBytes { try conversion.appendPayload(ofJSON: $0, to: out) }
        return Array(out.bytes)
    }

    func payload(of json: String) throws -> [UInt8] { try payload(of: Array(json.utf8)) }
}
