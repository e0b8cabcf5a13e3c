import Formats
import KeyManagement
import Records
import SchemaRegistry

/// A schema that a fuzzed record brings along: of a registry, which gives it under every id, or of the pair's own file.
struct FuzzRegistry {
    /// Where no registry is: the pair's own Avro schema.
    let ownSchema: String?
    let cache: SchemaCache?

    /// `kind` 0: no schema; 1: the pair's own; 2 to 4: a registry's Avro, JSON Schema or Protobuf.
    init(kind: UInt8, schema: [UInt8]) {
        let text = String(decoding: schema, as: UTF8.self)
        ownSchema = kind == 1 ? text : nil
        let types: [UInt8: SchemaType] = [2: .avro, 3: .jsonSchema, 4: .protobuf]
        cache = types[kind].map { type in
            SchemaCache(capacity: 10, clock: DataKeyCache.now) { (id) throws(SchemaRegistryError) in
                RegisteredSchema(id: id, type: type, text: text)
            }
        }
    }
}
