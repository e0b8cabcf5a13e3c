import Records
import Transform

/// What all benchmarks work on: 4,000 different customers in both formats, plain and sealed, each made when first asked for.
final class BenchmarkData {
    /// What seals and opens them.
    let transforms: BenchmarkTransforms
    let customers: [Customer]
    private var plainStores: [BenchmarkFormat: RecordStore] = [:]
    private var sealedStores: [BenchmarkFormat: RecordStore] = [:]
    private var convertedStores: [BenchmarkFormat: RecordStore] = [:]

    init() throws {
        var generator = SeededGenerator(seed: 20_261_124)
        customers = (0..<4_000).map { _ in Customer(using: &generator) }
        transforms = try BenchmarkTransforms()
    }

    /// The records of a format as a producer writes them.
    func plain(_ format: BenchmarkFormat) -> RecordStore {
        if let made = plainStores[format] { return made }
        let store = RecordStore(
            topic: "customers", customers.map { (Array("\($0.id)".utf8), format == .json ? $0.json : $0.avro, []) })
        plainStores[format] = store
        return store
    }

    /// The same records, encrypted.
    func sealed(_ format: BenchmarkFormat) throws -> RecordStore {
        if let made = sealedStores[format] { return made }
        let store = try seal(format, schemaDataMode: .preserveAvro)
        sealedStores[format] = store
        return store
    }

    /// The same records, encrypted and converted to JSON text.
    func converted(_ format: BenchmarkFormat) throws -> RecordStore {
        if let made = convertedStores[format] { return made }
        let store = try seal(format, schemaDataMode: .convertJSON)
        convertedStores[format] = store
        return store
    }

    /// The records of JSON, their values sealed whole.
    func sealedWhole() throws -> RecordStore {
        try seal(.json, by: transforms.payloadEncryptor())
    }

    private func seal(_ format: BenchmarkFormat, schemaDataMode: SchemaDataMode) throws -> RecordStore {
        try seal(format, by: transforms.encryptor(format, schemaDataMode: schemaDataMode))
    }

    private func seal(_ format: BenchmarkFormat, by encryptor: RecordEncryptor) throws -> RecordStore {
        try copy(of: plain(format), through: encryptor, topic: BenchmarkTransforms.target(format))
    }

    /// What a transform makes of records.
    func copy(of records: RecordStore, through transform: any RecordTransform, topic: String) throws -> RecordStore {
        var sealed: [(key: [UInt8], value: [UInt8], headers: [(name: [UInt8], value: [UInt8])])] = []
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        try BenchmarkTransforms.run(transform, over: records) { record in
            sealed.append(
                (
                    Array(record.key ?? empty), Array(record.value ?? empty),
                    record.headers.map { (Array($0.name), Array($0.value ?? empty)) }
                ))
        }
        return RecordStore(topic: topic, sealed)
    }
}
