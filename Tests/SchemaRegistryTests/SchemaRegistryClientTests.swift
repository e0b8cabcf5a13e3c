import Foundation
import Records
import TestServers
import Testing

@testable import SchemaRegistry

@Suite struct SchemaRegistryClientTests {
    let stub: StubRegistry
    let client: SchemaRegistryClient

    init() throws {
        stub = try StubRegistry()
        client = try SchemaRegistryClient(SchemaRegistrySettings(url: stub.url + "/"))
    }

    private func error(_ id: UInt32, _ other: SchemaRegistryClient? = nil) -> SchemaRegistryError? {
        do throws(SchemaRegistryError) {
            _ = try (other ?? client).fetch(id: id)
            return nil
        } catch { return error }
    }

    /// Answers about schema 1 with this JSON.
    private func setReply(_ json: String, more: String = "") throws {
        let text = String(decoding: try JSONEncoder().encode(json), as: UTF8.self)
        try stub.setFaults("[{\"path\":\"/schemas/ids/1\",\"body\":\(text),\"times\":99}\(more)]")
    }

    @Test(arguments: [
        ("\"string\"", "", SchemaType.avro),
        ("{\"type\":\"object\",\"title\":\"ünï\"}", "\"schemaType\":\"JSON\"", .jsonSchema),
        ("syntax = \"proto3\";\nmessage A { string b = 1; }\n", "\"schemaType\":\"PROTOBUF\"", .protobuf),
    ])
    func aSchemaComesAsItWasRegistered(text: String, more: String, type: SchemaType) throws {
        let id = try stub.register("s", text, more: more)
        let schema = try client.fetch(id: id)
        #expect(schema.id == id)
        #expect(schema.type == type)
        #expect(schema.text == text)
        #expect(schema.references.isEmpty)
    }

    @Test func tagsBesideTheTextComeAlong() throws {
        let id = try stub.register(
            "s", "\"string\"", more: "\"metadata\":{\"tags\":{\"**.ssn\":[\"PII\",\"x\"]},\"properties\":{\"a\":\"b\"}}"
        )
        #expect(try client.fetch(id: id).metadataTags == ["**.ssn": ["PII", "x"]])
    }

    @Test func referencesComeEachAfterWhatItRefersTo() throws {
        func json(_ name: String, _ subject: String) -> String {
            "{\"name\":\"\(name)\",\"subject\":\"\(subject)\",\"version\":1}"
        }
        try stub.register("a%2Fcountry", "{\"type\":\"enum\",\"name\":\"Country\",\"symbols\":[\"X\"]}")
        try stub.register(
            "bank", "\"Bank\"", more: "\"references\":[\(json("Country", "a/country"))]")
        let id = try stub.register(
            "customer", "\"Customer\"",
            more: "\"references\":[\(json("Bank", "bank")),\(json("Country", "a/country"))]")
        let schema = try client.fetch(id: id)
        #expect(schema.references.map(\.name) == ["Country", "Bank"])
        #expect(schema.references.map(\.subject) == ["a/country", "bank"])
        #expect(
            schema.references.map(\.text) == [
                "{\"type\":\"enum\",\"name\":\"Country\",\"symbols\":[\"X\"]}", "\"Bank\"",
            ])
    }

    @Test func aReferenceThatWasDeletedStillResolves() throws {
        try stub.register("bank", "\"Bank\"")
        let id = try stub.register(
            "customer", "\"Customer\"",
            more: "\"references\":[{\"name\":\"Bank\",\"subject\":\"bank\",\"version\":1}]")
        _ = try CommandRun(["curl", "-sf", "-X", "DELETE", stub.url + "/subjects/bank"])
        #expect(try client.fetch(id: id).references.count == 1)
    }

    @Test func anUnknownIDIsPermanent() {
        let found = error(4_711)
        #expect(found == .unknownSchema(id: 4_711))
        #expect(found?.isTransient == false)
        #expect(found?.neededSchemaID == nil)
    }

    @Test func anIDThatTheRegistryCannotHoldIsUnknownWithoutACall() throws {
        #expect(error(UInt32.max) == .unknownSchema(id: UInt32.max))
        #expect(try stub.requests() == [])
    }

    @Test func aReferenceThatIsMissingIsNamed() throws {
        try setReply("{\"schema\":\"x\",\"references\":[{\"name\":\"B\",\"subject\":\"b c\",\"version\":3}]}")
        #expect(error(1) == .unknownReference(id: 1, subject: "b c", version: 3))
        #expect(try stub.requests().last == "GET /subjects/b%20c/versions/3?deleted=true")
    }

    @Test(arguments: [
        "", "not json", "[]", "{}", "{\"schema\":1}", "{\"schema\":null}", "{\"schema\":\"x\",\"references\":{}}",
        "{\"schema\":\"x\",\"references\":[{\"name\":\"n\",\"subject\":\"s\",\"version\":\"1\"}]}",
        "{\"schema\":\"x\",\"references\":[{\"name\":\"n\",\"subject\":\"s\",\"version\":1e99}]}",
        "{\"schema\":\"x\",\"schemaType\":[]}", "{\"schema\":\"x\",\"metadata\":{\"tags\":{\"a\":\"b\"}}}",
        "{\"schema\":\"x\",\"id\":2}", "{\"schema\":\"x\"", "<html>proxy</html>", "{\"schema\":\"\\ud800\"}",
    ])
    func aReplyOfTheWrongShapeIsAnError(json: String) throws {
        // An empty body would not count as a fault.
        try setReply(json.isEmpty ? " " : json)
        guard case .malformedReply(1, let reason)? = error(1) else {
            Issue.record("not malformed: \(json)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: ["[", "{\"a\":", "{\"schema\":["])
    func hostileNestingIsAnError(opening: String) throws {
        try setReply(String(repeating: opening, count: 300_000))
        guard case .malformedReply(1, _)? = error(1) else {
            Issue.record("not malformed")
            return
        }
    }

    @Test func nestingInAMemberThatIsNotUsedIsAnError() throws {
        let depth = 100_000
        try setReply(
            "{\"schema\":\"x\",\"ruleSet\":" + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "}")
        guard case .malformedReply(1, _)? = error(1) else {
            Issue.record("not malformed")
            return
        }
    }

    @Test func aTypeThatIsNotSupportedIsNamed() throws {
        try setReply("{\"schema\":\"x\",\"schemaType\":\"THRIFT\\n\"}")
        #expect(error(1) == .unsupportedType(id: 1, type: "THRIFT "))
    }

    @Test func aHugeReplyIsRefused() throws {
        try stub.setFaults("[{\"bodyBytes\":\(SchemaRegistryClient.maximumReplyBytes + 1)}]")
        #expect(error(1) == .tooLarge(id: 1, limit: SchemaRegistryClient.maximumReplyBytes))
    }

    @Test func hugeReferencesAreRefused() throws {
        let big = String(repeating: "x", count: 3 << 20)
        let references = (1...3).map { "{\"name\":\"n\($0)\",\"subject\":\"s\",\"version\":\($0)}" }.joined(
            separator: ",")
        try setReply(
            "{\"schema\":\"x\",\"references\":[\(references)]}",
            more: ",{\"path\":\"/subjects/s\",\"times\":9,\"body\":\"{\\\"schema\\\":\\\"\(big)\\\"}\"}")
        #expect(error(1) == .tooLarge(id: 1, limit: ReferenceResolution.maximumBytes))
    }

    @Test(arguments: [400, 401, 403, 404, 422, 500, 503])
    func aRefusalKeepsTheRegistrysWords(status: Int) throws {
        try stub.setFaults(
            "[{\"status\":\(status),\"times\":9,\"body\":\"{\\\"error_code\\\":50001,\\\"message\\\":\\\"a\\\\nb\\\"}\"}]"
        )
        let found = error(1)
        #expect(found == .refused(id: 1, status: status, message: "a b"))
        #expect(found?.isTransient == true)
        #expect(found?.neededSchemaID == 1)
    }

    @Test func aMissingPageIsNotAMissingSchema() throws {
        try stub.setFaults("[{\"status\":404,\"body\":\"<html>not here</html>\"}]")
        guard case .refused(1, 404, _)? = error(1) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func aRegistryThatIsDownIsTransient() throws {
        let dead = try SchemaRegistryClient(SchemaRegistrySettings(url: "http://127.0.0.1:\(FreePort.find())"))
        let found = error(1, dead)
        guard case .unreachable(1, _)? = found else {
            Issue.record("not unreachable")
            return
        }
        #expect(found?.isTransient == true)
    }

    @Test func basicCredentialsAreAsked() throws {
        let guarded = try StubRegistry(["--basic-auth", "user:pässword"])
        func fetch(_ password: String) throws -> SchemaRegistryError? {
            let secret = Array(password.utf8).withUnsafeBytes { SecretBytes(copying: $0) }
            return error(
                1,
                try SchemaRegistryClient(
                    SchemaRegistrySettings(url: guarded.url, basicAuth: .init(username: "user", password: secret))))
        }
        #expect(try fetch("pässword") == .unknownSchema(id: 1))
        guard case .refused(1, 401, _)? = try fetch("wrong") else {
            Issue.record("not refused")
            return
        }
    }

    @Test func aBearerTokenIsSent() throws {
        let guarded = try StubRegistry(["--bearer-token", "t0ken"])
        let token = Array("t0ken".utf8).withUnsafeBytes { SecretBytes(copying: $0) }
        let settings = SchemaRegistrySettings(url: guarded.url, bearerToken: token)
        #expect(error(1, try SchemaRegistryClient(settings)) == .unknownSchema(id: 1))
    }

    @Test func tlsWithAnOwnAuthorityAndAClientCertificateWorks() throws {
        let authority = try TestAuthority()
        let server = try authority.issue("server", for: "IP:127.0.0.1")
        let own = try authority.issue("client", for: "DNS:client.example")
        let guarded = try StubRegistry(["--tls-client-ca", authority.certificateFile], identity: server)
        var settings = SchemaRegistrySettings(
            url: guarded.url, caFile: authority.certificateFile, certificateFile: own.certificateFile,
            keyFile: own.keyFile)
        #expect(error(1, try SchemaRegistryClient(settings)) == .unknownSchema(id: 1))
        settings.caFile = nil
        guard case .unreachable(1, _)? = error(1, try SchemaRegistryClient(settings)) else {
            Issue.record("a server that no authority vouches for was trusted")
            return
        }
    }

    @Test(arguments: [
        "", "localhost:8081", "ftp://localhost", "http://a,http://b", "http://u:p@localhost", "http://localhost?x=1",
        "http://localhost/#x", "http://local host",
    ])
    func aURLThatCannotServeIsRefused(url: String) {
        #expect {
            try SchemaRegistryClient(SchemaRegistrySettings(url: url))
        } throws: { error in
            guard case .invalidSettings? = error as? SchemaRegistryError else { return false }
            return true
        }
    }

    @Test func twoKindsOfCredentialsAreRefused() {
        let secret = SecretBytes(count: 1) { _ in }
        #expect {
            try SchemaRegistryClient(
                SchemaRegistrySettings(
                    url: "http://localhost", basicAuth: .init(username: "u", password: secret), bearerToken: secret))
        } throws: { error in
            guard case .invalidSettings? = error as? SchemaRegistryError else { return false }
            return true
        }
    }
}
