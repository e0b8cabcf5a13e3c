/// One thing that the control topic says: a key and what is said under it.
///
/// The topic is compacted, so the last record of a key is what counts; a null value takes the entry back.
public enum ControlEntry: Sendable, Hashable {
    /// A pair is to stand still.
    case pause(Pause)
    /// A record that a partition stands at is to be left out.
    case skip(Skip)
    /// Somebody wants a pair's records for a while.
    case lease(Lease)
    /// How far a partition of a target had been written at certain times.
    case purgeNotes(PurgeNotes)

    /// Names an entry.
    public enum Key: Sendable, Hashable {
        /// The pause of a pair.
        case pause(pair: String)
        /// The skip of a partition of a pair's source.
        case skip(pair: String, topic: String, partition: Int32)
        /// A lease of a pair.
        case lease(pair: String, id: String)
        /// The notes on a partition of a pair's target.
        case purgeNotes(pair: String, topic: String, partition: Int32)
    }

    /// That a pair is to stand still.
    public struct Pause: Sendable, Hashable, Codable {
        /// The pair's name.
        public var pair: String
        /// Who wanted it.
        public var actor: String
        /// Why.
        public var reason: String
        /// When, in milliseconds since the Unix epoch.
        public var time: Int64

        /// Makes one.
        public init(pair: String, actor: String, reason: String, time: Int64) {
            self.pair = pair
            self.actor = actor
            self.reason = reason
            self.time = time
        }
    }

    /// That a record is to be left out.
    public struct Skip: Sendable, Hashable, Codable {
        /// The pair's name.
        public var pair: String
        /// The source topic.
        public var topic: String
        /// Its partition.
        public var partition: Int32
        /// The record's offset; it is left out only while the partition stands there.
        public var offset: Int64
        /// Who wanted it.
        public var actor: String
        /// Why.
        public var reason: String
        /// When, in milliseconds since the Unix epoch.
        public var time: Int64

        /// Makes one.
        public init(
            pair: String, topic: String, partition: Int32, offset: Int64, actor: String, reason: String, time: Int64
        ) {
            self.pair = pair
            self.topic = topic
            self.partition = partition
            self.offset = offset
            self.actor = actor
            self.reason = reason
            self.time = time
        }
    }

    /// That somebody wants a pair's records until a time.
    public struct Lease: Sendable, Hashable, Codable {
        /// The pair's name.
        public var pair: String
        /// Unlike any other lease's of the pair.
        public var id: String
        /// Who holds it.
        public var actor: String
        /// Why.
        public var reason: String
        /// When it was taken, in milliseconds since the Unix epoch.
        public var takenAt: Int64
        /// When it ends by itself, in milliseconds since the Unix epoch.
        public var expiresAt: Int64

        /// Makes one.
        public init(pair: String, id: String, actor: String, reason: String, takenAt: Int64, expiresAt: Int64) {
            self.pair = pair
            self.id = id
            self.actor = actor
            self.reason = reason
            self.takenAt = takenAt
            self.expiresAt = expiresAt
        }
    }

    /// How far a partition of a target had been written at certain times.
    public struct PurgeNotes: Sendable, Hashable, Codable {
        /// One look at the partition.
        public struct Note: Sendable, Hashable, Codable {
            /// When, in milliseconds since the Unix epoch.
            public var time: Int64
            /// The partition's end offset then.
            public var endOffset: Int64

            /// Makes one.
            public init(time: Int64, endOffset: Int64) {
                self.time = time
                self.endOffset = endOffset
            }
        }

        /// The pair's name.
        public var pair: String
        /// The target topic.
        public var topic: String
        /// Its partition.
        public var partition: Int32
        /// The looks, oldest first.
        public var notes: [Note]

        /// Makes one.
        public init(pair: String, topic: String, partition: Int32, notes: [Note]) {
            self.pair = pair
            self.topic = topic
            self.partition = partition
            self.notes = notes
        }
    }

    /// What names it.
    public var key: Key {
        switch self {
        case .pause(let pause): .pause(pair: pause.pair)
        case .skip(let skip): .skip(pair: skip.pair, topic: skip.topic, partition: skip.partition)
        case .lease(let lease): .lease(pair: lease.pair, id: lease.id)
        case .purgeNotes(let notes): .purgeNotes(pair: notes.pair, topic: notes.topic, partition: notes.partition)
        }
    }
}
