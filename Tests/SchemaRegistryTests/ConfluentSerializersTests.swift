import Foundation
import Records
import SchemaRegistry
import TestServers
import Testing

@Suite struct ConfluentSerializersTests {
    private struct Serialized: Decodable {
        let format: String
        let id: UInt32
        let payload: Data
    }

    @Test func whatConfluentsSerializersWriteHasItsSchemaFound() throws {
        let stub = try StubRegistry(["--basic-auth", "user:password"])
        let run = try CommandRun([
            Project.python, Project.folder + "/scripts/registry-stub-check", stub.url, "user:password",
        ])
        let found = try JSONDecoder().decode([Serialized].self, from: run.output)
        #expect(found.map(\.format) == ["AVRO", "JSON", "PROTOBUF"])

        let password = Array("password".utf8).withUnsafeBytes { SecretBytes(copying: $0) }
        let settings = SchemaRegistrySettings(
            url: stub.url, basicAuth: .init(username: "user", password: password))
        let cache = try SchemaCache(settings)
        let reader = cache.makeReader()
        for serialized in found {
            let framing = try serialized.payload.withUnsafeBytes { try ConfluentFraming(reading: $0) }
            #expect(framing.schemaID == serialized.id)
            #expect(cache.obtain(id: framing.schemaID, within: 20_000))
            let schema = try reader.schema(id: framing.schemaID, now: 0)
            #expect(schema.type.rawValue == serialized.format)
            #expect(schema.text.contains("Customer"))
            #expect(schema.references.count == 1)
            #expect(schema.references.first?.text.contains("iban") == true)
        }
    }
}
