public import Records

/// How a cache of data keys fares: numbers and addresses, nothing of a key itself.
public struct DataKeyStatistics: Sendable {
    /// What keys are for.
    public enum Purpose: String, CaseIterable, Hashable, Sendable {
        /// New records.
        case seal
        /// Sealed ones.
        case open
    }

    /// What the keys of one purpose have done.
    public struct Uses: Hashable, Sendable {
        /// Uses of a key that was there.
        public var hits: UInt64 = 0
        /// Times that a key had to be waited for.
        public var misses: UInt64 = 0
        /// Keys that were replaced ahead of their end.
        public var renewals: UInt64 = 0
        /// Keys in memory.
        public var keys = 0
        /// The age of the oldest of them, in milliseconds.
        public var oldestAge: Int64 = 0

        /// Makes those of keys that have done nothing.
        public init() {}
    }

    /// What a call to a KMS asks for.
    public enum Operation: String, CaseIterable, Hashable, Sendable {
        /// Wrap a new data key.
        case wrap
        /// Unwrap an EDEK.
        case unwrap
    }

    /// What became of a call.
    public enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// A key came.
        case ok
        /// The KMS said no.
        case refused
        /// The KMS said nothing.
        case unavailable
    }

    /// Calls of one kind.
    public struct Call: Hashable, Sendable {
        /// Whom they went to.
        public var provider: KeyManagementProvider
        /// What was asked.
        public var operation: Operation
        /// What became of them.
        public var outcome: Outcome

        /// Makes one.
        public init(provider: KeyManagementProvider, operation: Operation, outcome: Outcome) {
            self.provider = provider
            self.operation = operation
            self.outcome = outcome
        }
    }

    /// How a KMS fares.
    public struct Provider: Hashable, Sendable {
        /// Which.
        public var provider: KeyManagementProvider
        /// Whether the last call was answered, a refusal included.
        public var isUp: Bool
        /// Whether it is left alone because it does not answer.
        public var isSuspended: Bool

        /// Makes one.
        public init(provider: KeyManagementProvider, isUp: Bool, isSuspended: Bool) {
            self.provider = provider
            self.isUp = isUp
            self.isSuspended = isSuspended
        }
    }

    /// One data key in memory.
    public struct Key: Hashable, Sendable {
        /// The address of the KEK that wraps it.
        public var kek: String
        /// The KEK's version, where the wrapped key tells it.
        public var version: String?
        /// What it is for.
        public var purpose: Purpose
        /// How it seals.
        public var algorithm: String
        /// The topic that the envelope carries.
        public var topic: String
        /// How long it has been in memory, in milliseconds.
        public var age: Int64
        /// How often it has sealed, rounded up to what workers claim at once; nil for keys that open.
        public var seals: Int?

        /// Makes one.
        public init(
            kek: String, version: String?, purpose: Purpose, algorithm: String, topic: String, age: Int64, seals: Int?
        ) {
            self.kek = kek
            self.version = version
            self.purpose = purpose
            self.algorithm = algorithm
            self.topic = topic
            self.age = age
            self.seals = seals
        }
    }

    /// By purpose.
    public var uses: [Purpose: Uses] = [:]
    /// The providers that were called.
    public var providers: [Provider] = []
    /// How long calls took.
    public var calls: [Call: DurationHistogram] = [:]
    /// The keys, at most `keyLimit` of them, oldest first.
    public var keys: [Key] = []

    /// Makes those of a cache that has done nothing.
    public init() {}

    /// As many keys are listed.
    public static let keyLimit = 200
}
