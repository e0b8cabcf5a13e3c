import Foundation
import Testing

extension EndToEndTests {
    @Suite("A crash")
    struct CrashTests {
        @Test(
            "A process that crashes says nothing of its memory, and leaves no core file", arguments: [SIGSEGV, SIGILL])
        func silence(signal: Int32) async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "crashing"
            let command = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: ["SWIFT_BACKTRACE": "enable=yes"])
            try await expectEventually { command.errors.contains("Partitions assigned") }
            let outcome = try await command.stop(within: 60, by: signal)
            #expect(outcome.status == 128 + signal)
            for word in ["crashed", "Thread 0", "rip", "Backtrace"] { #expect(!outcome.errors.contains(word)) }
        }
    }
}
