import KafkaClient
import Records
import Transform

extension WorkerSession {
    /// Whether a record that failed like this becomes a dead letter.
    func takesDeadLetter(_ error: TransformError) -> Bool {
        guard let policy = task.pair.deadLetters else { return false }
        var isEncrypting = false
        if case .encrypt = task.pair.action { isEncrypting = true }
        return policy.takes(error, isEncrypting: isEncrypting)
    }

    /// What was made of a record is larger than the target takes.
    func tooLarge(_ record: RecordView, at place: TopicTable.Place) {
        let cause = HaltCause.recordTooLarge(target: topics.source(at: place.topic).target)
        guard task.pair.deadLetters?.takesErrors == true else { return halt(record, at: place, cause: cause) }
        counters.recordsFailed &+= 1
        deadLetter(record, at: place, because: cause)
    }

    /// A broker refuses what was made of a record.
    func refused(_ record: RecordView, at place: TopicTable.Place, as form: RefusedRecordSearch.Form) {
        guard form == .deadLetter else { return tooLarge(record, at: place) }
        let cause = HaltCause.recordTooLarge(target: topics.source(at: place.topic).target)
        let message = "a broker refuses it as too large for the dead-letter topic"
        halt(record, at: place, cause: .deadLetterFailed(message, of: cause))
    }

    /// Seals a record for the dead-letter topic and writes it there, in the same transaction as the offsets. Where that can't
    /// be done nothing of the record goes anywhere, and its partition stands still at it.
    func deadLetter(_ record: RecordView, at place: TopicTable.Place, because cause: HaltCause) {
        guard let letters, let home = topics.source(at: place.topic).deadLetters else {
            return halt(record, at: place, cause: cause)
        }
        let origin = DeadLetterOrigin(pair: task.pair.name, reason: cause.code, field: cause.field)
        while end == nil {
            do {
                let letter = try letters.seal(record, origin, now: now)
                return write(letter: letter, of: record, at: place, in: home, because: cause)
            } catch {
                let failure = HaltCause.deadLetterFailed(error.message, of: cause)
                let isRepeated = isWorthRepeating(
                    record, at: place, after: error, as: failure, by: letters.obtain)
                guard isRepeated else {
                    // What a retry waits for is this key, and not one of the transform's.
                    if needs[place.slot] != nil { letterNeeds.insert(place.slot) }
                    return
                }
            }
        }
    }

    private func write(
        letter: RecordView, of record: RecordView, at place: TopicTable.Place, in home: DeadLetterPlace,
        because cause: HaltCause
    ) {
        var letter = letter
        letter.partition = record.partition % Int32(clamping: max(home.partitions, 1))
        guard letter.sizeInBatch <= home.maximumMessageBytes else {
            let message = "it is larger than max.message.bytes of the dead-letter topic"
            return halt(record, at: place, cause: .deadLetterFailed(message, of: cause))
        }
        guard beginIfNeeded() else { return }
        do {
            try produce(letter, of: record, at: place, because: cause)
        } catch {
            recover(from: error, inTransaction: true)
        }
    }

    private func produce(
        _ letter: RecordView, of record: RecordView, at place: TopicTable.Place, because cause: HaltCause
    ) throws(KafkaError) {
        let topic = try letterTopic()
        while end == nil {
            switch producer.produce(letter, to: topic) {
            case .queued:
                machine.recordWritten(partition: place.slot, offset: record.offset, bytes: letter.contentSize)
                noteResumed(place.slot)
                noteDeadLetter(record, at: place, cause)
                if machine.search.isSuspect(partition: place.slot, offset: record.offset) {
                    confirm(record.offset, at: place, as: .deadLetter)
                }
                return
            case .queueFull:
                guard !control.isStopRequested else { return }
                producer.poll(milliseconds: 50)
            case .tooLarge:
                let message = "it is larger than Kafka's clients send"
                return halt(record, at: place, cause: .deadLetterFailed(message, of: cause))
            case .failed(let error): throw error
            }
        }
    }

    private func noteDeadLetter(_ record: RecordView, at place: TopicTable.Place, _ cause: HaltCause) {
        counters.recordsDeadLettered &+= 1
        audit(failureKind, place.slot, offset: record.offset, cause)
        audit(.deadLettered, place.slot, offset: record.offset, cause)
        guard now >= deadLetterToldAt + Self.passedOnInterval else { return }
        deadLetterToldAt = now
        log.deadLettered(
            topics.partition(ofSlot: place.slot, offset: record.offset), cause: cause,
            total: counters.recordsDeadLettered)
    }
}

extension RecordView {
    /// Bytes of key, value and headers.
    var contentSize: Int {
        var bytes = (key?.count ?? 0) + (value?.count ?? 0)
        for header in headers { bytes += header.name.count + (header.value?.count ?? 0) }
        return bytes
    }

    /// At most the bytes of a batch that holds this record alone: what Kafka writes around one (message format 2) is a
    /// batch's 61 bytes, the record's own fields, and lengths.
    var sizeInBatch: Int { contentSize + 61 + 36 + 10 * headers.count }
}
