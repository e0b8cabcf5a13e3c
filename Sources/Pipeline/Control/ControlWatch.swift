import Synchronization

/// Carries what the control topic says about a pair to its workers.
final class ControlWatch: Sendable {
    /// How often it looks, in milliseconds.
    static let interval = 50

    private let pair: String
    private let services: PairServices
    private let seen = Atomic<Int>(-1)

    init(pair: String, services: PairServices) {
        self.pair = pair
        self.services = services
    }

    /// Looks once; whoever starts workers does that first, so that a paused pair does not begin.
    func look() {
        if services.audit.isAccepting { services.activity.clearIdle(code: IdleCause.auditFull.code) }
        guard let control = services.control else { return }
        let version = control.version
        guard seen.exchange(version, ordering: .relaxed) != version else { return }
        let isCaughtUp = control.isCaughtUp
        if let pause = control.state.pause(ofPair: pair) {
            services.activity.setIdle(.paused(pause))
        } else if isCaughtUp {
            services.activity.clearIdle(code: IdleCause.pausedCode)
        }
        if isCaughtUp {
            services.activity.clearIdle(code: IdleCause.controlUnread.code)
        } else {
            services.activity.setIdle(.controlUnread)
        }
        services.activity.noteChange()
    }

    /// Looks again and again until its task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: .milliseconds(Self.interval))) != nil { look() }
    }
}
