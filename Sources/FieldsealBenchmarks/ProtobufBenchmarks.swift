import KeyManagement
import ProtobufJSONBaseline
import Records
import SchemaRegistry
import Transform

/// Protobuf that becomes JSON text, sealed and opened, beside libprotobuf's own way to JSON and back.
enum ProtobufBenchmarks {
    private static let baseline = "convert/libprotobuf/json-round-trip"
    private static let schemaID: UInt32 = 1

    /// The names of all rows.
    static let names = [baseline, "convert/protobuf/encrypt", "convert/protobuf/decrypt"]

    /// The names of the rows that are measured where those of `names` are asked for.
    static func needed(for names: Set<String>) -> Set<String> {
        names.isDisjoint(with: Self.names) ? [] : names.intersection(Self.names).union([baseline])
    }

    /// Makes the benchmarks with these names.
    static func make(_ names: Set<String>, of data: BenchmarkData) throws -> [InProcessBenchmark] {
        let framing: [UInt8] = [0, 0, 0, 0, UInt8(schemaID), 0]
        let plain = RecordStore(
            topic: "customers", data.customers.map { (Array("\($0.id)".utf8), framing + $0.protobuf, []) })
        let schemas = SchemaCache(capacity: 1) { (id) throws(SchemaRegistryError) in
            RegisteredSchema(id: id, type: .protobuf, text: Customer.protobufSchema)
        }
        let encryptor = try data.transforms.protobufEncryptor(schemas.makeReader())
        let decryptor = try data.transforms.protobufDecryptor(schemas.makeReader())
        let sealed = try data.copy(
            of: plain, through: encryptor, topic: BenchmarkTransforms.protobufTarget)
        guard let library = protobuf_json_baseline_create(Customer.protobufSchema) else { throw Failure.schema }
        let all = [
            InProcessBenchmark(name: baseline, records: plain.views.count) {
                for record in plain.views {
                    guard let value = record.value,
                        protobuf_json_baseline_round_trip(
                            library, value.baseAddress.map { $0 + framing.count }, value.count - framing.count)
                    else { throw Failure.roundTrip }
                }
            },
            InProcessBenchmark(
                name: "convert/protobuf/encrypt", records: plain.views.count, baseline: baseline, kind: .libprotobuf
            ) { try BenchmarkTransforms.run(encryptor, over: plain) },
            InProcessBenchmark(
                name: "convert/protobuf/decrypt", records: sealed.views.count, baseline: baseline, kind: .libprotobuf
            ) { try BenchmarkTransforms.run(decryptor, over: sealed) },
        ]
        return all.filter { names.contains($0.name) }
    }

    /// What libprotobuf may fail at.
    private enum Failure: Error {
        case schema
        case roundTrip
    }
}
