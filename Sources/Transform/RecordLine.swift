import Formats
import Records

/// A record as one line of JSON: what `fieldseal transform` reads and writes, and what a dead letter holds.
///
/// Key, value and header values are base64 or null. Members: `topic`, `partition`, `offset`, `timestamp` (milliseconds
/// since the Unix epoch), `key`, `value`, `headers` (`[[name, value], ...]`); only `value` is required when reading.
public struct RecordLine: Hashable, Sendable {
    /// One header.
    public struct Header: Hashable, Sendable {
        /// Its name, UTF-8.
        public var name: [UInt8]
        /// Its value; nil for null.
        public var value: [UInt8]?

        /// Makes a header.
        public init(name: [UInt8], value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }

    /// The topic's name; nil where the line does not say.
    public var topic: [UInt8]?
    /// The partition; nil where the line does not say.
    public var partition: Int32?
    /// The offset; nil where the line does not say.
    public var offset: Int64?
    /// Milliseconds since the Unix epoch; nil where the line does not say.
    public var timestamp: Int64?
    /// The key; nil for null.
    public var key: [UInt8]?
    /// The value; nil for null.
    public var value: [UInt8]?
    /// The headers in their order.
    public var headers: [Header]

    /// Makes a line.
    public init(
        topic: [UInt8]? = nil, partition: Int32? = nil, offset: Int64? = nil, timestamp: Int64? = nil,
        key: [UInt8]? = nil, value: [UInt8]?, headers: [Header] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// Lends the line as a record to `body`.
    ///
    /// - Parameters:
    ///   - topic: the topic where the line does not say.
    ///   - body: gets the record, whose bytes are valid only meanwhile.
    public func withRecord<Result, Failure: Error>(
        defaultTopic topic: [UInt8], _ body: (RecordView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let storage = OutputBuffer(capacity: 4096)
        var ranges: [Range<Int>?] = []
        func keep(_ bytes: [UInt8]?) {
            let start = storage.count
            if let bytes { storage.append(bytes) }
            ranges.append(bytes.map { _ in start..<storage.count })
        }
        keep(self.topic ?? topic)
        keep(key)
        keep(value)
        for header in headers {
            keep(header.name)
            keep(header.value)
        }
        let views = ranges.map { range in range.map { storage.bytes(in: $0) } }
        let list = HeaderList(capacity: headers.count)
        for index in headers.indices {
            list.append(HeaderView(name: views[3 + 2 * index] ?? storage.bytes, value: views[4 + 2 * index]))
        }
        let record = RecordView(
            topic: views[0] ?? storage.bytes, partition: partition ?? 0, offset: offset ?? 0,
            timestamp: timestamp ?? -1, key: views[1], value: views[2], headers: list.views)
        defer { withExtendedLifetime((storage, list)) {} }
        return try body(record)
    }
}
