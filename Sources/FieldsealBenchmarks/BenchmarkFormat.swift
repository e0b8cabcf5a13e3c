/// A format in which the records come.
enum BenchmarkFormat: String, CaseIterable, Sendable {
    case json
    case avro

    /// The schema of values without framing.
    var schema: String? { self == .avro ? Customer.avroSchema : nil }
}
