import KeyManagement
import Operations
import Pipeline
import Records
import Testing

@Suite struct RecordLookTests {
    /// Says what it was asked, or fails as it is told to.
    private struct FakeLook: RecordLook {
        var error: RecordLookError?

        func look(
            pair: String, partition: Int32, offset: Int64, fields: [String], actor: String, reason: String
        ) throws(RecordLookError) -> [UInt8] {
            if let error { throw error }
            return Array("\(pair) \(partition) \(offset) \(fields) \(actor) \(reason)".utf8)
        }
    }

    private static func listener(_ look: (any RecordLook)?) async throws -> Listener {
        func token(_ role: AdminRole) -> AdminSettings.Token {
            var text = "the token of the \(role.rawValue)"
            let secret = text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) }
            return .init(name: role.rawValue, secret: .text(secret), roles: [role])
        }
        var services = OperationsServices(version: "1") { [FakePair()] }
        services.look = look
        return try await Listener(
            services, settings: AdminSettings(host: "127.0.0.1", port: 0, tokens: AdminRole.allCases.map(token)))
    }

    private static let path = "/v1/pairs/customers/records/3/42?fields=a.b,c&reason=INC%201"

    @Test("A reader sees a record, and who and why is passed on")
    func reader() async throws {
        let response = try await Self.listener(FakeLook()).send(.get, Self.path, token: "the token of the reader")
        #expect(response.status == 200)
        #expect(response.header("cache-control") == "no-store")
        #expect(
            String(decoding: response.body, as: UTF8.self) == #"customers 3 42 ["a.b", "c"] reader INC 1"#)
    }

    @Test(
        "Nobody else sees one, not even an operator",
        arguments: ["the token of the operator", "the token of the viewer"])
    func others(_ token: String) async throws {
        #expect(try await Self.listener(FakeLook()).send(.get, Self.path, token: token).status == 403)
    }

    @Test("Without the setting nobody sees one")
    func switchedOff() async throws {
        let response = try await Self.listener(nil).send(.get, Self.path, token: "the token of the reader")
        #expect(response.status == 403)
        #expect(String(decoding: response.body, as: UTF8.self).contains("admin.allowRead"))
    }

    @Test("Without a reason nobody sees one", arguments: ["", "?reason=", "?reason=%20", "?reason=a%0Ab", "?fields=a"])
    func unexplained(_ query: String) async throws {
        let path = "/v1/pairs/customers/records/3/42\(query)"
        let response = try await Self.listener(FakeLook()).send(.get, path, token: "the token of the reader")
        #expect(response.status == 400)
    }

    @Test(
        "What failed is told by the status",
        arguments: zip(
            [RecordLookError.noRecord("no"), .unfit("no"), .unopened("no"), .unavailable("no")], [404, 400, 422, 503]))
    func failure(_ error: RecordLookError, _ status: Int) async throws {
        let listener = try await Self.listener(FakeLook(error: error))
        #expect(try await listener.send(.get, Self.path, token: "the token of the reader").status == status)
    }
}
