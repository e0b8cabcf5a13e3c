import Foundation

/// Runs Tests/Python/aead_judge.py, which seals and opens with Google Tink and pyca/cryptography.
struct AEADJudge {
    struct Request: Encodable {
        var op: String
        var algorithm: String
        var key: Data
        var aad: Data
        var data: Data
    }

    struct Reply: Decodable {
        var data: Data?
        var error: String?
    }

    struct Failure: Error {
        var status: Int32
        var output: String
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The judge's answers, one for each request.
    static func answers(to requests: [Request]) throws -> [Reply] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aead-judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "requests")
        let output = folder.appending(path: "replies")
        let lines = try requests.map { try JSONEncoder().encode($0) + Data("\n".utf8) }
        try lines.reduce(Data(), +).write(to: input)
        try Data().write(to: output)

        let process = Process()
        process.executableURL = root.appending(path: ".deps/venv/bin/python")
        process.arguments = [root.appending(path: "Tests/Python/aead_judge.py").path]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let replies = try Data(contentsOf: output)
        guard process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus, output: String(decoding: replies, as: UTF8.self))
        }
        return try replies.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Reply.self, from: $0)
        }
    }
}
