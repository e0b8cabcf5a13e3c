/// One Kafka record, as its bytes lie in somebody else's memory.
///
/// The view owns nothing: whoever hands it out says how long the bytes stay valid. A null key or value is `nil`;
/// an empty one is a buffer of count 0 whose base address is not nil, so that the two stay distinct down to the broker.
public struct RecordView {
    /// The topic's name in UTF-8.
    public var topic: UnsafeRawBufferPointer
    /// The partition's number, from 0.
    public var partition: Int32
    /// Where in the partition, from 0.
    public var offset: Int64
    /// Milliseconds since the Unix epoch; -1 where the record has none.
    public var timestamp: Int64
    /// The key; `nil` for a null one.
    public var key: UnsafeRawBufferPointer?
    /// The value; `nil` for a tombstone.
    public var value: UnsafeRawBufferPointer?
    /// The headers in their order, duplicates and nulls included.
    public var headers: UnsafeBufferPointer<HeaderView>

    /// Makes a view over bytes that outlive it.
    @inlinable
    public init(
        topic: UnsafeRawBufferPointer, partition: Int32, offset: Int64, timestamp: Int64,
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: UnsafeBufferPointer<HeaderView>
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// One header of a record; its bytes belong to whoever made the view.
public struct HeaderView {
    /// The name; Kafka says UTF-8, but any bytes are kept.
    public var name: UnsafeRawBufferPointer
    /// `nil` for a null value.
    public var value: UnsafeRawBufferPointer?

    /// Makes a view over bytes that outlive it.
    @inlinable
    public init(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
        self.name = name
        self.value = value
    }
}
