/// Why a lease was not taken, renewed or released.
public enum LeaseError: Error, Sendable, CustomStringConvertible {
    /// There is no such pair.
    case noPair(String)
    /// The pair does not take leases.
    case notLeased(pair: String)
    /// No control topic is configured.
    case noControl
    /// The control topic has not been read to its end yet.
    case notReady
    /// There is no such lease, or not any more.
    case noLease(pair: String, id: String)
    /// The time is not one that a lease may have.
    case timeOutOfRange
    /// The text that says who or why is missing or too long.
    case text(String)
    /// The pair has as many leases as it may have.
    case tooMany(pair: String)
    /// The control topic could not be read or written.
    case control(PipelineError)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .noPair(let pair): "there is no pair '\(pair)'."
        case .notLeased(let pair): "the pair '\(pair)' takes no leases; set demand.leases to true."
        case .noControl: "leases are kept in the control topic, and none is configured; set control.topic."
        case .notReady: "the control topic has not been read yet; try again."
        case .noLease(let pair, let id): "the pair '\(pair)' has no lease '\(id)'; it may have run out."
        case .timeOutOfRange:
            "a lease lasts from \(LeaseDesk.shortest / 1_000) second to \(LeaseDesk.longest / 86_400_000) days."
        case .text(let what): "\(what) must have from 1 to \(LeaseDesk.longestText) bytes, without control characters."
        case .tooMany(let pair): "the pair '\(pair)' has \(LeaseDesk.most) leases, which is the most; release some."
        case .control(let error): "\(error)"
        }
    }
}
