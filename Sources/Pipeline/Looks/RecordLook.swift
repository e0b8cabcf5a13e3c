public import Records
public import Transform

/// A single look: one record of a decrypt pair's source, opened for a person who may see it.
///
/// Who looks at what and why is put on record first. The record is opened with the pair's own rules, or fewer of its
/// fields; nothing is written anywhere.
public struct RecordLook: Sendable {
    /// What somebody wants to see.
    public struct Request: Sendable, Hashable {
        /// The topic, where the pair reads several.
        public var topic: String?
        /// The partition, from 0.
        public var partition: Int32
        /// The offset, from 0.
        public var offset: Int64
        /// The fields of the value to open; empty for all that the pair opens.
        public var fields: [FieldPath]
        /// Who looks.
        public var actor: String
        /// Why.
        public var purpose: String

        /// Makes a request.
        public init(
            topic: String? = nil, partition: Int32, offset: Int64, fields: [FieldPath] = [], actor: String,
            purpose: String
        ) {
            self.topic = topic
            self.partition = partition
            self.offset = offset
            self.fields = fields
            self.actor = actor
            self.purpose = purpose
        }
    }

    private let pair: TopicPair
    private let audit: any AuditTrail
    private let timeout: Int
    private let makeDecryptor: @Sendable (DecryptionRules) throws -> RecordDecryptor

    /// Makes one for a pair.
    ///
    /// - Parameters:
    ///   - pair: whose source is looked at.
    ///   - audit: where each look is told of.
    ///   - milliseconds: how long Kafka, the KMS and a required audit trail may take, each.
    ///   - makeDecryptor: makes what opens a record by the given rules.
    public init(
        pair: TopicPair, audit: any AuditTrail, timeout milliseconds: Int,
        makeDecryptor: @escaping @Sendable (DecryptionRules) throws -> RecordDecryptor
    ) {
        self.pair = pair
        self.audit = audit
        timeout = milliseconds
        self.makeDecryptor = makeDecryptor
    }

    /// Opens the record; blocks its thread.
    ///
    /// - Returns: the opened record as a `RecordLine`, with the place that it was read from, without a line feed.
    public func take(_ request: Request) throws(RecordLookError) -> [UInt8] {
        let rules = try rules(for: request)
        let topic = try topic(of: request)
        guard audit.keep(event(request, topic: topic), within: Int64(timeout)) else { throw .unaudited }
        let reader = reader(of: request, topic: topic)
        try check(request, reader)
        var outcome: Result<[UInt8], TransformError>?
        do {
            try reader.read { record in
                outcome = Result { () throws(TransformError) in try open(record, topic: topic, rules: rules) }
            }
        } catch {
            throw .kafka(error)
        }
        guard let outcome else { throw .noRecord }
        do {
            return try outcome.get()
        } catch {
            throw .unopened(error)
        }
    }

    /// The pair's rules, which open no more than is asked for, and pass nothing on unopened.
    private func rules(for request: Request) throws(RecordLookError) -> DecryptionRules {
        guard case .decrypt(var rules) = pair.action else { throw .notDecrypting }
        for field in request.fields where !rules.valueFields.isEmpty {
            guard rules.valueFields.contains(where: { $0.covers(field) }) else { throw .field(field) }
        }
        if !request.fields.isEmpty { rules.valueFields = request.fields }
        rules.errorPolicy = .fail
        rules.plainPolicy = .halt
        return rules
    }

    private func topic(of request: Request) throws(RecordLookError) -> String {
        guard pair.readsPattern else {
            guard request.topic == nil || request.topic == pair.source else {
                throw .topic("the pair reads '\(pair.source)' and no other topic")
            }
            return pair.source
        }
        guard let topic = request.topic else { throw .topic("the pair reads several topics; name one") }
        guard case .read? = try? pair.makeSelection()?.verdict(on: topic) else {
            throw .topic("the pair does not read topic '\(topic)'")
        }
        return topic
    }

    private func event(_ request: Request, topic: String) -> AuditEvent {
        let fields = request.fields.map(\.description).joined(separator: ",")
        return AuditEvent(
            .recordRead, pair: pair.name, topic: topic, partition: request.partition, offset: request.offset,
            actor: request.actor, purpose: request.purpose, details: fields.isEmpty ? [:] : ["fields": fields])
    }

    // MARK: Reading

    private func reader(of request: Request, topic: String) -> TopicRangeReader {
        let next = request.offset.addingReportingOverflow(1).partialValue
        return TopicRangeReader(
            pair: pair.name, topic: topic, kafka: pair.kafka,
            range: TopicRange(
                from: .offsets([request.partition: request.offset]), until: .offsets([request.partition: next])),
            timeout: timeout, patience: Int64(timeout))
    }

    private func check(_ request: Request, _ reader: TopicRangeReader) throws(RecordLookError) {
        let bounds: TopicRangeReader.Bounds
        do {
            bounds = try reader.bounds(of: request.partition)
        } catch {
            throw .kafka(error)
        }
        guard let offsets = bounds.offsets else { throw .noPartition(count: bounds.partitions) }
        guard request.offset >= offsets.lowerBound else { throw .gone(first: offsets.lowerBound) }
        guard request.offset < offsets.upperBound else { throw .notYet(end: offsets.upperBound) }
    }

    // MARK: Opening

    private func open(_ record: RecordView, topic: String, rules: DecryptionRules) throws(TransformError) -> [UInt8] {
        let decryptor = try decryptor(rules)
        let end = MonotonicClock.now() + Int64(timeout)
        while true {
            do throws(TransformError) {
                return try Self.line(of: try decryptor.transform(record, now: MonotonicClock.now()), at: record, topic)
            } catch {
                let left = end - MonotonicClock.now()
                guard left > 0, let need = error.need, decryptor.obtain(need, within: Int(left)) else { throw error }
            }
        }
    }

    private func decryptor(_ rules: DecryptionRules) throws(TransformError) -> RecordDecryptor {
        do {
            return try makeDecryptor(rules)
        } catch let error as TransformError {
            throw error
        } catch {
            throw TransformError(.internalError, "the transform can't be made: \(error)")
        }
    }

    private static func line(
        of opened: RecordView, at record: RecordView, _ topic: String
    ) throws(TransformError) -> [UInt8] {
        let place = RecordLine(
            partition: record.partition, offset: record.offset, timestamp: record.timestamp, value: nil)
        let out = OutputBuffer(capacity: 4096)
        try RecordLine.write(opened, topic: Array(topic.utf8), origin: place, to: out)
        return Array(out.bytes)
    }
}
