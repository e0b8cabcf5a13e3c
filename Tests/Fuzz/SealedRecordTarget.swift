import Cryptography
import Formats
import KeyManagement
import Records
import Transform

/// A record of a source topic, which anyone may have written, sealed and opened again: it must come back as it was.
final class SealedRecordTarget: FuzzTarget {
    private struct World: Hashable {
        let schema: [UInt8]
        let paths: [UInt8]
        let kind: UInt8
        let rules: UInt8
    }

    private struct Copy: Equatable {
        let key: [UInt8]?
        let value: [UInt8]?
        let names: [[UInt8]]
        let values: [[UInt8]?]

        init(_ record: RecordView) {
            key = record.key.map(Array.init)
            value = record.value.map(Array.init)
            names = record.headers.map { Array($0.name) }
            values = record.headers.map { $0.value.map(Array.init) }
        }
    }

    private let cache = FuzzKeys.cache()
    private var world: World?
    private var transforms: (encryptor: RecordEncryptor, decryptor: RecordDecryptor)?

    private static let topic = "vectors.encrypted"

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let record = FuzzRecord(input)
        let wanted = World(
            schema: record.schema, paths: record.paths, kind: record.flags[1] % 5, rules: record.flags[2])
        if world != wanted {
            world = wanted
            transforms = try? make(wanted)
        }
        guard let transforms else { return }
        record.withRecord { view in
            let original = Copy(view)
            _ = RecordRun.result(of: transforms.encryptor, view) { sealed in
                guard let opened = RecordRun.result(of: transforms.decryptor, sealed, Copy.init) else {
                    // A value with an envelope that seals nothing counts as plain.
                    let sealsNothing = wanted.rules & 3 == 3 || wanted.rules & 3 < 2 && wanted.paths.isEmpty
                    expect(sealsNothing, "what was sealed opens")
                    return
                }
                expect(opened == original, "what was opened is what was sealed")
            }
        }
    }

    private func make(_ world: World) throws -> (RecordEncryptor, RecordDecryptor) {
        let registry = FuzzRegistry(kind: world.kind, schema: world.schema)
        let rules = try rules(world, schema: registry.ownSchema)
        let opening = DecryptionRules(
            errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")],
            schemaText: registry.ownSchema, keySchemaText: registry.ownSchema)
        return (
            try RecordEncryptor(
                rules: rules, target: Self.topic, keys: DataKeyReader(cache: cache),
                schemas: registry.cache?.makeReader()),
            try RecordDecryptor(
                rules: opening, keys: DataKeyReader(cache: cache), schemas: registry.cache?.makeReader())
        )
    }

    /// Those that overlap none before them: a configuration with others is refused.
    private func apart(_ paths: [FieldPath]) -> [FieldPath] {
        paths.reduce(into: []) { kept, path in
            if !kept.contains(where: path.overlaps) { kept.append(path) }
        }
    }

    private func rules(_ world: World, schema: String?) throws -> EncryptionRules {
        let key = try KeySecretTemplate(parsing: "in-memory-kms://pii")
        let compressions: [Compression] = [.none, .gzip, .lz4, .zstd]
        let payload = PayloadRule(
            key: key, algorithm: .aes256GCM, compression: compressions[Int(world.rules >> 6)])
        let paths = String(decoding: world.paths, as: UTF8.self).split(separator: "\n")
        let fields = try apart(paths.map { try FieldPath(parsing: String($0)) }).map {
            FieldRule(path: $0, key: key, algorithm: .aes256GCM)
        }
        let sealing: PartRule.Sealing =
            switch world.rules & 3 {
            case 0, 1: .fields(fields)
            case 2: .payload(payload)
            default: .nothing
            }
        return EncryptionRules(
            key: PartRule(world.rules & 4 == 0 ? .nothing : .payload(payload)),
            value: PartRule(
                sealing, schemaText: schema, schemaDataMode: world.rules & 1 == 0 ? .preserveAvro : .convertJSON),
            headers: world.rules & 8 == 0
                ? [] : [HeaderRule(name: try RegularExpression(parsing: "h.*"), key: key, algorithm: .aes256GCM)],
            padding: world.rules & 16 == 0 ? 16 : 0, bindsKey: world.rules & 32 == 0)
    }
}
