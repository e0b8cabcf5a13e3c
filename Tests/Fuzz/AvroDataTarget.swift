import Formats
import Records

/// Payloads of schemas that have everything: found, put together again, and converted.
final class AvroDataTarget: FuzzTarget {
    private struct Case {
        let plan: AvroPlan
        let conversion: AvroJSONConversion
    }

    private let cases: [Case]
    private let scanner = AvroFieldScanner()
    private let out = OutputBuffer()
    private let replacements = OutputBuffer()

    init() throws {
        cases = try FuzzSchemas.avro.map { text, paths in
            let schema = try AvroSchema(parsing: text)
            return Case(
                plan: try AvroPlan(schema: schema, paths: paths.map { try FieldPath(parsing: $0) }),
                conversion: AvroJSONConversion(schema: schema))
        }
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let (choice, payload) = input.chosen
        let chosen = cases[Int(choice) % cases.count]
        guard (try? scanner.scan(payload, plan: chosen.plan)) != nil else {
            out.removeAll()
            _ = try? chosen.conversion.appendJSON(of: payload, to: out)
            return
        }
        splice(payload)
        ConversionCheck.payload(payload, by: chosen.conversion, into: out)
    }

    /// With every match replaced by itself the payload is the same again.
    private func splice(_ payload: UnsafeRawBufferPointer) {
        replacements.removeAll()
        var ends: [Int] = []
        for match in scanner.matches {
            replacements.append(payload.bytes(in: match.content))
            ends.append(replacements.count)
        }
        out.removeAll()
        ends.withUnsafeBufferPointer { scanner.splice(payload, ends: $0, of: replacements.bytes, into: out) }
        expect(out.bytes.elementsEqual(payload), "a payload spliced with its own bytes is the same")
    }
}
