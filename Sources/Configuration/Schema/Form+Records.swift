import Foundation
import Pipeline
import Records
import Transform

extension Form where Value == String {
    /// A topic's name.
    static var topic: Form {
        let allowed = "a topic's name of letters, digits, '.', '_' and '-', at most 249 characters"
        return .scalar(allowed) { found in
            if isName(found.text, limit: 249) { return .value(found.text) }
            let isPlanned = found.text.hasPrefix("^") || found.text.contains("{{")
            return .refused(isPlanned ? "patterns of topics are not available in this version" : nil)
        }
    }
}

extension Form where Value == FieldPath {
    /// Where a field is.
    static var fieldPath: Form {
        .scalar("a path such as customer.ssn or banks[*].iban") { found in
            do throws(FieldPathError) {
                return .value(try FieldPath(parsing: found.text))
            } catch {
                return .refused("\(error)")
            }
        }
    }
}

extension Form where Value == PayloadFormat {
    /// How a payload is read.
    static var payloadFormat: Form {
        .choice(PayloadFormat.self, planned: ["json_schema", "protobuf", "bytes"])
    }
}

extension Form where Value == TopicPair.StartPosition {
    /// Where reading starts.
    static var startPosition: Form {
        .scalar("earliest | latest | an RFC 3339 time such as 2026-01-31T00:00:00Z") { found in
            switch found.text {
            case "earliest": return .value(.earliest)
            case "latest": return .value(.latest)
            default: return milliseconds(rfc3339: found.text).map { .value(.time($0)) } ?? .refused()
            }
        }
    }
}

/// Milliseconds since the Unix epoch of an RFC 3339 time from then to the year 9999, or nil.
private func milliseconds(rfc3339 text: String) -> Int64? {
    let shape = /[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})/
    guard let match = text.wholeMatch(of: shape) else { return nil }
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: match.1 != nil)
    guard let date = try? Date(text.uppercased(), strategy: style) else { return nil }
    let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
    return milliseconds >= 0 ? Int64(exactly: milliseconds) : nil
}
