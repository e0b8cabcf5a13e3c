import Foundation

@testable import SchemaRegistry

/// What a schema registry answers: a schema, and the schemas that it refers to.
final class RegistryRepliesTarget: FuzzTarget {
    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        _ = try? JSONDecoder().decode(RefusalReply.self, from: Data(parts[0]))
        guard let reply = decode(parts[0]) else { return }
        let type = SchemaType(rawValue: reply.schemaType ?? "AVRO") ?? .avro
        var resolution = ReferenceResolution(id: 1, type: type)
        var answers = 0
        do throws(SchemaRegistryError) {
            try resolution.resolve(reply) { (subject, version) throws(SchemaRegistryError) in
                answers += 1
                guard let reply = self.decode(parts[1 + (answers - 1) % max(1, parts.parts.count - 1)]) else {
                    throw .malformedReply(id: 1, reason: "no more parts")
                }
                _ = SchemaRegistryClient.percentEncoded(subject)
                return reply
            }
        } catch {
            _ = error.description
        }
        expect(answers <= ReferenceResolution.maximumCount, "references are bounded in number")
    }

    private func decode(_ bytes: UnsafeRawBufferPointer) -> SchemaReply? {
        try? JSONDecoder().decode(SchemaReply.self, from: Data(bytes))
    }
}
