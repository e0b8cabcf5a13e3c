import Operations
import Testing

@Suite struct HealthTests {
    private static func services(_ pairs: [FakePair]) -> OperationsServices {
        OperationsServices(version: "1.2.3") { pairs }
    }

    @Test("A process that answers lives, whatever its pairs do")
    func live() async throws {
        let pair = FakePair()
        pair.change { $0.isRunning = false }
        let response = try await Listener(Self.services([pair])).send(.get, "/livez")
        #expect(response.status == 200)
        #expect(response.body == Array("ok\n".utf8))
    }

    @Test("A process is ready when every worker has joined its group, and a halted partition does not change that")
    func ready() async throws {
        let pairs = [FakePair("a"), FakePair("b")]
        let listener = try await Listener(Self.services(pairs))
        #expect(try await listener.send(.get, "/readyz").status == 200)
        pairs[1].change { $0.isRunning = false }
        #expect(try await listener.send(.get, "/readyz").status == 503)
        pairs[1].change { $0.isRunning = true }
        pairs[0].halt()
        #expect(try await listener.send(.get, "/readyz").status == 200)
    }

    @Test("Health names each pair, each partition, and why it stands still")
    func halted() async throws {
        let pairs = [FakePair("a"), FakePair("b")]
        let listener = try await Listener(Self.services(pairs))
        let well = try await listener.send(.get, "/healthz")
        #expect(well.status == 200)
        #expect(try Listener.members(well)["status"] as? String == "ok")

        pairs[1].halt(message: "It says \"no\".")
        let halted = try await listener.send(.get, "/healthz")
        #expect(halted.status == 503)
        #expect(halted.header("content-type") == "application/json")
        #expect(
            String(decoding: halted.body, as: UTF8.self) == """
                {"pairs":[{"name":"a","status":"ok","workers":[{"number":0,"partitions":[{"next":7,"partition":0,\
                "status":"ok","topic":"a"}],"running":true}]},{"name":"b","status":"halted","workers":[{"number":0,\
                "partitions":[{"halt":{"field":"ssn","message":"It says \\"no\\".","reason":"malformed_payload",\
                "retrying":false},"next":7,"partition":0,"status":"halted","topic":"b"}],"running":true}]}],\
                "status":"halted"}
                """)
    }
}
