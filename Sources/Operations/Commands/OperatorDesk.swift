import Pipeline

/// Does what operators ask: writes it to the control topic, and puts it on record.
///
/// Blocks until what it wrote lasts; not for a thread that serves others.
struct OperatorDesk: Sendable {
    let services: OperationsServices
    /// Who asks.
    let actor: String
    /// Milliseconds since 1970.
    let now: Int64

    /// How long writing may take, in milliseconds.
    private static let timeout = 10_000
    /// The longest reason, in bytes.
    private static let longestReason = 1_000

    /// Lets a pair stand still until it is resumed.
    func pause(_ pair: TopicPair, reason: String) throws(Problem) {
        let reason = try Self.checked(reason)
        try put(.pause(.init(pair: pair.name, actor: actor, reason: reason, time: now)))
        services.audit.record(AuditEvent(.pairPaused, pair: pair.name, actor: actor, purpose: reason))
    }

    /// Lets a paused pair go on.
    func resume(_ pair: TopicPair, reason: String) throws(Problem) {
        let reason = try Self.checked(reason)
        let control = try store()
        guard control.state.pause(ofPair: pair.name) != nil else { throw Problem(.conflict, "The pair is not paused.") }
        do {
            try control.remove(.pause(pair: pair.name), within: Self.timeout)
        } catch {
            throw Self.problem(error)
        }
        services.audit.record(AuditEvent(.pairResumed, pair: pair.name, actor: actor, purpose: reason))
    }

    /// Has a record left out at which a partition stands halted.
    func skip(
        _ pair: TopicPair, _ status: PairStatus, topic: String?, partition: Int32, offset: Int64, reason: String
    ) throws(Problem) {
        let reason = try Self.checked(reason)
        let topic = try sourceTopic(of: pair, topic)
        guard partition >= 0, offset >= 0, offset < .max else {
            throw Problem(.badRequest, "Partition and offset are counted from 0.")
        }
        // What another process holds is not known here; its worker looks again at any rate.
        let held = status.workers.flatMap(\.partitions).first { $0.topic == topic && $0.partition == partition }
        if let held, held.halt == nil || held.next != offset {
            let place = held.halt == nil ? "does not stand still" : "stands at offset \(held.next)"
            throw Problem(.conflict, "The partition \(place).")
        }
        try put(
            .skip(
                .init(
                    pair: pair.name, topic: topic, partition: partition, offset: offset, actor: actor, reason: reason,
                    time: now)))
        services.audit.record(
            AuditEvent(
                .skipRequested, pair: pair.name, topic: topic, partition: partition, offset: offset, actor: actor,
                purpose: reason))
    }

    // MARK: Leases

    /// The leases that hold.
    func leases(of pair: TopicPair) throws(Problem) -> [LeaseReport] {
        do {
            return try leaseDesk.leases(ofPair: pair.name).map(LeaseReport.init)
        } catch {
            throw Problem(error)
        }
    }

    /// Takes a lease.
    func take(_ pair: TopicPair, seconds: Int, reason: String) throws(Problem) -> LeaseReport {
        do {
            return LeaseReport(
                try leaseDesk.take(pair: pair.name, for: Self.milliseconds(seconds), actor: actor, reason: reason))
        } catch {
            throw Problem(error)
        }
    }

    /// Lets a lease last for so long from now.
    func renew(_ pair: TopicPair, id: String, seconds: Int) throws(Problem) -> LeaseReport {
        do {
            return LeaseReport(
                try leaseDesk.renew(pair: pair.name, id: id, for: Self.milliseconds(seconds), actor: actor))
        } catch {
            throw Problem(error)
        }
    }

    /// Gives a lease back.
    func release(_ pair: TopicPair, id: String) throws(Problem) {
        do {
            try leaseDesk.release(pair: pair.name, id: id, actor: actor)
        } catch {
            throw Problem(error)
        }
    }

    private var leaseDesk: LeaseDesk {
        LeaseDesk(
            pairs: services.pairs().map(\.pair),
            services: PairServices(audit: services.audit, control: services.control))
    }

    /// Too long a time becomes the longest there is, which is refused too.
    private static func milliseconds(_ seconds: Int) -> Int64 {
        let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : product
    }

    // MARK: Checks

    private func sourceTopic(of pair: TopicPair, _ topic: String?) throws(Problem) -> String {
        guard pair.readsPattern else {
            guard topic == nil || topic == pair.source else {
                throw Problem(.badRequest, "The pair does not read that topic.")
            }
            return pair.source
        }
        guard let topic else { throw Problem(.badRequest, "The pair reads several topics; name one as \"topic\".") }
        let verdict = try? pair.makeSelection()?.verdict(on: topic)
        guard case .read? = verdict else { throw Problem(.badRequest, "The pair does not read that topic.") }
        return topic
    }

    /// A reason that can be put on record.
    static func checked(_ reason: String) throws(Problem) -> String {
        let isPlain = reason.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPlain, 1...longestReason ~= reason.utf8.count, !reason.allSatisfy(\.isWhitespace) else {
            throw Problem(
                .badRequest, "\"reason\" takes a text of one line, of 1 to \(longestReason) bytes.")
        }
        return reason
    }

    private func store() throws(Problem) -> any ControlStore {
        guard let control = services.control else {
            throw Problem(
                .serviceUnavailable, "No control topic is configured, where this would be kept; set control.topic.")
        }
        guard control.isCaughtUp else {
            throw Problem(.serviceUnavailable, "The control topic has not been read to its end yet; try again.")
        }
        return control
    }

    private func put(_ entry: ControlEntry) throws(Problem) {
        let control = try store()
        do {
            try control.put(entry, within: Self.timeout)
        } catch {
            throw Self.problem(error)
        }
    }

    fileprivate static func problem(_ error: PipelineError) -> Problem {
        Problem(.serviceUnavailable, "The control topic can't be written: \(error)")
    }
}

extension Problem {
    /// Why the desk gave out no lease.
    fileprivate init(_ error: LeaseError) {
        switch error {
        case .noPair, .noLease: self.init(.notFound, "There is no such lease, or not any more.")
        case .notLeased: self.init(.conflict, "The pair takes no leases; set demand.leases to true.")
        case .noControl, .notReady, .control: self.init(.serviceUnavailable, Self.sentence(error))
        case .timeOutOfRange, .text: self.init(.badRequest, Self.sentence(error))
        case .tooMany: self.init(.conflict, Self.sentence(error))
        }
    }

    private static func sentence(_ error: LeaseError) -> String {
        let text = "\(error)"
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
