import KeyManagement
import Records
import Transform

/// A whole record of an encrypted topic, all of it hostile, keys included, as a decrypt pair gets it.
final class OpenedRecordTarget: FuzzTarget {
    private struct World: Hashable {
        let schema: [UInt8]
        let paths: [UInt8]
        let kind: UInt8
        let policies: UInt8
    }

    private let cache = FuzzKeys.cache()
    private var world: World?
    private var decryptor: RecordDecryptor?
    private var runs = 0

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let record = FuzzRecord(input)
        let wanted = World(
            schema: record.schema, paths: record.paths, kind: record.flags[1] % 5, policies: record.flags[2])
        runs += 1
        // From time to time all is new, so that a finding takes few inputs to be repeated.
        if world != wanted || runs % 256 == 0 {
            world = wanted
            decryptor = try? make(wanted)
        }
        guard let decryptor else { return }
        record.withRecord { view in
            _ = RecordRun.result(of: decryptor, view) { opened in
                // Whatever comes out lies in memory that is there.
                opened.headers.reduce(Self.sum(opened.key) &+ Self.sum(opened.value)) {
                    $0 &+ Self.sum($1.name) &+ Self.sum($1.value)
                }
            }
        }
    }

    private func make(_ world: World) throws -> RecordDecryptor {
        let registry = FuzzRegistry(kind: world.kind, schema: world.schema)
        let paths = String(decoding: world.paths, as: UTF8.self).split(separator: "\n")
        var rules = DecryptionRules(keks: [try KeySecretPattern(parsing: "in-memory-kms://*")])
        rules.errorPolicy = DecryptionRules.ErrorPolicy.allCases[Int(world.policies & 3) % 3]
        rules.plainPolicy = world.policies & 4 == 0 ? .halt : .pass
        rules.acceptsPartlyOpened = world.policies & 8 == 0
        // Opening only what is listed is the way to records that are opened in part.
        if world.policies & 16 != 0 { rules.valueFields = try paths.map { try FieldPath(parsing: String($0)) } }
        rules.acceptedTopics = ["customers.encrypted"]
        rules.schemaText = registry.ownSchema
        rules.keySchemaText = registry.ownSchema
        rules.maximumPayloadBytes = 1 << 20
        return try RecordDecryptor(
            rules: rules, keys: DataKeyReader(cache: cache), schemas: registry.cache?.makeReader())
    }

    @inline(never)
    private static func sum(_ bytes: UnsafeRawBufferPointer?) -> UInt64 {
        (bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)).reduce(0) { $0 &+ UInt64($1) }
    }
}
