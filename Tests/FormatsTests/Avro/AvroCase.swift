import Records

@testable import Formats

/// A schema, a datum of it, rules, and what a scan must find.
struct AvroCase {
    struct Expected: Hashable {
        var rule: Int
        var path: String
        var typeName: String
        var placement: FieldMatch.Placement
        var content: [UInt8]
    }

    var schema: String
    var paths: [FieldPath]
    var payload: [UInt8]
    var expected: [Expected]
}
