/// Something that whoever answers for the data wants to know later: what happened, to what, and at whose wish.
///
/// Never a value of a record, a key's bytes or a token: only names, offsets, addresses and sentences.
public struct AuditEvent: Sendable, Hashable {
    /// What happened; the raw value is the event's stable `kind` in JSON.
    public enum Kind: String, CaseIterable, Sendable {
        /// A configuration was put in force; its SHA-256 is in `details["hash"]`.
        case configurationLoaded = "configuration_loaded"
        /// A changed configuration file was not put in force.
        case configurationRefused = "configuration_refused"
        /// A record could not be encrypted.
        case encryptionFailed = "encryption_failed"
        /// A record could not be decrypted.
        case decryptionFailed = "decryption_failed"
        /// A record went to the dead-letter topic.
        case deadLettered = "dead_lettered"
        /// A partition stands still.
        case partitionHalted = "partition_halted"
        /// A partition that stood still goes on.
        case partitionResumed = "partition_resumed"
        /// A data key was made and wrapped.
        case keyCreated = "key_created"
        /// A data key was replaced ahead of its end.
        case keyRenewed = "key_renewed"
        /// A KMS does not answer.
        case keyServiceDown = "key_service_down"
        /// A KMS answers again.
        case keyServiceUp = "key_service_up"
        /// Somebody began to want decrypted records.
        case demandStarted = "demand_started"
        /// Nobody wants decrypted records any more.
        case demandEnded = "demand_ended"
        /// A lease was taken or renewed.
        case leaseTaken = "lease_taken"
        /// A lease was given back.
        case leaseReleased = "lease_released"
        /// A lease ran out.
        case leaseExpired = "lease_expired"
        /// Somebody asked that a record be left out.
        case skipRequested = "skip_requested"
        /// A record was left out.
        case recordSkipped = "record_skipped"
        /// Dead letters were put back.
        case replayed = "replayed"
        /// A pair was paused.
        case pairPaused = "pair_paused"
        /// A paused pair goes on.
        case pairResumed = "pair_resumed"
        /// Records were deleted from a topic.
        case purged = "purged"
        /// Records were gone before they were read.
        case gap = "gap"
        /// A single record was decrypted for a person.
        case recordRead = "record_read"
        /// A range of records was decrypted or rewrapped by a bounded run.
        case boundedRun = "bounded_run"
    }

    /// What happened.
    public var kind: Kind
    /// The pair that it happened to.
    public var pair: String?
    /// The topic of a partition or record.
    public var topic: String?
    /// The partition's number.
    public var partition: Int32?
    /// The record's offset.
    public var offset: Int64?
    /// A stable reason code, as docs/errors.md lists them.
    public var reason: String?
    /// One sentence for people.
    public var message: String?
    /// Who wanted it: a login name or a token's name.
    public var actor: String?
    /// Why they wanted it, in their words.
    public var purpose: String?
    /// Whatever else belongs to this kind, as docs/audit.md lists it.
    public var details: [String: String]

    /// Makes an event.
    public init(
        _ kind: Kind, pair: String? = nil, topic: String? = nil, partition: Int32? = nil, offset: Int64? = nil,
        reason: String? = nil, message: String? = nil, actor: String? = nil, purpose: String? = nil,
        details: [String: String] = [:]
    ) {
        self.kind = kind
        self.pair = pair
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.reason = reason
        self.message = message
        self.actor = actor
        self.purpose = purpose
        self.details = details
    }
}
