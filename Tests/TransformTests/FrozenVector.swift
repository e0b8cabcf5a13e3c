import Foundation
import Records

@testable import Transform

/// A record before and after encryption, as a file in `Vectors` holds it.
struct FrozenVector: Codable {
    struct Field: Codable {
        var path: String
        var key: String
        var algorithm: String
    }

    struct Payload: Codable {
        var key: String
        var algorithm: String
        var compression: String
    }

    struct Header: Codable {
        var name: String
        var key: String
        var algorithm: String
    }

    struct Rules: Codable {
        var format: String
        var padding: Int
        var bindKey: Bool
        var fields: [Field]
        /// How the whole value is sealed; absent where fields are.
        var payload: Payload?
        /// How the whole key is sealed; absent where it is not.
        var keyPayload: Payload?
        /// The fields of the key that are sealed; absent for none.
        var keyFields: [Field]?
        /// How keys are read; absent for `auto`.
        var keyFormat: String?
        /// The headers that are sealed, by the expression for their names; absent for none.
        var headers: [Header]?
        /// Absent for `preserve_avro`.
        var schemaDataMode: String?
    }

    struct WrappedKey: Codable {
        var kek: String
        var algorithm: String
        var dek: Data
        var edek: String
    }

    var rules: Rules
    var keks: [String: Data]
    var deks: [WrappedKey]
    var nonces: Data
    var schema: String?
    /// The schema of keys; absent for none.
    var keySchema: String?
    var schemaID: UInt32?
    /// The registry's name of the schema's language; absent for Avro.
    var schemaType: String?
    var plain: String
    var sealed: String

    static let source = "vectors"
    static let target = "vectors.encrypted"

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")

    /// The names of all files, without their ending.
    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }

    init(
        rules: Rules, keks: [String: Data], deks: [WrappedKey], nonces: Data, schema: String?,
        keySchema: String? = nil, schemaID: UInt32?,
        schemaType: String? = nil, plain: String, sealed: String
    ) {
        self.rules = rules
        self.keks = keks
        self.deks = deks
        self.nonces = nonces
        self.schema = schema
        self.keySchema = keySchema
        self.schemaID = schemaID
        self.schemaType = schemaType
        self.plain = plain
        self.sealed = sealed
    }

    init(named name: String) throws {
        self = try JSONDecoder().decode(
            FrozenVector.self, from: Data(contentsOf: Self.folder.appending(path: "\(name).json")))
    }

    func write(named name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: Self.folder.appending(path: "\(name).json"), options: .withoutOverwriting)
    }
}
