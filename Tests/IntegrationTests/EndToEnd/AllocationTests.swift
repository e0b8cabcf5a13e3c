import Foundation
import Testing

extension EndToEndTests {
    /// Runs Tests/AllocationProbe as a release build: a debug build allocates where a release build does not.
    @Suite("Memory on the path of a record")
    struct AllocationTests {
        /// What the probe seals: fields of either format; whole keys and values, and headers.
        private static let formats = ["json", "avro", "parts"]
        /// All but CTR_HMAC: OpenSSL 3's HMAC copies its state to the heap in each beginning and each end.
        private static let algorithms = [
            "AES128_GCM", "AES256_GCM", "AES128_EAX", "AES256_EAX", "CHACHA20_POLY1305", "XCHACHA20_POLY1305",
        ]

        @Test("In its steady state the transform allocates nothing, whatever it seals, in both directions")
        func steadyState() async throws {
            let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
                .standardizedFileURL.path
            let built = "\(project)/.build-release"
            _ = try await Self.run(
                [
                    "swift", "build", "-c", "release", "--product", "AllocationProbe", "--package-path", project,
                    "--scratch-path", built,
                ], within: 900)
            let counts = try await Self.run(["\(built)/release/AllocationProbe"] + Self.algorithms, within: 60)
            #expect(counts["control"] == 4_000, "what counts must be seen to count")
            for algorithm in Self.algorithms {
                for format in Self.formats {
                    #expect(counts["\(algorithm) \(format)/encrypt"] == 0)
                    #expect(counts["\(algorithm) \(format)/decrypt"] == 0)
                }
            }
        }

        /// Runs a command to its good end, and returns the counts that it wrote, by what was counted.
        private static func run(_ command: [String], within seconds: Double) async throws -> [String: Int] {
            let folder = try ServerProcess.makeFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let output = folder.appending(path: "output")
            let process = try ChildProcess(["/usr/bin/env"] + command, streams: .init(output: output.path))
            let status = try await process.end(within: seconds)
            let text = try String(contentsOf: output, encoding: .utf8)
            try #require(status == 0, "\(text.suffix(2_000))")
            return text.split(separator: "\n").reduce(into: [:]) { counts, line in
                let words = line.split(separator: " ")
                guard words.count >= 3, let count = words.last.flatMap({ Int($0) }) else { return }
                counts[words.dropLast(2).joined(separator: " ")] = count
            }
        }
    }
}
