import Foundation
import Testing

extension EndToEndTests {
    @Suite("The main job, by the built command on a real broker and a real vault")
    struct MainJobTests {
        /// Stands in everything that is sealed, and nowhere else.
        private static let secret = "Secr3t"
        private static let fields = [
            (path: "ssn", key: "pii"), (path: "salary", key: "money"),
            (path: "banks[*].iban", key: "{{record.header.tenant}}"),
            (path: "labels.*", key: "pii"), (path: #"odd."a.b""#, key: "money"),
        ]

        @Test("What is encrypted and decrypted again is the same record, and nothing is in the clear between")
        func thereAndBack() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: 3)
            var generator = SeededGenerator(seed: 20_261_124)
            let written = (0..<300).map { Self.record($0, using: &generator) }.sorted { $0.partition < $1.partition }
            try broker.write(written, to: "raw")

            var file = PairsFile(vault: vault, broker: broker, fields: Self.fields)
            file.instance = "main"
            let command = try FieldsealCommand(
                ["run"], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
            try await expectEventually { try command.status != nil || broker.read("opened").count >= written.count }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")

            #expect(firstDifference(try broker.read("opened").map(\.content), written) == nil)
            let sealed = try broker.read("sealed")
            try Self.expectSealed(sealed, from: written)
            #expect(!outcome.errors.contains(Self.secret))
            #expect(!outcome.output.contains(text: Self.secret))
            try await Self.expectReadableByOthers(broker, records: sealed.count { $0.value != nil })
        }

        private static func expectSealed(_ sealed: [TestRecord], from written: [TestRecord]) throws {
            try #require(sealed.count == written.count)
            for (sealed, written) in zip(sealed, written) {
                #expect(sealed.partition == written.partition)
                #expect(sealed.key == written.key)
                #expect(sealed.timestamp == written.timestamp)
                #expect(sealed.headers.dropLast() == written.headers[...])
                #expect(sealed.headers.last?.name == "fieldseal.envelope")
                #expect((sealed.value == nil) == (written.value == nil))
                let all = [sealed.key, sealed.value] + sealed.headers.map(\.value)
                #expect(all.allSatisfy { !($0 ?? []).contains(text: secret) })
            }
            #expect(written.contains { ($0.value ?? []).contains(text: secret) })
        }

        /// Other people's tools read the sealed topic: kcat gets the records, jq parses each.
        private static func expectReadableByOthers(_ broker: TestBroker, records: Int) async throws {
            let folder = try ServerProcess.makeFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let streams = ChildProcess.Streams(output: folder.appending(path: "ssn").path)
            let script = #"kcat -C -b "$1" -t sealed -o beginning -e -q -f '%s\n' | jq -e -c .ssn"#
            let reader = try ChildProcess(
                ["/bin/bash", "-c", "set -o pipefail; \(script)", "bash", broker.bootstrapServers], streams: streams)
            #expect(try await reader.end() == 0)
            let values = try String(contentsOf: folder.appending(path: "ssn"), encoding: .utf8).split(separator: "\n")
            #expect(values.count == records)
            #expect(
                values.allSatisfy { $0.first == "\"" && Data(base64Encoded: String($0.dropFirst().dropLast())) != nil })
        }

        private static func record(_ number: Int, using generator: inout SeededGenerator) -> TestRecord {
            let tenant = ["acme", "globex"].randomElement(using: &generator) ?? ""
            let headers: [TestRecord.Header] = [
                .init("tenant", tenant), .init("trace", "\(number)"), .init("trace", nil), .init("trace", "\(number)"),
                .init("", "no name"), .init("empty", ""),
            ]
            return TestRecord(
                partition: Int32.random(in: 0..<3, using: &generator),
                key: [nil, "", "key-\(number % 7)"].randomElement(using: &generator) ?? nil,
                value: number % 10 == 9 ? nil : value(number, using: &generator), headers: headers,
                timestamp: 1_500_000_000_000 + Int64.random(in: 1...200_000_000_000, using: &generator))
        }

        /// JSON as no two producers write it: odd spacing, escapes, duplicate keys, numbers in many spellings.
        private static func value(_ number: Int, using generator: inout SeededGenerator) -> String {
            let secret = "\(secret)-\(number)"
            let space = ["", " ", "\n", "\t  "].randomElement(using: &generator) ?? ""
            let ssn = [
                #""\#(secret)""#, #""\u00e9\/\#(secret)""#, #"{"whole":["\#(secret)"]}"#, #"["\#(secret)",null]"#,
            ]
            let salary = ["\"\(secret)\"", "[1e5,\"\(secret)\"]", "null", "{\"\(secret)\":-0.0}"]
            let banks = (0..<Int.random(in: 0..<4, using: &generator)).map { index in
                [#"{"iban":"\#(secret)"}"#, #"{"iban":null,"n":\#(index)}"#, "{}"].randomElement(using: &generator)
                    ?? ""
            }
            return """
                \(space){"n":\(number),\(space)"ssn"\(space):\(ssn.randomElement(using: &generator) ?? ""), \
                "salary":\(salary.randomElement(using: &generator) ?? ""),"banks":[\(banks.joined(separator: ","))],\(space)\
                "labels":{"a":"\(secret)","a":"\(secret)","":"\(secret)","n":null},"clear":[1.50,1E2,"ü","\\ud83d\\ude00"],
                "odd":{"a.b":"\(secret)","a":{"b":"clear"}},"ssn":"\(secret) again"}\(space)
                """
        }
    }
}

extension [UInt8] {
    /// Whether these bytes contain the bytes of `text`.
    func contains(text: String) -> Bool {
        let pattern = Array(text.utf8)
        guard let first = pattern.first, count >= pattern.count else { return false }
        return withUnsafeBufferPointer { bytes in
            (0...(bytes.count - pattern.count)).contains { start in
                bytes[start] == first && bytes[start..<(start + pattern.count)].elementsEqual(pattern)
            }
        }
    }
}
