import Records
import Testing

@testable import Formats

/// A conversion under test, with copies in and out.
struct AvroJSONRun {
    let conversion: AvroJSONConversion
    let plan: JSONPlan
    let scanner = JSONFieldScanner()

    init(schema: String, paths: [FieldPath] = []) throws {
        conversion = AvroJSONConversion(schema: try AvroSchema(parsing: schema))
        plan = try conversion.plan(for: paths)
    }

    init(schema: String, _ paths: String...) throws {
        try self.init(schema: schema, paths: try paths.map { try FieldPath(parsing: $0) })
    }

    func json(of payload: [UInt8]) throws(FormatError) -> [UInt8] {
        let (held, out) = (OutputBuffer(holding: payload), OutputBuffer())
        try conversion.appendJSON(of: held.bytes, to: out)
        return withExtendedLifetime(held) { Array(out.bytes) }
    }

    func text(of payload: [UInt8]) throws -> String {
        String(decoding: try json(of: payload), as: UTF8.self)
    }

    func payload(of json: [UInt8]) throws(FormatError) -> [UInt8] {
        let out = OutputBuffer()
        let text = JSONTestPayload(json)
        try conversion.appendPayload(ofJSON: text.bytes, to: out)
        return withExtendedLifetime(text) { Array(out.bytes) }
    }

    func payload(of text: String) throws(FormatError) -> [UInt8] {
        try payload(of: Array(text.utf8))
    }

    /// The error of reading a text, or nil where it is read.
    func error(of text: String) -> FormatError? {
        do throws(FormatError) {
            _ = try payload(of: text)
            return nil
        } catch {
            return error
        }
    }

    /// Scans a text and returns its matches as rule, path and token.
    func fields(of json: [UInt8]) throws(FormatError) -> [(rule: Int, path: String, token: Range<Int>)] {
        let held = OutputBuffer(holding: json)
        try scanner.scan(held.bytes, plan: plan)
        return withExtendedLifetime(held) {
            scanner.matches.map {
                ($0.rule, String(decoding: scanner.paths.bytes(in: $0.path), as: UTF8.self), $0.token)
            }
        }
    }

    /// The defaults of what the last scan found.
    func defaults() -> [String?] {
        scanner.matches.map { conversion.defaultJSON(for: $0).map { String(decoding: $0, as: UTF8.self) } }
    }
}
