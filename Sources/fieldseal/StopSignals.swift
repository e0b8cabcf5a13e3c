import Dispatch
import Foundation

/// SIGINT and SIGTERM while a job runs that ends in order when it is asked to.
struct StopSignals {
    private let sources: [any DispatchSourceSignal]

    /// Calls `stop`, on a thread of the system's, with each of the signals from now on.
    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
    }

    /// Ignores the signals from now on: the job is at its end.
    func cancel() {
        for source in sources { source.cancel() }
    }
}
