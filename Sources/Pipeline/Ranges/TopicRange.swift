/// A part of a topic, by where it begins and ends.
public struct TopicRange: Hashable, Sendable {
    /// Where it begins, or ends before.
    public enum Bound: Hashable, Sendable {
        /// The first record at or after this time, in milliseconds since the Unix epoch.
        case time(Int64)
        /// After the last record of now.
        case end
        /// These offsets, by partition.
        case offsets([Int32: Int64])
    }

    /// Where it begins; at the first record that is there where nil. Offsets leave out the partitions that they don't name.
    public var from: Bound?
    /// Where it ends; after the last record of now where nil. Offsets leave other partitions whole.
    public var until: Bound?

    /// Makes a range; all of the topic without bounds.
    public init(from: Bound? = nil, until: Bound? = nil) {
        self.from = from
        self.until = until
    }
}
