import Formats
import Records

/// Finds the fields of a plan in a payload, and puts a payload together again with other bytes in their place.
///
/// Not thread-safe: a transform owns one. What it found is valid until the next `find`.
struct FieldFinder {
    /// How the payloads of one shape are read.
    enum Plan {
        case json(JSONPlan)
        /// Avro binary after `frameCount` bytes of framing.
        case avro(AvroPlan, frameCount: Int)
    }

    /// The AAD's type of every JSON field.
    static let jsonType: StaticString = "json"

    private let json = JSONFieldScanner()
    private let avro = AvroFieldScanner()

    /// Finds every field of `plan` in `payload`; throws where the payload is not valid in its format.
    func find(in payload: UnsafeRawBufferPointer, by plan: Plan) throws(FormatError) {
        switch plan {
        case .json(let plan): try json.scan(payload, plan: plan)
        case .avro(let plan, let frameCount):
            try avro.scan(UnsafeRawBufferPointer(rebasing: payload[frameCount...]), plan: plan)
        }
    }

    /// What was found, in the order of the walk; ranges count from the end of the framing.
    func matches(by plan: Plan) -> UnsafeBufferPointer<FieldMatch> {
        switch plan {
        case .json: json.matches
        case .avro: avro.matches
        }
    }

    /// The concrete path of a match.
    func path(of match: FieldMatch, by plan: Plan) -> UnsafeRawBufferPointer {
        switch plan {
        case .json: json.paths.bytes(in: match.path)
        case .avro: avro.paths.bytes(in: match.path)
        }
    }

    /// The AAD's type of a match.
    func type(of match: FieldMatch, by plan: Plan) -> UnsafeRawBufferPointer {
        switch plan {
        case .json: Self.jsonType.rawBytes
        case .avro(let plan, _): plan.typeName(of: match)
        }
    }
}
