import KafkaClient
import Synchronization

/// The latest that a worker's clients have said of themselves.
final class ClientStatisticsBoard: Sendable {
    private let latest = Mutex<[ClientStatistics.Client: ClientStatistics]>([:])

    var all: [ClientStatistics.Client: ClientStatistics] { latest.withLock { $0 } }

    /// Takes a client's text and reads it elsewhere, so that the worker goes on with its records.
    func receive(_ text: UnsafeRawBufferPointer, from client: ClientStatistics.Client) {
        guard text.count <= Self.longest else { return }
        let text = [UInt8](text)
        Task.detached(priority: .utility) {
            guard let statistics = ClientStatistics(parsing: text) else { return }
            self.latest.withLock { $0[client] = statistics }
        }
    }

    /// A client with more partitions and brokers than this, in bytes of text, goes without.
    private static let longest = 16 << 20
}

extension ClientEvents {
    /// These handlers, and one that puts a client's statistics on a board.
    func reporting(to board: ClientStatisticsBoard, of client: ClientStatistics.Client) -> ClientEvents {
        var events = self
        events.statistics = { board.receive($0, from: client) }
        return events
    }
}
