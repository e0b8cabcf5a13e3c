import AvroCases
import Records
import Testing

@testable import Formats

/// What a scan found, copied out, and the splices of a test.
struct AvroScan: Equatable {
    struct Match: Equatable {
        var rule: Int
        var path: String
        var typeName: String
        var placement: FieldMatch.Placement
    }

    var matches: [Match]
    var contents: [[UInt8]]

    static func == (left: AvroScan, right: AvroScan) -> Bool { left.matches == right.matches }

    init(_ payload: [UInt8], plan: AvroPlan, scanner: AvroFieldScanner) throws(FormatError) {
        try payload.withUnsafeBufferPointer { bytes throws(FormatError) in
            try scanner.scan(UnsafeRawBufferPointer(bytes), plan: plan)
        }
        matches = scanner.matches.map {
            Match(
                rule: $0.rule, path: String(decoding: scanner.paths.bytes(in: $0.path), as: UTF8.self),
                typeName: String(decoding: plan.typeNames[$0.type], as: UTF8.self), placement: $0.placement)
        }
        contents = scanner.matches.map { Array(payload[$0.content]) }
    }

    /// Splices what the scanner last scanned.
    static func splice(_ payload: [UInt8], scanner: AvroFieldScanner, replacements: [[UInt8]]) -> [UInt8] {
        let joined = Array(replacements.joined())
        var ends: [Int] = []
        for replacement in replacements { ends.append((ends.last ?? 0) + replacement.count) }
        let out = OutputBuffer()
        payload.withUnsafeBytes { bytes in
            joined.withUnsafeBytes { joined in
                ends.withUnsafeBufferPointer { scanner.splice(bytes, ends: $0, of: joined, into: out) }
            }
        }
        return Array(out.bytes)
    }

    /// The payload with placeholders and with `text` of changing length as ciphertexts.
    static func sealed(
        _ payload: [UInt8], plan: AvroPlan, scanner: AvroFieldScanner, random: inout AvroRandom
    ) -> [UInt8] {
        let replacements = scanner.matches.map { match in
            guard match.placement == .header else {
                return [UInt8](repeating: UInt8(ascii: "c"), count: Int(random.next() % 200))
            }
            let out = OutputBuffer()
            plan.appendPlaceholder(ofType: match.type, to: out)
            return Array(out.bytes)
        }
        return splice(payload, scanner: scanner, replacements: replacements)
    }
}
