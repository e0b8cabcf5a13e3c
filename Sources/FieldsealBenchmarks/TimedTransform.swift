import Pipeline
import Records
import Transform

/// Another transform, of which some times are taken as a worker does it.
final class TimedTransform: RecordTransform {
    private let inner: any RecordTransform
    private var number: UInt64 = 0
    private var times = DurationHistogram(.microseconds)

    init(_ inner: any RecordTransform) {
        self.inner = inner
    }

    func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        number &+= 1
        return try TransformTimer.transform(record, by: inner, now: now, number: number, into: &times)
    }

    func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { inner.obtain(need, within: milliseconds) }
}
