import Cryptography
import Formats
import KeyManagement
import Records
import Testing

@testable import Transform

extension FrozenVector.Rules {
    /// What is sealed of values.
    var valueSealing: PartRule.Sealing {
        get throws { try Self.sealing(payload, fields) }
    }

    /// What is sealed of keys.
    var keySealing: PartRule.Sealing {
        get throws { try Self.sealing(keyPayload, keyFields ?? []) }
    }

    /// Which headers are sealed.
    var headerRules: [HeaderRule] {
        get throws {
            try (headers ?? []).map {
                HeaderRule(
                    name: try RegularExpression(parsing: $0.name), key: try KeySecretTemplate(parsing: $0.key),
                    algorithm: try #require(Algorithm(rawValue: $0.algorithm)))
            }
        }
    }

    /// The algorithms that it takes.
    var algorithms: Set<String> {
        Set(
            (fields + (keyFields ?? [])).map(\.algorithm) + [payload, keyPayload].compactMap { $0?.algorithm }
                + (headers ?? []).map(\.algorithm))
    }

    /// Whether something is compressed before it is sealed.
    var isCompressed: Bool {
        [payload, keyPayload].contains { $0.map { $0.compression != "none" } ?? false }
    }

    private static func sealing(
        _ payload: FrozenVector.Payload?, _ fields: [FrozenVector.Field]
    ) throws -> PartRule.Sealing {
        if let payload {
            return .payload(
                PayloadRule(
                    key: try KeySecretTemplate(parsing: payload.key),
                    algorithm: try #require(Algorithm(rawValue: payload.algorithm)),
                    compression: try #require(Compression(rawValue: payload.compression))))
        }
        guard !fields.isEmpty else { return .nothing }
        return .fields(
            try fields.map {
                FieldRule(
                    path: try FieldPath(parsing: $0.path), key: try KeySecretTemplate(parsing: $0.key),
                    algorithm: try #require(Algorithm(rawValue: $0.algorithm)))
            })
    }
}
