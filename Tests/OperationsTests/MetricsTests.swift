import Operations
import Testing

@Suite struct MetricsTests {
    @Test("Metrics say what the workers counted, with the labels of each pair")
    func counters() async throws {
        let pair = FakePair()
        pair.change {
            $0.counters.recordsWritten = 10
            $0.counters.recordsPassedOn = 3
            $0.counters.bytesWritten = 1234
            $0.counters.transactionsAborted = 2
        }
        pair.halt()
        let listener = try await Listener(OperationsServices(version: "1.2.3") { [pair] })
        let response = try await listener.send(.get, "/metrics")
        #expect(response.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        for line in [
            "# TYPE fieldseal_records_total counter",
            #"fieldseal_records_total{pair="customers",direction="decrypt",outcome="transformed"} 7"#,
            #"fieldseal_records_total{pair="customers",direction="decrypt",outcome="passed_on"} 3"#,
            #"fieldseal_record_bytes_total{pair="customers",direction="decrypt"} 1234"#,
            #"fieldseal_transactions_total{pair="customers",outcome="aborted"} 2"#,
            #"fieldseal_partition_halted{pair="customers",topic="customers",partition="0",reason="malformed_payload"} 1"#,
            #"fieldseal_worker_running{pair="customers",worker="0"} 1"#,
            #"fieldseal_build_info{version="1.2.3"} 1"#,
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
    }
}
