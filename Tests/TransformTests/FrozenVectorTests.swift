import Cryptography
import Foundation
import KeyManagement
import Logging
import Records
import SchemaRegistry
import Testing

@testable import Transform

/// What version 1 writes must stay readable for ever: docs/wire-format.md.
@Suite struct FrozenVectorTests {
    @Test func newVectorsAreWrittenOnlyOnRequestAndEveryOneHasItsFile() throws {
        let names = FrozenVector.names
        for specification in VectorSpecification.all where !names.contains(specification.name) {
            guard ProcessInfo.processInfo.environment["FIELDSEAL_NEW_VECTORS"] == "1" else {
                Issue.record("\(specification.name) has no file; see Vectors/README.md")
                continue
            }
            try Self.make(specification).write(named: specification.name)
        }
    }

    @Test(arguments: FrozenVector.names)
    func everyVectorOpensToItsOriginal(name: String) throws {
        let vector = try FrozenVector(named: name)
        let cache = try Self.cache(of: vector, service: KeyManagementServices(Self.settings(of: vector)))
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(
                errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")],
                schemaText: vector.schemaID == nil ? vector.schema : nil, keySchemaText: vector.keySchema),
            keys: DataKeyReader(cache: cache), schemas: Self.schemas(of: vector))
        let sealed = try Self.line(vector.sealed)
        #expect(try Self.run(decryptor, sealed, topic: FrozenVector.source) == vector.plain)
    }

    /// What was compressed depends on the libraries' versions, which may find shorter texts.
    private static let rewritable = FrozenVector.names.filter {
        (try? FrozenVector(named: $0).rules.isCompressed) == false
    }

    @Test(arguments: rewritable)
    func everyVectorIsWrittenAgainFromItsKeysAndNonces(name: String) throws {
        let vector = try FrozenVector(named: name)
        let cache = try Self.cache(of: vector, service: VectorService(deks: vector.deks))
        let encryptor = try Self.encryptor(of: vector, cache: cache)
        #expect(try Self.run(encryptor, Self.line(vector.plain), topic: FrozenVector.target) == vector.sealed)
    }
}

extension FrozenVectorTests {
    /// Seals a specification under fresh keys and nonces and puts down everything that it took.
    private static func make(_ specification: VectorSpecification) throws -> FrozenVector {
        var vector = FrozenVector(
            rules: .init(
                format: specification.format, padding: specification.padding, bindKey: specification.bindKey,
                fields: specification.fields, payload: specification.payload, keyPayload: specification.keyPayload,
                keyFields: specification.keyFields, keyFormat: specification.keyFormat,
                headers: specification.headerRules, schemaDataMode: specification.schemaDataMode),
            keks: ["pii": random(32), "money": random(32)], deks: [], nonces: random(2048),
            schema: specification.schema, keySchema: specification.keySchema, schemaID: specification.schemaID,
            schemaType: specification.schemaType, plain: "", sealed: "")
        let line = RecordLine(
            topic: Array(FrozenVector.source.utf8), partition: 3, offset: 41, timestamp: 1_700_000_000_123,
            key: specification.key, value: specification.value,
            headers: specification.headers.map {
                .init(name: Array($0.name.utf8), value: $0.value.map { Array($0.utf8) })
            })
        vector.plain = try line.withRecord(defaultTopic: []) { record in
            try text(of: record, topic: FrozenVector.source, origin: line)
        }
        let services = try KeyManagementServices(settings(of: vector))
        for algorithm in vector.rules.algorithms.sorted() {
            for name in vector.keks.keys.sorted() {
                let key = try DataKey.generate(try #require(Algorithm(rawValue: algorithm)))
                let address = try KeySecretID(parsing: "in-memory-kms://\(name)")
                let edek = try services.wrap(key.bytes, under: address, topic: FrozenVector.target, within: 1000)
                vector.deks.append(
                    .init(
                        kek: address.text, algorithm: algorithm, dek: key.bytes.withUnsafeBytes { Data($0) },
                        edek: String(decoding: edek, as: UTF8.self)))
            }
        }
        let cache = try cache(of: vector, service: VectorService(deks: vector.deks))
        vector.sealed = try run(encryptor(of: vector, cache: cache), line, topic: FrozenVector.target)
        return vector
    }

    private static func encryptor(of vector: FrozenVector, cache: DataKeyCache) throws -> RecordEncryptor {
        let rules = try EncryptionRules(
            key: PartRule(
                vector.rules.keySealing, format: #require(PayloadFormat(rawValue: vector.rules.keyFormat ?? "auto")),
                schemaText: vector.keySchema),
            value: PartRule(
                vector.rules.valueSealing, format: #require(PayloadFormat(rawValue: vector.rules.format)),
                schemaText: vector.schemaID == nil ? vector.schema : nil,
                schemaDataMode: vector.rules.schemaDataMode.map { try #require(SchemaDataMode(rawValue: $0)) }
                    ?? .preserveAvro),
            headers: vector.rules.headerRules, padding: vector.rules.padding, bindsKey: vector.rules.bindKey)
        return try RecordEncryptor(
            rules: rules, target: FrozenVector.target,
            keys: DataKeyReader(cache: cache, nonces: NonceSource(fixed: Array(vector.nonces))),
            schemas: schemas(of: vector))
    }

    private static func settings(of vector: FrozenVector) -> KeyManagementSettings {
        let keys = vector.keks.mapValues { $0.withUnsafeBytes { SecretBytes(copying: $0) } }
        return KeyManagementSettings(inMemory: InMemorySettings(keys: keys))
    }

    private static func cache(
        of vector: FrozenVector, service: any KeyManagementService
    ) throws -> DataKeyCache {
        let deks = vector.deks
        return DataKeyCache(
            settings(of: vector), service: service, logger: Logger(label: "vectors"), clock: DataKeyCache.now
        ) { algorithm, kek throws(CryptographyError) in
            let address = String(decoding: kek, as: UTF8.self)
            guard let known = deks.first(where: { $0.kek == address && $0.algorithm == algorithm.rawValue }) else {
                return try DataKey.generate(algorithm)
            }
            return try DataKey(algorithm: algorithm, bytes: known.dek.withUnsafeBytes { SecretBytes(copying: $0) })
        }
    }

    private static func schemas(of vector: FrozenVector) -> SchemaReader? {
        guard let id = vector.schemaID, let schema = vector.schema else { return nil }
        let cache = SchemaCache(capacity: 10, clock: DataKeyCache.now) { (asked) throws(SchemaRegistryError) in
            guard asked == id else { throw .unknownSchema(id: asked) }
            let type = vector.schemaType.flatMap(SchemaType.init(rawValue:)) ?? .avro
            return RegisteredSchema(id: id, type: type, text: schema)
        }
        return cache.makeReader()
    }

    private static func line(_ text: String) throws -> RecordLine {
        try Array(text.utf8).withUnsafeBytes { try RecordLine(parsing: $0) }
    }

    private static func run(_ transform: any RecordTransform, _ line: RecordLine, topic: String) throws -> String {
        try line.withRecord(defaultTopic: []) { record in
            while true {
                do throws(TransformError) {
                    return try text(
                        of: transform.transform(record, now: DataKeyCache.now()), topic: topic, origin: line)
                } catch {
                    guard let need = error.need, transform.obtain(need, within: 20_000) else { throw error }
                }
            }
        }
    }

    private static func text(
        of record: RecordView, topic: String, origin: RecordLine
    ) throws(TransformError) -> String {
        let out = OutputBuffer()
        try RecordLine.write(record, topic: Array(topic.utf8), origin: origin, to: out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    private static func random(_ count: Int) -> Data {
        Data((0..<count).map { _ in UInt8.random(in: 0...255) })
    }
}

/// A KMS that wraps each of a vector's data keys as the vector says.
private struct VectorService: KeyManagementService {
    let deks: [FrozenVector.WrappedKey]

    func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        let bytes = dataKey.withUnsafeBytes { Data($0) }
        guard let known = deks.first(where: { $0.dek == bytes && $0.kek == key.text }) else {
            throw .unknownKey(key: key, reason: "the vector has no such key")
        }
        return Array(known.edek.utf8)
    }

    func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        throw .unknownKey(key: key, reason: "sealing unwraps nothing")
    }
}
