import Formats
import Records

/// How the fields of the payloads of one form are found.
///
/// Not thread-safe: a transform owns its own.
struct FieldPlan {
    /// What a plan is made of, borrowed from it, so that a record counts no references; it lives as long as the plan.
    enum Reading {
        /// Fields of JSON payloads.
        case json(Borrowed<JSONPlan>)
        /// Fields of the text that a `PayloadConverter` has made.
        case converted(Borrowed<ConvertedShape>)
        /// Fields of Avro that stays Avro.
        case avro(Borrowed<AvroShape>)
    }

    let reading: Reading
    private let owner: AnyObject

    init(json: JSONPlan) {
        reading = .json(Borrowed(json))
        owner = json
    }

    init(converted: ConvertedShape) {
        reading = .converted(Borrowed(converted))
        owner = converted
    }

    init(avro: AvroShape) {
        reading = .avro(Borrowed(avro))
        owner = avro
    }
}
