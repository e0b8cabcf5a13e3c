import Testing

@testable import SchemaRegistry

@Suite struct ReferenceResolutionTests {
    private typealias Reference = SchemaReply.Reference

    private func reply(_ text: String, type: String? = nil, _ references: [Reference]) -> SchemaReply {
        SchemaReply(id: nil, schema: text, schemaType: type, references: references, metadata: nil)
    }

    /// Resolves what `top` refers to among `subjects`, all of version 1.
    private func resolve(
        _ top: [Reference], _ subjects: [String: SchemaReply]
    ) throws(SchemaRegistryError) -> [String] {
        var resolution = ReferenceResolution(id: 1, type: .avro)
        try resolution.resolve(reply("top", top)) { (subject, version) throws(SchemaRegistryError) in
            guard let found = subjects[subject] else {
                throw .unknownReference(id: 1, subject: subject, version: version)
            }
            return found
        }
        return resolution.resolved.map(\.name)
    }

    private func isInvalid(_ error: any Error) -> Bool {
        guard case .invalidReferences(1, _)? = error as? SchemaRegistryError else { return false }
        return true
    }

    private func to(_ name: String, _ subject: String? = nil) -> Reference {
        Reference(name: name, subject: subject ?? name, version: 1)
    }

    @Test func aSchemaThatTwoReferToComesOnce() throws {
        let names = try resolve(
            [to("b"), to("c")],
            ["b": reply("b", [to("d")]), "c": reply("c", [to("d")]), "d": reply("d", [])])
        #expect(names == ["d", "b", "c"])
    }

    @Test func aCircleIsRefused() {
        #expect {
            try resolve([to("a")], ["a": reply("a", [to("b")]), "b": reply("b", [to("a")])])
        } throws: { isInvalid($0) }
        #expect { try resolve([to("a")], ["a": reply("a", [to("a")])]) } throws: { isInvalid($0) }
        #expect { try resolve([to("a")], ["a": reply("a", [to("other", "a")])]) } throws: { isInvalid($0) }
    }

    @Test func aChainTooDeepIsRefused() throws {
        func chain(_ length: Int) throws -> [String] {
            var subjects: [String: SchemaReply] = ["s\(length)": reply("", [])]
            for index in 1..<length { subjects["s\(index)"] = reply("", [to("s\(index + 1)")]) }
            return try resolve([to("s1")], subjects)
        }
        #expect(try chain(ReferenceResolution.maximumDepth).count == ReferenceResolution.maximumDepth)
        #expect { try chain(ReferenceResolution.maximumDepth + 1) } throws: { isInvalid($0) }
    }

    @Test func tooManyAreRefused() throws {
        func many(_ count: Int) throws -> [String] {
            try resolve(
                (0..<count).map { to("s\($0)") }, [:].merging((0..<count).map { ("s\($0)", reply("", [])) }) { $1 })
        }
        #expect(try many(ReferenceResolution.maximumCount).count == ReferenceResolution.maximumCount)
        #expect { try many(ReferenceResolution.maximumCount + 1) } throws: { isInvalid($0) }
    }

    @Test func oneNameForTwoSchemasIsRefused() {
        let subjects = ["a": reply("a", []), "b": reply("b", []), "c": reply("c", [to("x", "b")])]
        #expect { try resolve([to("x", "a"), to("x", "b")], subjects) } throws: { isInvalid($0) }
        #expect { try resolve([to("x", "a"), to("c")], subjects) } throws: { isInvalid($0) }
        #expect { try resolve([to("x", "c")], subjects) } throws: { isInvalid($0) }
    }

    @Test func aReferenceInAnotherLanguageIsRefused() {
        #expect { try resolve([to("a")], ["a": reply("a", type: "JSON", [])]) } throws: { isInvalid($0) }
    }
}
