/// A partition of a topic, with an offset where the call is about one.
public struct TopicPartition: Hashable, Sendable {
    /// An offset that says nothing: none committed, none known.
    public static let noOffset: Int64 = -1001
    /// An offset that stands for the first record there is, where reading starts.
    public static let beginning: Int64 = -2

    /// The topic's name.
    public var topic: String
    /// The partition's number.
    public var partition: Int32
    /// The offset; `noOffset` where there is none.
    public var offset: Int64

    /// Makes a value.
    public init(topic: String, partition: Int32, offset: Int64 = TopicPartition.noOffset) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}
