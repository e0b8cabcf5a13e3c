import Foundation
import Glibc
import Testing

/// The Python judges, one process for many cases.
enum AvroJudge {
    struct Case: Encodable {
        var schema: String
        var data: [Data]
        /// Whether the decoded values are wanted, as Python prints them.
        var show = false

        init(schema: String, data: [[UInt8]], show: Bool = false) {
            self.schema = schema
            self.data = data.map { Data($0) }
            self.show = show
        }
    }

    struct Verdict: Decodable {
        var error: String?
        var canonical: String
        var fingerprint: String
        var values: [String]
    }

    static func verdicts(on cases: [Case]) throws -> [Verdict] {
        try verdicts(of: "avro_judge.py", on: cases)
    }

    /// What a script of Tests/Judges says of each case, one JSON object a line in and out.
    static func verdicts<Case: Encodable, Verdict: Decodable>(
        of script: String, on cases: [Case]
    ) throws -> [Verdict] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let folder = FileManager.default.temporaryDirectory.appending(path: "avro-judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
        var lines = Data()
        for one in cases { lines += try JSONEncoder().encode(one) + [0x0A] }
        try lines.write(to: input)
        try run(
            root.appending(path: ".deps/venv/bin/python").path,
            [root.appending(path: "Tests/Judges/\(script)").path, input.path, output.path])
        let verdicts = try Data(contentsOf: output).split(separator: 0x0A)
            .map { try JSONDecoder().decode(Verdict.self, from: $0) }
        try #require(verdicts.count == cases.count)
        return verdicts
    }

    /// Runs a program to its end. Not by Foundation's `Process`, which leaks a weak reference and so fails LeakSanitizer.
    private static func run(_ program: String, _ arguments: [String]) throws {
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, program, nil, nil, &words, environ) == 0)
        var status: Int32 = 0
        try #require(waitpid(process, &status, 0) == process)
        try #require(status == 0)
    }
}
