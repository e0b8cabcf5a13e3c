import Foundation

/// The built `fieldseal`, as a user runs it.
final class FieldsealCommand: Sendable {
    /// What a command that has ended left.
    struct Outcome: Sendable {
        var status: Int32
        var output: [UInt8]
        var errors: String

        /// The lines of its output.
        var lines: [[UInt8]] { output.split(separator: UInt8(ascii: "\n")).map(Array.init) }
    }

    /// Its folder, with its configuration and what it wrote.
    private let folder: URL
    private let process: ChildProcess

    /// The executable that was built along with this test.
    static var path: String {
        get throws {
            let test = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let built = URL(filePath: test).deletingLastPathComponent().appending(path: "fieldseal")
            if FileManager.default.isExecutableFile(atPath: built.path) { return built.path }
            throw ChildProcess.Failure.notStarted("no fieldseal beside \(test)")
        }
    }

    /// Starts the command.
    ///
    /// - Parameters:
    ///   - arguments: its arguments; `-c` and the file are added where there is a configuration.
    ///   - configuration: the text of its configuration file.
    ///   - files: further files beside the configuration, by name.
    init(
        _ arguments: [String], configuration: String? = nil, files: [String: String] = [:], input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws {
        folder = try ServerProcess.makeFolder()
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        var arguments = arguments
        if let configuration {
            let file = folder.appending(path: "fieldseal.yaml")
            try Data(configuration.utf8).write(to: file)
            arguments += ["-c", file.path]
        }
        let streams = ChildProcess.Streams(
            input: folder.appending(path: "input").path, output: folder.appending(path: "output").path,
            errors: folder.appending(path: "errors").path)
        try Data(input).write(to: URL(filePath: streams.input))
        process = try ChildProcess([try Self.path] + arguments, environment: environment, streams: streams)
    }

    deinit {
        process.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs the command to its end, which must come within `seconds`.
    static func run(
        _ arguments: [String], configuration: String? = nil, files: [String: String] = [:], input: [UInt8] = [],
        environment: [String: String] = [:], within seconds: Double = 60
    ) async throws -> Outcome {
        let command = try FieldsealCommand(
            arguments, configuration: configuration, files: files, input: input, environment: environment)
        return try await command.end(within: seconds)
    }

    /// What it wrote to standard error so far.
    var errors: String {
        (try? String(decoding: Data(contentsOf: folder.appending(path: "errors")), as: UTF8.self)) ?? ""
    }

    /// Its exit code, or 128 and the number of the signal that ended it; nil while it runs.
    var status: Int32? { process.status }

    /// How much CPU time it has taken so far, in milliseconds.
    var cpuMilliseconds: Int {
        get throws { try process.cpuMilliseconds }
    }

    /// Waits for its end and returns what it left.
    func end(within seconds: Double = 60) async throws -> Outcome {
        let status = try await process.end(within: seconds)
        let output = try Data(contentsOf: folder.appending(path: "output"))
        return Outcome(status: status, output: Array(output), errors: errors)
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    func stop(within seconds: Double = 10, by signal: Int32 = SIGTERM) async throws -> Outcome {
        process.send(signal)
        return try await end(within: seconds)
    }

    /// Puts another file in the place of its configuration, whole at once.
    func replaceConfiguration(_ text: String) throws {
        let file = folder.appending(path: "fieldseal.yaml")
        try Data(text.utf8).write(to: file, options: .atomic)
    }

    /// Sends it a signal.
    func send(_ signal: Int32) {
        process.send(signal)
    }

    /// Ends it with `kill -9`.
    func kill() {
        process.kill()
    }
}
