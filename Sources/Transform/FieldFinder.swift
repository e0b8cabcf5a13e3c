import Formats
import Records

/// Finds the fields of a plan in a payload, and puts a payload together again with other bytes in their place.
///
/// Not thread-safe: a transform owns one. What it found is valid until the next `find`.
struct FieldFinder {
    /// How the payloads of one shape are read.
    enum Plan {
        case json(JSONPlan)
    }

    /// The AAD's type of every JSON field.
    static let jsonType: StaticString = "json"

    private let json = JSONFieldScanner()

    /// Finds every field of `plan` in `payload`; throws where the payload is not valid in its format.
    func find(in payload: UnsafeRawBufferPointer, by plan: Plan) throws(FormatError) {
        switch plan {
        case .json(let plan): try json.scan(payload, plan: plan)
        }
    }

    /// What was found, in the order of the walk; ranges count from the end of the framing.
    func matches(by plan: Plan) -> UnsafeBufferPointer<FieldMatch> {
        switch plan {
        case .json: json.matches
        }
    }

    /// The concrete path of a match.
    func path(of match: FieldMatch, by plan: Plan) -> UnsafeRawBufferPointer {
        switch plan {
        case .json: json.paths.bytes(in: match.path)
        }
    }

    /// The AAD's type of a match.
    func type(of match: FieldMatch, by plan: Plan) -> UnsafeRawBufferPointer {
        switch plan {
        case .json: Self.jsonType.rawBytes
        }
    }

    /// The text of a scalar as it stands: a string's content, another JSON scalar's token; nil for anything else.
    func scalarText(
        of match: FieldMatch, in payload: UnsafeRawBufferPointer, by plan: Plan
    ) -> UnsafeRawBufferPointer? {
        let token = payload.bytes(in: match.token)
        switch plan {
        case .json:
            switch token.first {
            case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
            case UInt8(ascii: "\""): return JSONString.plainContent(token)
            default: return token
            }
        }
    }
}
