import Foundation
import HTTPTransport
import KeyManagement
import Operations
import Pipeline
import Records
import Testing

@Suite struct OperatorTests {
    private static let operatorToken = "the operator's token"
    private static let viewerToken = "the viewer's token"

    private static func secret(_ text: String) -> SecretSource {
        var text = text
        return .text(text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) })
    }

    private static let settings = AdminSettings(
        host: "127.0.0.1", port: 0,
        tokens: [
            .init(name: "ann", secret: secret(operatorToken), roles: [.operator]),
            .init(name: "bob", secret: secret(viewerToken), roles: [.viewer]),
            .init(name: "eve", secret: secret("the reader's token"), roles: [.reader]),
        ])

    private let control = FakeControl()
    private let audit = AuditRecorder()
    private let pair = FakePair()

    private func listener(control: (any ControlStore)?) async throws -> Listener {
        let pair = pair
        return try await Listener(
            OperationsServices(version: "1", audit: audit, control: control) { [pair] }, settings: Self.settings)
    }

    private func post(_ listener: Listener, _ path: String, _ json: String) async throws -> HTTPResponse {
        try await listener.send(.post, "/v1/pairs/customers/\(path)", token: Self.operatorToken, json: json)
    }

    @Test("An operator pauses and resumes a pair, and the trail says who and why")
    func pause() async throws {
        let listener = try await listener(control: control)
        #expect(try await post(listener, "pause", #"{"reason":"INC-1"}"#).status == 200)
        let pause = try #require(control.state.pause(ofPair: "customers"))
        #expect(pause.actor == "ann" && pause.reason == "INC-1")
        let pairs = try await listener.text("/v1/pairs", token: Self.viewerToken)
        #expect(pairs.contains(#""state":"paused""#) && pairs.contains(#""reason":"INC-1""#), "\(pairs)")
        #expect(try await post(listener, "resume", #"{"reason":"done"}"#).status == 200)
        #expect(control.state.pause(ofPair: "customers") == nil)
        #expect(try await post(listener, "resume", #"{"reason":"again"}"#).status == 409)
        #expect(
            audit.events == [
                AuditEvent(.pairPaused, pair: "customers", actor: "ann", purpose: "INC-1"),
                AuditEvent(.pairResumed, pair: "customers", actor: "ann", purpose: "done"),
            ])
    }

    @Test("A record is left out only where its partition stands halted at it")
    func skip() async throws {
        let listener = try await listener(control: control)
        let body = #"{"offset":7,"reason":"not JSON"}"#
        #expect(try await post(listener, "partitions/0/skip", body).status == 409)
        pair.halt()
        #expect(try await post(listener, "partitions/0/skip", #"{"offset":8,"reason":"not JSON"}"#).status == 409)
        #expect(control.state.entries.isEmpty && audit.events.isEmpty)
        #expect(try await post(listener, "partitions/0/skip", body).status == 202)
        let skip = try #require(control.state.skip(ofPair: "customers", topic: "customers", partition: 0))
        #expect(skip.offset == 7 && skip.actor == "ann" && skip.reason == "not JSON")
        #expect(audit.events.map(\.kind) == [.skipRequested])
        // Another process may hold partition 1.
        #expect(try await post(listener, "partitions/1/skip", body).status == 202)
    }

    @Test("A lease is taken, listed, renewed and released")
    func lease() async throws {
        pair.takesLeases = true
        let listener = try await listener(control: control)
        let taken = try await post(listener, "leases", #"{"ttlSeconds":900,"reason":"ticket 4711"}"#)
        #expect(taken.status == 201)
        let lease = try Listener.members(taken)
        let id = try #require(lease["id"] as? String)
        #expect(lease["actor"] as? String == "ann")
        let list = try await listener.text("/v1/pairs/customers/leases", token: Self.viewerToken)
        #expect(list.contains(id) && list.contains("ticket 4711"))
        let path = "/v1/pairs/customers/leases/\(id)"
        let renewed = try await listener.send(.put, path, token: Self.operatorToken, json: #"{"ttlSeconds":1800}"#)
        #expect(renewed.status == 200)
        let later = try #require(try Listener.members(renewed)["expiresAt"] as? Int)
        #expect(try later > #require(lease["expiresAt"] as? Int))
        #expect(try await listener.send(.delete, path, token: Self.viewerToken).status == 403)
        #expect(try await listener.send(.delete, path, token: Self.operatorToken).status == 204)
        #expect(try await listener.send(.delete, path, token: Self.operatorToken).status == 404)
        #expect(audit.events.map(\.kind) == [.leaseTaken, .leaseTaken, .leaseReleased])
    }

    @Test("A pair without leases gives none out")
    func unleased() async throws {
        let listener = try await listener(control: control)
        #expect(try await post(listener, "leases", #"{"ttlSeconds":900,"reason":"why"}"#).status == 409)
    }

    @Test("Whoever is no operator changes nothing", arguments: [viewerToken, "the reader's token", nil])
    func others(_ token: String?) async throws {
        pair.halt()
        pair.takesLeases = true
        let listener = try await listener(control: control)
        for (path, body) in [
            ("pause", #"{"reason":"r"}"#), ("resume", #"{"reason":"r"}"#),
            ("partitions/0/skip", #"{"offset":7,"reason":"r"}"#), ("leases", #"{"ttlSeconds":900,"reason":"r"}"#),
        ] {
            let response = try await listener.send(.post, "/v1/pairs/customers/\(path)", token: token, json: body)
            #expect(response.status == (token == nil ? 401 : 403), "\(path)")
        }
        #expect(control.state.entries.isEmpty && audit.events.isEmpty)
    }

    @Test(
        "A body that is not what it should be changes nothing",
        arguments: [
            "", "{}", "[]", "null", #"{"reason":null}"#, #"{"reason":""}"#, #"{"reason":"  "}"#, #"{"reason":"a\nb"}"#,
            #"{"reason":"a\u0000"}"#, "{\"reason\":\"\(String(repeating: "x", count: 1_001))\"}", "\u{FEFF}{",
            String(repeating: "[", count: 10_000),
        ])
    func malformed(_ body: String) async throws {
        let response = try await post(try await listener(control: control), "pause", body)
        #expect(response.status == 400, "\(String(decoding: response.body, as: UTF8.self))")
        #expect(response.header("content-type") == "application/problem+json")
        #expect(control.state.entries.isEmpty && audit.events.isEmpty)
    }

    @Test("A body that is too long is refused")
    func long() async throws {
        let response = try await post(
            try await listener(control: control), "pause", #"{"reason":"\#(String(repeating: "x", count: 20_000))"}"#)
        #expect(response.status == 413)
        #expect(control.state.entries.isEmpty)
    }

    @Test(
        "A time that no lease may have, and an offset that no record has, are refused",
        arguments: [
            ("leases", #"{"ttlSeconds":0,"reason":"r"}"#), ("leases", #"{"ttlSeconds":-1,"reason":"r"}"#),
            ("leases", #"{"ttlSeconds":604801,"reason":"r"}"#),
            ("leases", #"{"ttlSeconds":9223372036854775807,"reason":"r"}"#),
            ("leases", #"{"ttlSeconds":1e300,"reason":"r"}"#),
            ("partitions/0/skip", #"{"offset":-1,"reason":"r"}"#),
            ("partitions/0/skip", #"{"offset":9223372036854775807,"reason":"r"}"#),
            ("partitions/-1/skip", #"{"offset":1,"reason":"r"}"#),
            ("partitions/99999999999/skip", #"{"offset":1,"reason":"r"}"#),
            ("partitions/x/skip", #"{"offset":1,"reason":"r"}"#),
            ("partitions/0/skip", #"{"offset":1,"topic":"other","reason":"r"}"#),
        ])
    func outOfRange(_ path: String, _ body: String) async throws {
        pair.takesLeases = true
        #expect(try await post(try await listener(control: control), path, body).status == 400)
        #expect(control.state.entries.isEmpty && audit.events.isEmpty)
    }

    @Test("Without a control topic, or one that can't be read or written, nothing is done and that is said")
    func unkept() async throws {
        let refusing = FakeControl(refusal: .topic("control", message: "no"))
        for control: (any ControlStore)? in [nil, FakeControl(isCaughtUp: false), refusing] {
            let response = try await post(try await listener(control: control), "pause", #"{"reason":"why"}"#)
            #expect(response.status == 503)
            #expect(try Listener.members(response)["detail"] as? String != nil)
        }
        #expect(audit.events.isEmpty)
    }
}
