import KafkaClient
import Logging

/// Looks for demand on a pair, lets its workers work while there is some, and has its target purged when it has ended.
///
/// Belongs to one thread; blocks while it asks the cluster.
final class DemandMonitor {
    private let pair: TopicPair
    private let settings: DemandSettings
    private let sources: SourceTopics
    private let workers: any PairWorkers
    private let watch: GroupWatch
    private let purger: TargetPurger
    private let desk: LeaseDesk
    private let services: PairServices
    private let board: DemandBoard
    private let logger: Logger
    private var machine: DemandStateMachine

    /// The groups that were seen since the last purge.
    private var seen: Set<String> = []
    /// Whether `seen` misses groups of a former life.
    private var isFirst = true
    /// When a purge that is due is to be tried; nil where none is due.
    private var purgeAt: Int64?
    private var nextLook: Int64 = 0
    private var nextAgeLook: Int64 = 0
    private var nextTidying: Int64 = 0
    private var beganAt: Int64 = 0
    private var lastFailure: String?

    /// How often leases and the time are looked at, in milliseconds.
    static let step: Int64 = 100
    /// How often what has run out is removed, in milliseconds.
    private static let tidyingInterval: Int64 = 1_000
    /// How long an instance that is not the first to tidy up waits, in milliseconds.
    private static let grace: Int64 = 60_000
    /// How long after a failed purge it is tried again, in milliseconds.
    private static let purgeRetry: Int64 = 5_000

    init(
        pair: TopicPair, settings: DemandSettings, sources: SourceTopics, workers: any PairWorkers,
        admin: any ClusterAdmin, services: PairServices, board: DemandBoard, logger: Logger
    ) {
        self.pair = pair
        self.settings = settings
        self.sources = sources
        self.workers = workers
        self.services = services
        self.board = board
        self.logger = logger
        watch = GroupWatch(pair: pair.name, settings: settings, admin: admin, logger: logger)
        purger = TargetPurger(
            pair: pair, settings: settings, admin: admin, services: services, board: board, logger: logger)
        desk = LeaseDesk(pairs: [pair], services: services)
        machine = DemandStateMachine(
            consumers: settings.consumers, leases: settings.leases && services.control != nil,
            idleAfter: Int64(settings.idleAfterMilliseconds))
    }

    /// Goes on until `isStopped`.
    func run(until isStopped: () -> Bool) {
        while !isStopped() {
            step(now: MonotonicClock.now())
            MonotonicClock.sleep(milliseconds: Self.step)
        }
    }

    /// One round.
    ///
    /// - Parameter now: milliseconds of a clock that only goes forward.
    func step(now: Int64) {
        lookAtLeases()
        if settings.consumers, now >= nextLook {
            nextLook = now + Int64(settings.checkIntervalMilliseconds)
            lookAtGroups(now: now)
        }
        switch machine.tick(now: now) {
        case .none: break
        case .begin(let reasons): begin(reasons, now: now)
        case .end(let reasons): end(reasons, now: now)
        case .settle: purgeAt = now
        }
        publish()
        purgeIfDue(now: now)
        deleteOld(now: now)
        tidyUp(now: now)
    }

    private func publish() {
        var status = DemandStatus()
        status.isActive = machine.isWorking
        for reason in machine.reasons.sorted() {
            switch reason {
            case .group(let name): status.groups.append(name)
            case .lease(let id): status.leases.append(id)
            }
        }
        board.publish(status)
    }

    private func lookAtLeases() {
        guard settings.leases, let control = services.control, control.isCaughtUp else { return }
        let now = WallClock.now()
        machine.looked(
            leases: Set(control.state.leases(ofPair: pair.name).filter { $0.expiresAt > now }.map(\.id)))
    }

    private func lookAtGroups(now: Int64) {
        do {
            let groups = try watch.look(at: targets(), now: now)
            seen.formUnion(groups)
            machine.looked(groups: groups)
            lastFailure = nil
        } catch {
            tell(error, "Consumer groups can't be looked at, so that demand stays as it was")
        }
    }

    /// Tells the same failure once.
    private func tell(_ error: any Error, _ message: Logger.Message) {
        let text = "\(message) \(error)"
        guard lastFailure != text else { return }
        lastFailure = text
        logger.warning(message, metadata: ["pair": "\(pair.name)", "error": "\(error)"])
    }

    // MARK: Beginning and end

    private func begin(_ reasons: Set<DemandStateMachine.Reason>, now: Int64) {
        purgeAt = nil
        beganAt = now
        workers.setIdle(false)
        let details = Self.details(of: reasons)
        logger.notice("Records are wanted: the pair works", metadata: metadata(details))
        services.audit.record(AuditEvent(.demandStarted, pair: pair.name, details: details))
    }

    private func end(_ reasons: Set<DemandStateMachine.Reason>, now: Int64) {
        workers.setIdle(true)
        purgeAt = now
        var details = Self.details(of: reasons)
        details["milliseconds"] = String(now - beganAt)
        logger.notice("Records are not wanted any more: the pair is idle", metadata: metadata(details))
        services.audit.record(AuditEvent(.demandEnded, pair: pair.name, details: details))
    }

    /// Names of groups and ids of leases, not too many.
    private static func details(of reasons: Set<DemandStateMachine.Reason>) -> [String: String] {
        var groups: [String] = []
        var leases: [String] = []
        for reason in reasons.sorted() {
            switch reason {
            case .group(let name): groups.append(name)
            case .lease(let id): leases.append(id)
            }
        }
        var details: [String: String] = [:]
        if !groups.isEmpty { details["groups"] = text(of: groups) }
        if !leases.isEmpty { details["leases"] = text(of: leases) }
        return details
    }

    private static func text(of names: [String]) -> String {
        let most = 20
        let more = names.count > most ? ", and \(names.count - most) more" : ""
        return names.prefix(most).joined(separator: ", ") + more
    }

    private func metadata(_ details: [String: String]) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["pair": "\(pair.name)"]
        for (name, value) in details { metadata[name] = "\(value)" }
        return metadata
    }

    // MARK: Forgetting

    /// Deletes what the policy says, once the workers stand still.
    private func purgeIfDue(now: Int64) {
        guard let due = purgeAt, now >= due, workers.areAtRest else { return }
        do {
            try purger.purge(ownTargets(), groups: seen, isComplete: isComplete)
            purgeAt = nil
            seen = []
            isFirst = false
        } catch {
            tell(error, "The target can't be purged; it is tried again")
            purgeAt = MonotonicClock.now() + Self.purgeRetry
        }
    }

    private var isComplete: Bool { settings.consumers && !isFirst }

    private func deleteOld(now: Int64) {
        guard let interval = purger.ageInterval, now >= nextAgeLook else { return }
        nextAgeLook = now + interval
        do {
            try purger.deleteOld(ownTargets(), groups: seen, isComplete: isComplete, now: WallClock.now())
        } catch {
            tell(error, "Old records of the target can't be deleted; it is tried again")
        }
    }

    /// Whoever has a first partition removes what has run out; others do so only where nobody else did.
    private func tidyUp(now: Int64) {
        guard settings.leases, now >= nextTidying else { return }
        nextTidying = now + Self.tidyingInterval
        let isFirst = workers.places.contains { $0.partition == 0 }
        desk.removeExpired(pair: pair.name, grace: isFirst ? 0 : Self.grace)
    }

    // MARK: Partitions

    /// The partitions of targets that belong to the source partitions of this process.
    private func ownTargets() -> [TopicPartition] {
        workers.places.compactMap { place in
            sources.topic(named: place.topic).map { TopicPartition(topic: $0.target, partition: place.partition) }
        }
    }

    /// All partitions of all targets.
    private func targets() -> [TopicPartition] {
        sources.all.flatMap { source in
            (0..<Int32(clamping: source.targetPartitions)).map { TopicPartition(topic: source.target, partition: $0) }
        }
    }
}
