import Foundation

/// A command that was run to its end.
public struct CommandRun: Sendable {
    /// What it wrote to its standard output.
    public let output: Data

    /// The command failed.
    public struct Failure: Error, CustomStringConvertible {
        /// The command, its status, and what it wrote to its standard error.
        public let description: String
    }

    /// Runs a command found on the path, with `input` as its standard input, in `folder`.
    ///
    /// - Throws: `Failure` where it ends with another status than 0.
    public init(_ words: [String], input: Data = Data(), folder: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files rather than pipes, so that no pipe fills up while the other one is read.
        let scratch = try TemporaryFolder()
        let files = ["in", "out", "err"].map { scratch.file($0) }
        for file in files { FileManager.default.createFile(atPath: file, contents: file == files[0] ? input : nil) }
        process.standardInput = FileHandle(forReadingAtPath: files[0])
        process.standardOutput = FileHandle(forWritingAtPath: files[1])
        process.standardError = FileHandle(forWritingAtPath: files[2])
        try process.run()
        process.waitUntilExit()
        output = FileManager.default.contents(atPath: files[1]) ?? Data()
        guard process.terminationStatus == 0 else {
            let errors = String(decoding: FileManager.default.contents(atPath: files[2]) ?? Data(), as: UTF8.self)
            throw Failure(description: "\(words.joined(separator: " ")): \(process.terminationStatus)\n\(errors)")
        }
    }
}
