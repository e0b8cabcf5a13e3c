import ArgumentParser
import Configuration
import Foundation
import Pipeline

/// `fieldseal lease`: asks a pair for its records for a while.
struct LeaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease",
        abstract: "Takes, renews, releases or lists the leases of a pair that works on demand.",
        discussion: """
            While somebody holds a lease, the pair writes records to its target, wherever it runs. A lease ends by itself, \
            or when it is released. Leases are kept in the control topic; the pair needs demand.leases: true. Who, why and \
            how long go to the audit trail. A lease is printed as its id, its end, who holds it, and why.

            Exits with 0, with 2 where the pair takes no leases or there is no such lease, with 4 where Kafka does not \
            answer, with 5 where it refuses.

            Examples:
              fieldseal lease -c fieldseal.yaml --pair customers-clear --ttl 15m --reason "ticket 4711"
              fieldseal lease -c fieldseal.yaml --pair customers-clear --list
              fieldseal lease -c fieldseal.yaml --pair customers-clear --renew e27306767bc08da3 --ttl 30m
              fieldseal lease -c fieldseal.yaml --pair customers-clear --release e27306767bc08da3
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "The pair.")
    var pair: String

    @Option(help: "How long the lease lasts: 30s, 15m, 1h; at most 7 days.")
    var ttl: TimeSpan?

    @Option(help: "Why, for the audit trail; needed for a new lease.")
    var reason: String?

    @Option(name: .customLong("as"), help: "Who you are, for the audit trail; your login name where it is left out.")
    var actor: String = OperatorOptions.loginName

    @Flag(help: "List the leases that hold.")
    var list = false

    @Option(help: "Let the lease with this id last --ttl from now.")
    var renew: String?

    @Option(help: "Give the lease with this id back.")
    var release: String?

    func validate() throws {
        guard [list, renew != nil, release != nil].count(where: \.self) <= 1 else {
            throw ValidationError("--list, --renew and --release exclude each other.")
        }
        if list || release != nil {
            guard ttl == nil, reason == nil else {
                throw ValidationError("--ttl and --reason are for a lease that begins.")
            }
            return
        }
        guard ttl != nil else { throw ValidationError("Say by --ttl how long the lease is to last.") }
        guard (reason == nil) == (renew != nil) else {
            throw ValidationError("A new lease needs a --reason; a renewed one keeps its own.")
        }
    }

    func run() async throws {
        let configuration = try options.load()
        _ = try configuration.index(ofPair: pair)
        let access = try await ControlAccess(configuration)
        let desk = LeaseDesk(pairs: configuration.pairs.map(\.topics), services: access.services)
        let result = Result { () throws(LeaseError) in try act(desk) }
        await access.finish()
        do {
            for line in try result.get() { print(line) }
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
    }

    private func act(_ desk: LeaseDesk) throws(LeaseError) -> [String] {
        if let release {
            try desk.release(pair: pair, id: release, actor: actor)
            return ["\(release): released"]
        }
        if let renew {
            return [Self.line(try desk.renew(pair: pair, id: renew, for: ttl?.milliseconds ?? 0, actor: actor))]
        }
        if list {
            let leases = try desk.leases(ofPair: pair)
            return leases.isEmpty ? ["\(pair): no leases"] : leases.map(Self.line)
        }
        let lease = try desk.take(pair: pair, for: ttl?.milliseconds ?? 0, actor: actor, reason: reason ?? "")
        return [Self.line(lease)]
    }

    private static func line(_ lease: ControlEntry.Lease) -> String {
        let end = Date(timeIntervalSince1970: Double(lease.expiresAt) / 1_000).formatted(.iso8601)
        return "\(lease.id)  until \(end)  \(lease.actor): \(lease.reason)"
    }
}

extension LeaseError {
    /// The exit code that tells what kind of failure it is.
    fileprivate var exitStatus: ExitCode {
        switch self {
        case .noPair, .notLeased, .noControl, .noLease, .timeOutOfRange, .text, .tooMany: ExitStatus.configuration
        case .notReady: ExitStatus.unavailable
        case .control(let error): error.exitStatus
        }
    }
}
