import Formats
import Records

/// JSON payloads: the scanner, the pull reader and the walk over flat objects must agree on what JSON is.
final class JSONTarget: FuzzTarget {
    private let scanner = JSONFieldScanner()
    private let plan: JSONPlan
    private let everything = JSONPlan(paths: [])
    private let out = OutputBuffer()

    init() throws {
        let paths = ["ssn", "address.street", "banks[*].iban", "labels.*", "scores[1]", #""q.\u0000".b"#, "a[*].*.c"]
        plan = JSONPlan(paths: try paths.map { try FieldPath(parsing: $0) })
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let isJSON = scans(input, everything)
        expect(pulls(input) == isJSON, "the reader and the scanner agree")
        if scans(input, plan) {
            expect(isJSON, "rules do not make JSON of what is none")
            check(input)
        }
        walk(input)
        _ = JSONString.unescape(input, into: out)
        out.removeAll()
    }

    private func scans(_ input: UnsafeRawBufferPointer, _ plan: JSONPlan) -> Bool {
        (try? scanner.scan(input, plan: plan)) != nil
    }

    private func check(_ input: UnsafeRawBufferPointer) {
        var end = 0
        for match in scanner.matches {
            expect(match.token.lowerBound >= end && match.token.upperBound <= input.count, "matches come in order")
            end = match.token.upperBound
            let path = scanner.paths.bytes(in: match.path).text
            expect((try? FieldPath(parsing: path))?.description == path, "a concrete path is canonical")
            expect(scansAlone(input.bytes(in: match.token)), "a match is a value of its own")
        }
    }

    private func scansAlone(_ token: UnsafeRawBufferPointer) -> Bool {
        let scanner = JSONFieldScanner()
        return (try? scanner.scan(token, plan: everything)) != nil
    }

    private func pulls(_ input: UnsafeRawBufferPointer) -> Bool {
        do throws(FormatError) {
            var reader = try JSONReader(input)
            let range = try reader.skipValue()
            expect(range.upperBound <= input.count, "a value ends in the text")
            try reader.expectEnd()
        } catch {
            return false
        }
        if var reader = try? JSONReader(input) { try? pull(&reader, depth: 0) }
        return true
    }

    /// Reads all of a value, whatever it is.
    private func pull(_ reader: inout JSONReader, depth: Int) throws(FormatError) {
        switch try reader.peek() {
        case .object:
            try reader.beginObject()
            while try reader.nextKey() != nil { try pull(&reader, depth: depth + 1) }
        case .array:
            try reader.beginArray()
            while try reader.nextElement() { try pull(&reader, depth: depth + 1) }
        case .string: _ = try reader.readBytes()
        case .number: _ = try reader.readInteger()
        case .boolean: _ = try reader.readBoolean()
        case .null: _ = try reader.readNull()
        }
    }

    private func walk(_ input: UnsafeRawBufferPointer) {
        guard var members = try? JSONStringMembers(input) else { return }
        while let member = (try? members.next()) ?? nil {
            out.removeAll()
            _ = JSONString.unescape(input.bytes(in: member.key), into: out)
            _ = JSONString.plainContent(input.bytes(in: member.value))
        }
    }
}
