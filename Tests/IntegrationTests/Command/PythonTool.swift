import Foundation

/// A script of Tests/Python, run by the virtual environment's Python.
enum PythonTool {
    /// The folder of the scripts and of what they read.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Python").standardizedFileURL

    /// A script that did not end well.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs a script to its end and returns the lines that it wrote.
    static func run(
        _ script: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) async throws -> [[UInt8]] {
        let scratch = try ServerProcess.makeFolder()
        defer { try? FileManager.default.removeItem(at: scratch) }
        let streams = ChildProcess.Streams(
            input: scratch.appending(path: "input").path, output: scratch.appending(path: "output").path,
            errors: scratch.appending(path: "errors").path)
        try Data(input).write(to: URL(filePath: streams.input))
        let python = ServerProcess.tools.appending(path: "python").path
        let process = try ChildProcess(
            [python, folder.appending(path: script).path] + arguments, environment: environment, streams: streams)
        guard try await process.end() == 0 else {
            throw Failure(description: try String(contentsOf: URL(filePath: streams.errors), encoding: .utf8))
        }
        return try Data(contentsOf: URL(filePath: streams.output)).split(separator: UInt8(ascii: "\n"))
            .map(Array.init)
    }
}
