import Formats
import Records

/// A schema, a datum of it, rules, and what a scan must find.
package struct AvroCase {
    /// A field that a scan finds.
    package struct Expected: Hashable {
        /// The index of its path.
        package var rule: Int
        /// Its concrete path.
        package var path: String
        /// The AAD's name of its type.
        package var typeName: String
        /// Where its ciphertext goes.
        package var placement: FieldMatch.Placement
        /// Its bytes in the payload.
        package var content: [UInt8]
    }

    /// The schema's JSON text.
    package var schema: String
    /// The rules.
    package var paths: [FieldPath]
    /// A datum, without framing.
    package var payload: [UInt8]
    /// What a scan finds in it, in its order.
    package var expected: [Expected]
}
