import Configuration
import KeyManagement
import Logging
import Operations
import Pipeline
import Synchronization

/// What runs by the configuration in force, and how another one is put in its place.
final class RunningConfiguration: Sendable {
    private struct State {
        var assembly: Assembly
        var status: ConfigurationStatus
    }

    /// What runs the pairs.
    let supervisor: PairSupervisor
    private let state: Mutex<State>
    private let audit: any AuditTrail
    private let logger: Logger
    /// The longest refusal that is kept, in characters.
    private static let longestRefusal = 4_000

    /// Makes everything that the configuration asks for; nothing is started yet.
    init(_ configuration: FieldsealConfiguration, audit: any AuditTrail, logger: Logger) throws {
        self.audit = audit
        self.logger = logger
        let assembly = try Assembly(configuration, logger: logger, audit: audit)
        let status = ConfigurationStatus(hash: configuration.hash, loadedAt: ControlAccess.now)
        state = Mutex(State(assembly: assembly, status: status))
        let runners = configuration.pairs.indices.map {
            Self.makeRunner(ofPair: $0, assembly: assembly, audit: audit, logger: logger)
        }
        supervisor = PairSupervisor(runners, logger: logger)
        audit.record(AuditEvent(.configurationLoaded, details: ["hash": configuration.hash]))
    }

    private static func makeRunner(
        ofPair index: Int, assembly: Assembly, audit: any AuditTrail, logger: Logger
    ) -> PairRunner {
        let pair = assembly.configuration.topics(ofPair: index)
        let services = PairServices(audit: audit, control: assembly.control)
        return PairRunner(
            pair: pair, logger: logger, services: services,
            makeDeadLetterSealer: assembly.deadLetterSealers(ofPair: index)
        ) { pair in
            try assembly.transform(ofPair: index, target: pair.target)
        }
    }

    /// The parts that the configuration in force is made of.
    var assembly: Assembly { state.withLock { $0.assembly } }

    /// Which configuration is in force, and what became of later ones.
    var status: ConfigurationStatus { state.withLock { $0.status } }

    /// Tells in the log, soon, which keys can't be used.
    func beginKeyChecks() {
        let assembly = assembly
        for index in assembly.configuration.pairs.indices { assembly.beginKeyCheck(ofPair: index, logger: logger) }
    }

    /// Forgets all keys and ends the background threads.
    func shutDown() {
        assembly.shutDown()
    }

    // MARK: Another configuration

    /// What would change.
    func change(to configuration: FieldsealConfiguration) -> ConfigurationChange {
        ConfigurationChange(from: assembly.configuration, to: configuration)
    }

    /// Puts `configuration` in force: pairs that are the same in both notice nothing, the others finish what is open and stop,
    /// and start anew where they are still wanted. Where that can't be done nothing is changed.
    func apply(_ configuration: FieldsealConfiguration) async {
        let old = assembly
        let change = ConfigurationChange(from: old.configuration, to: configuration)
        guard change.needsRestart.isEmpty else {
            let keys = change.needsRestart.joined(separator: ", ")
            return refuse("A change of \(keys) takes a restart; nothing of the file was put in force.")
        }
        guard !configuration.pairs.isEmpty else {
            return refuse("None of the pairs that --pair names is in the file any more.")
        }
        let new: Assembly
        do {
            new = try Assembly(configuration, logger: logger, audit: audit, reusing: old)
        } catch {
            return refuse("\(error)")
        }
        let kept = supervisor.runners.filter { !(change.changed + change.removed).contains($0.pair.name) }
        let runners = configuration.pairs.indices.map { index in
            kept.first { $0.pair.name == configuration.pairs[index].topics.name }
                ?? Self.makeRunner(ofPair: index, assembly: new, audit: audit, logger: logger)
        }
        await supervisor.replace(with: runners) { leaving in
            let successor = configuration.pairs.first { $0.topics.name == leaving.pair.name }?.topics
            // Places in the group that nobody comes back to would keep their partitions waiting.
            return successor?.groupID != leaving.pair.groupID || (successor?.workers ?? 0) < leaving.pair.workers
        }
        putInForce(new, change)
        old.shutDown(for: new)
        for (index, runner) in runners.enumerated() where !kept.contains(where: { $0 === runner }) {
            new.beginKeyCheck(ofPair: index, logger: logger)
        }
    }

    private func putInForce(_ assembly: Assembly, _ change: ConfigurationChange) {
        let hash = assembly.configuration.hash
        state.withLock { state in
            state.assembly = assembly
            state.status.hash = hash
            state.status.loadedAt = ControlAccess.now
            state.status.refusal = nil
            state.status.applied += 1
        }
        var details = ["hash": hash]
        for (name, pairs) in [("added", change.added), ("removed", change.removed), ("changed", change.changed)]
        where !pairs.isEmpty {
            details[name] = pairs.joined(separator: ",")
        }
        audit.record(AuditEvent(.configurationLoaded, details: details))
        logger.notice("The configuration was loaded anew", metadata: details.mapValues { "\($0)" })
    }

    /// Goes on with the configuration in force, and says why; once for each reason.
    func refuse(_ reason: String) {
        let reason = String(reason.prefix(Self.longestRefusal))
        let isNew = state.withLock { state in
            guard state.status.refusal != reason else { return false }
            state.status.refusal = reason
            state.status.refused += 1
            return true
        }
        guard isNew else { return }
        logger.error(
            "The configuration file is refused; the process goes on with the one that it has",
            metadata: ["error": "\(reason)"])
        audit.record(AuditEvent(.configurationRefused, message: reason))
    }

    /// The file is what is in force again.
    func settle() {
        state.withLock { $0.status.refusal = nil }
    }
}
