import Records
import Synchronization
import Transform

/// Another transform, with a note of the moment when the record after the last one that counts comes to it: by then all
/// before it are committed.
final class MeasuredTransform: RecordTransform {
    /// Clocks at one moment, in nanoseconds.
    struct Moment {
        var cpu = CPUClock.process()
        var wall = CPUClock.wall()
    }

    /// Where the moment is put for another thread to read.
    final class End: Sendable {
        private let moment = Mutex<Moment?>(nil)

        /// When it was; nil where it is still to come.
        var reached: Moment? { moment.withLock { $0 } }

        fileprivate func set() {
            let now = Moment()
            moment.withLock { $0 = now }
        }
    }

    private let inner: any RecordTransform
    private let end: End
    private var left: Int

    /// - Parameter count: how many records count.
    init(_ inner: any RecordTransform, count: Int, end: End) {
        self.inner = inner
        self.end = end
        left = count
    }

    func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        let result = try inner.transform(record, now: now)
        // Not before the inner one succeeds: a record that waits for a key comes again.
        if left == 0 { end.set() }
        left -= 1
        return result
    }

    func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { inner.obtain(need, within: milliseconds) }
}
