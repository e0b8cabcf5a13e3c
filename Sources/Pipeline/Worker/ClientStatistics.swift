import FoundationEssentials

/// What librdkafka says of one client, as far as operators look at it.
public struct ClientStatistics: Hashable, Sendable {
    /// Which of a worker's two clients.
    public enum Client: String, CaseIterable, Hashable, Sendable {
        /// The one that reads.
        case consumer
        /// The one that writes.
        case producer
    }

    /// A partition that the client reads.
    public struct Partition: Hashable, Sendable {
        /// Its topic.
        public var topic: String
        /// Its number.
        public var partition: Int32
        /// Records between what was given out and the last one that may be read.
        public var lag: Int64
        /// Records behind that one, which can't be read before a producer's transaction ends.
        public var open: Int64
    }

    /// Messages in its queues: fetched ahead, or waiting to be sent.
    public var queued: UInt64 = 0
    /// Round trips to the slowest broker, the median in microseconds.
    public var medianRoundTrip: Int64 = 0
    /// The same, the 99th percentile.
    public var slowRoundTrip: Int64 = 0
    /// Requests that failed and connections that were lost, since the client was made.
    public var errors: UInt64 = 0
    /// The partitions that it reads.
    public var partitions: [Partition] = []
}

extension ClientStatistics {
    /// Reads librdkafka's JSON (STATISTICS.md of its documentation); nil where that is malformed.
    init?(parsing text: [UInt8]) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text)) else { return nil }
        queued = document.msg_cnt.map { UInt64(clamping: $0) } ?? 0
        for broker in (document.brokers ?? [:]).values {
            medianRoundTrip = max(medianRoundTrip, broker.rtt?.p50 ?? 0)
            slowRoundTrip = max(slowRoundTrip, broker.rtt?.p99 ?? 0)
            let failures = [broker.txerrs, broker.rxerrs, broker.req_timeouts]
            errors &+= failures.reduce(0) { $0 &+ UInt64(clamping: $1 ?? 0) }
        }
        for (topic, content) in document.topics ?? [:] {
            for (number, partition) in content.partitions ?? [:] {
                guard let number = Int32(number), number >= 0 else { continue }
                queued &+= UInt64(clamping: partition.fetchq_cnt ?? 0)
                if let known = partition.state(topic: topic, number: number) { partitions.append(known) }
            }
        }
        partitions.sort { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    /// The members that are read.
    private struct Document: Decodable {
        struct Window: Decodable {
            var p50: Int64?
            var p99: Int64?
        }

        struct Broker: Decodable {
            var rtt: Window?
            var txerrs: Int64?
            var rxerrs: Int64?
            var req_timeouts: Int64?
        }

        struct Topic: Decodable {
            var partitions: [String: Partition]?
        }

        struct Partition: Decodable {
            var fetchq_cnt: Int64?
            var next_offset: Int64?
            var app_offset: Int64?
            var hi_offset: Int64?
            var ls_offset: Int64?

            /// Nil for a partition that is not read.
            func state(topic: String, number: Int32) -> ClientStatistics.Partition? {
                guard let next = next_offset, next >= 0, let end = ls_offset, end >= 0 else { return nil }
                // What is fetched next is behind the markers of transactions; what was given out last is not.
                let app = app_offset ?? -1
                let position = (fetchq_cnt ?? 0) == 0 || app < 0 ? next : app
                return ClientStatistics.Partition(
                    topic: topic, partition: number, lag: max(0, end &- position),
                    open: max(0, (hi_offset ?? end) &- end))
            }
        }

        var msg_cnt: Int64?
        var brokers: [String: Broker]?
        var topics: [String: Topic]?
    }
}
