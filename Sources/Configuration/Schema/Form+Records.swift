import Foundation
import Pipeline
import Records
import Transform

extension Form where Value == String {
    private static let topicName =
        "a topic's name of letters, digits, '.', '_' and '-', at most \(TopicTemplate.longestName) characters"

    /// A topic's name.
    static var topic: Form {
        .scalar(topicName) { isName($0.text, limit: TopicTemplate.longestName) ? .value($0.text) : .refused() }
    }

    /// A topic's name, or a pattern of names.
    static var source: Form {
        .scalar("\(topicName), or a regular expression that begins with ^") { found in
            guard TopicPair.isPattern(found.text) else {
                return isName(found.text, limit: TopicTemplate.longestName) ? .value(found.text) : .refused()
            }
            do throws(RegularExpressionError) {
                return .value(try RegularExpression(parsing: found.text).text)
            } catch {
                return .refused("\(error)")
            }
        }
    }

    /// A topic's name, in which the source's name may stand.
    static var target: Form {
        .scalar("\(topicName), in which {{record.topic}} may stand once") { found in
            if isName(found.text, limit: TopicTemplate.longestName) { return .value(found.text) }
            // With one letter in the place of the source's name, since that may be "..".
            guard let template = TopicTemplate(parsing: found.text), let name = template.target(of: "x") else {
                return .refused()
            }
            return isName(name, limit: TopicTemplate.longestName) ? .value(found.text) : .refused()
        }
    }
}

extension Form where Value == String {
    /// What the names of attributes in schemas begin with.
    static var attributeNamespace: Form {
        .scalar("letters, digits, '.', '_', '-' and ':', at most 64 characters") { found in
            let isPlain = found.text.utf8.allSatisfy { byte in
                Self.isName(String(Unicode.Scalar(byte)) + "x", limit: 2) || byte == UInt8(ascii: ":")
            }
            return isPlain && 1...64 ~= found.text.utf8.count ? .value(found.text) : .refused()
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

extension Form where Value == RegularExpression {
    /// Which names are meant.
    static var regularExpression: Form {
        .scalar("a Perl-compatible regular expression (PCRE2) for the whole name, such as x-pii-.*") { found in
            do throws(RegularExpressionError) {
                return .value(try RegularExpression(parsing: found.text))
            } catch {
                return .refused("\(error)")
            }
        }
    }
}

extension Form where Value == PayloadFormat {
    /// How a payload is read.
    static var payloadFormat: Form {
        .choice(PayloadFormat.self)
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
    let shape = /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))/
    guard text.utf8.allSatisfy({ $0 < 0x80 }), let match = text.wholeMatch(of: shape)?.output else { return nil }
    let minutes = match.9.flatMap { Int($0) }.flatMap { hours in match.10.flatMap { Int($0) }.map { hours * 60 + $0 } }
    let offset = (minutes ?? 0) * (match.8 == "-" ? -60 : 60)
    let components = DateComponents(
        calendar: Calendar(identifier: .gregorian), timeZone: TimeZone(secondsFromGMT: offset), year: Int(match.1),
        month: Int(match.2), day: Int(match.3), hour: Int(match.4), minute: Int(match.5), second: Int(match.6))
    // A calendar takes February 30 for March 2 unless it is asked.
    guard components.timeZone != nil, components.isValidDate, let date = components.date else { return nil }
    let fraction = match.7.map { ($0 + "000").prefix(3) }.flatMap { Int64($0) } ?? 0
    let milliseconds = Int64(date.timeIntervalSince1970) * 1_000 + fraction
    return milliseconds >= 0 ? milliseconds : nil
}
