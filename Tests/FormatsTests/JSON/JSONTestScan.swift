import Formats
import Records

/// What a scan found, in a form that can be compared and printed.
struct JSONTestScan: Equatable, CustomStringConvertible {
    struct Found: Equatable {
        var rule: Int
        var path: String
        var token: Range<Int>
    }

    var found: [Found]

    /// Scans `payload`, laid against unreadable memory, for `paths`.
    init(_ payload: [UInt8], _ paths: [FieldPath], scanner: JSONFieldScanner = JSONFieldScanner()) throws(FormatError) {
        let payload = JSONTestPayload(payload)
        try scanner.scan(payload.bytes, plan: JSONPlan(paths: paths))
        found = scanner.matches.map { match in
            precondition(match.content == match.token && match.type == 0)
            guard case .inline = match.placement else { preconditionFailure("a JSON match is inline") }
            let path = String(decoding: scanner.paths.bytes(in: match.path), as: UTF8.self)
            return Found(rule: match.rule, path: path, token: match.token)
        }
    }

    init(found: [Found]) {
        self.found = found
    }

    var description: String {
        found.map { "\($0.rule) \($0.path) \($0.token)" }.joined(separator: ", ")
    }
}

/// Scans a text for paths and returns each match as `path=token`.
func fields(_ text: String, _ paths: String...) throws -> [String] {
    let payload = Array(text.utf8)
    let scan = try JSONTestScan(payload, try paths.map { try FieldPath(parsing: $0) })
    return scan.found.map { "\($0.path)=\(String(decoding: payload[$0.token], as: UTF8.self))" }
}

/// The error of a scan, or nil where it succeeds.
func scanError(_ payload: [UInt8], _ paths: String...) -> FormatError? {
    do throws(FormatError) {
        _ = try JSONTestScan(payload, paths.map { try! FieldPath(parsing: $0) })
        return nil
    } catch {
        return error
    }
}
