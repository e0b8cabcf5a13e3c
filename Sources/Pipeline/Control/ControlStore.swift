/// What operators and workers tell each other, wherever they run.
public protocol ControlStore: Sendable {
    /// What is known, as of the last record read; cheap, from any thread.
    var state: ControlState { get }

    /// Goes up with every change of `state`, so that a worker sees at a glance that there is something new.
    var version: Int { get }

    /// Whether the topic has been read to its end since the start: before, nothing may be decided by what it lacks.
    var isCaughtUp: Bool { get }

    /// Writes an entry for everyone, and waits until it lasts.
    ///
    /// Blocks for at most `milliseconds`; not for a worker's thread while its transaction is open.
    func put(_ entry: ControlEntry, within milliseconds: Int) throws(PipelineError)

    /// Takes an entry back for everyone, and waits until that lasts.
    func remove(_ key: ControlEntry.Key, within milliseconds: Int) throws(PipelineError)

    /// Takes an entry back for everyone without waiting, as a worker's thread needs it; nobody is told where that fails.
    func removeSoon(_ key: ControlEntry.Key)
}
