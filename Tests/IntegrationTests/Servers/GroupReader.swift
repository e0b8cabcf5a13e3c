import Foundation

/// Somebody else's application: a consumer group with one member, of the confluent-kafka client for Python.
final class GroupReader: Sendable {
    private let folder: URL
    private let process: ChildProcess

    /// Joins the group.
    ///
    /// - Parameter limit: how many records it reads before it only stays.
    init(_ topic: String, group: String, limit: Int? = nil, at broker: TestBroker) throws {
        folder = try ServerProcess.makeFolder()
        let script = PythonTool.folder.appending(path: "group_reader.py").path
        let arguments = [broker.bootstrapServers, topic, group] + (limit.map { ["\($0)"] } ?? [])
        process = try ChildProcess(
            [ServerProcess.tools.appending(path: "python").path, script] + arguments,
            streams: .init(
                output: folder.appending(path: "output").path, errors: folder.appending(path: "errors").path))
    }

    deinit {
        process.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// What it has read and committed, in order.
    var values: [String] {
        let text = (try? String(contentsOf: folder.appending(path: "output"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Leaves the group.
    func leave() async throws {
        process.send(SIGTERM)
        let status = try await process.end(within: 20)
        guard status == 0 else {
            let errors = try String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)
            throw PythonTool.Failure(description: errors)
        }
    }
}
