import Formats
import Records

/// Finds the fields of a plan in a payload, and puts a payload together again with other bytes in their place.
///
/// Not thread-safe: a transform owns one. What it found is valid until the next `find`.
final class FieldFinder {
    /// The AAD's type of every JSON field.
    static let jsonType: StaticString = "json"
    /// The AAD's type of a payload that is sealed whole.
    static let payloadType: StaticString = "payload"
    /// The AAD's path of a payload that is sealed whole.
    static var noPath: UnsafeRawBufferPointer { ("" as StaticString).rawBytes }

    /// The AAD's path of a sealed original.
    static let originalPath: StaticString = "original"

    /// Where fields were looked for last.
    private var searched = UnsafeRawBufferPointer(start: nil, count: 0)
    private let json = JSONFieldScanner()
    private let avro = AvroFieldScanner()
    private let number = OutputBuffer(capacity: 64)

    /// Finds every field of a plan in `payload`, or in its text where it was converted; throws where the payload is not valid in its format.
    func find(in payload: UnsafeRawBufferPointer, by reading: FieldPlan.Reading) throws(FormatError) {
        searched = payload
        switch reading {
        case .json(let plan):
            try plan.use { (plan) throws(FormatError) in try json.scan(payload, plan: plan) }
        case .converted(let shape):
            try shape.use { (shape) throws(FormatError) in try json.scan(payload, plan: shape.plan) }
        case .avro(let shape):
            try shape.use { (shape) throws(FormatError) in
                try avro.scan(Self.datum(of: payload, by: shape), plan: shape.plan)
            }
        }
    }

    /// The fields that were found, in the order of the walk; their ranges count from the end of the framing.
    func matches(by reading: FieldPlan.Reading) -> UnsafeBufferPointer<FieldMatch> {
        switch reading {
        case .json, .converted: json.matches
        case .avro: avro.matches
        }
    }

    /// The concrete path of a match, by its `path`.
    func path(_ range: Range<Int>, by reading: FieldPlan.Reading) -> UnsafeRawBufferPointer {
        switch reading {
        case .json, .converted: json.paths.bytes(in: range)
        case .avro: avro.paths.bytes(in: range)
        }
    }

    /// The payload without its framing.
    static func datum(of payload: UnsafeRawBufferPointer, by shape: AvroShape) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: payload[shape.frameCount...])
    }

    /// Appends the framing and the datum with other bytes in the place of its matches; see `AvroFieldScanner.splice`.
    func splice(
        _ payload: UnsafeRawBufferPointer, by shape: AvroShape, ends: UnsafeBufferPointer<Int>,
        of replacements: UnsafeRawBufferPointer, into out: OutputBuffer
    ) {
        out.append(payload.bytes(in: 0..<shape.frameCount))
        avro.splice(Self.datum(of: payload, by: shape), ends: ends, of: replacements, into: out)
    }

    /// The text of a scalar as it stands: a string's content, another JSON scalar's token, an Avro number in decimal;
    /// nil for anything else. Valid until the next call.
    func scalarText(of match: FieldMatch, by reading: FieldPlan.Reading) -> UnsafeRawBufferPointer? {
        switch reading {
        case .json, .converted:
            let token = searched.bytes(in: match.token)
            switch token.first {
            case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
            case UInt8(ascii: "\""): return JSONString.plainContent(token)
            default: return token
            }
        case .avro(let shape):
            return shape.use { shape in
                let content = Self.datum(of: searched, by: shape).bytes(in: match.content)
                return match.placement == .inline ? content : decimal(content, type: shape.plan.typeNames[match.type])
            }
        }
    }

    /// An int or long, which a scan has found valid, in decimal.
    private func decimal(_ content: UnsafeRawBufferPointer, type: [UInt8]) -> UnsafeRawBufferPointer? {
        guard type.elementsEqual("int".utf8) || type.elementsEqual("long".utf8) else { return nil }
        var bits: UInt64 = 0
        for (index, byte) in content.enumerated().prefix(10) { bits |= UInt64(byte & 0x7F) << UInt64(index * 7) }
        number.removeAll()
        number.append(decimal: Int(bitPattern: UInt((bits >> 1) ^ (0 &- (bits & 1)))))
        return number.bytes
    }
}
