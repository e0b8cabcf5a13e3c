import CAllocationCount
import Cryptography
import KeyManagement
import Records
import Transform

/// Counts the heap allocations of the transform in its steady state, and prints them, one line an algorithm, format and
/// direction: their names, how many records, how many allocations.
///
/// The arguments name algorithms, none stands for all. With the argument `trap` each allocation raises SIGTRAP: run it in
/// a debugger to see where it comes from.
@main
struct AllocationProbe {
    private static let records = 4_000
    // Only the main thread touches it; global, so that the compiler can't leave the allocation out.
    nonisolated(unsafe) private static var held: [Int] = []
    private static let target = "customers.encrypted"

    static func main() throws {
        let settings = KeyManagementSettings(inMemory: InMemorySettings(randomKeys: ["pii", "acme", "globex"]))
        let cache = try DataKeyCache(settings)
        defer { cache.shutDown() }
        fieldseal_trap_allocations(CommandLine.arguments.contains("trap"))
        let named = CommandLine.arguments.compactMap(Algorithm.init(rawValue:))
        var data = ProbeData(seed: 20_261_124)
        let json = (0..<records).map { _ in data.json() }
        let avro = (0..<records).map { _ in data.avro() }
        countControl()
        for algorithm in named.isEmpty ? Algorithm.allCases : named {
            try probe(algorithm, "json", json, schema: nil, cache: cache)
            try probe(algorithm, "avro", avro, schema: ProbeData.schema, cache: cache)
            try probeParts(algorithm, json, cache: cache)
        }
    }

    /// One allocation a record, so that a count of none is known to mean something.
    private static func countControl() {
        let before = fieldseal_allocations()
        fieldseal_count_allocations(true)
        for number in 0..<records { held = [number] }
        fieldseal_count_allocations(false)
        print("control", records, fieldseal_allocations() - before)
    }

    private static func probe(
        _ algorithm: Algorithm, _ format: String, _ parts: [ProbeRecords.Parts], schema: String?, cache: DataKeyCache
    ) throws {
        let rules = try ProbeData.paths.enumerated().map { index, path in
            let key = index % 2 == 0 ? "pii" : "{{record.header.tenant}}"
            return FieldRule(
                path: try FieldPath(parsing: path), key: try KeySecretTemplate(parsing: "in-memory-kms://\(key)"),
                algorithm: algorithm)
        }
        let encryptor = try RecordEncryptor(
            rules: EncryptionRules(format: schema == nil ? .json : .avro, valueFields: rules, schemaText: schema),
            target: target, keys: DataKeyReader(cache: cache))
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(
                errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")], schemaText: schema),
            keys: DataKeyReader(cache: cache))
        let plain = ProbeRecords(topic: "customers", parts)
        var sealed: [ProbeRecords.Parts] = []
        try run(encryptor, over: plain) { sealed.append(.init(copying: $0)) }
        let encrypted = ProbeRecords(topic: target, sealed)
        try count("\(algorithm.rawValue) \(format)/encrypt", encryptor, over: plain)
        try count("\(algorithm.rawValue) \(format)/decrypt", decryptor, over: encrypted)
    }

    /// Whole keys and values, and headers.
    private static func probeParts(
        _ algorithm: Algorithm, _ parts: [ProbeRecords.Parts], cache: DataKeyCache
    ) throws {
        let template = try KeySecretTemplate(parsing: "in-memory-kms://pii")
        let payload = PartRule(.payload(PayloadRule(key: template, algorithm: algorithm)))
        let header = HeaderRule(name: try RegularExpression(parsing: "t.*"), key: template, algorithm: algorithm)
        let encryptor = try RecordEncryptor(
            rules: EncryptionRules(key: payload, value: payload, headers: [header]), target: target,
            keys: DataKeyReader(cache: cache))
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")]),
            keys: DataKeyReader(cache: cache))
        let plain = ProbeRecords(topic: "customers", parts)
        var sealed: [ProbeRecords.Parts] = []
        try run(encryptor, over: plain) { sealed.append(.init(copying: $0)) }
        try count("\(algorithm.rawValue) parts/encrypt", encryptor, over: plain)
        try count("\(algorithm.rawValue) parts/decrypt", decryptor, over: ProbeRecords(topic: target, sealed))
    }

    private static func count(_ name: String, _ transform: some RecordTransform, over records: ProbeRecords) throws {
        // Once to make the buffers as large as these records need them.
        try run(transform, over: records)
        let before = fieldseal_allocations()
        fieldseal_count_allocations(true)
        try run(transform, over: records)
        fieldseal_count_allocations(false)
        print(name, records.views.count, fieldseal_allocations() - before)
    }

    private static func run(
        _ transform: some RecordTransform, over records: ProbeRecords, _ use: (RecordView) -> Void = { _ in }
    ) throws {
        for record in records.views {
            while true {
                do throws(TransformError) {
                    use(try transform.transform(record, now: DataKeyCache.now()))
                    break
                } catch {
                    guard let need = error.need, transform.obtain(need, within: 10_000) else { throw error }
                }
            }
        }
    }
}
