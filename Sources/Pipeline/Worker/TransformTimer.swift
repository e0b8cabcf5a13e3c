package import Records
package import Transform

/// Takes the time of one transform in some, since a look at the clock costs as much as a field.
package enum TransformTimer {
    /// The time of one record in 32 is taken: a mask for the number of the record.
    private static let mask: UInt64 = 31

    /// Transforms a record, and counts how long that took where it is its turn; a transform that fails is not counted, since
    /// it may only wait for a key.
    ///
    /// - Parameter number: how many records came before it.
    @inline(__always)
    package static func transform(
        _ record: RecordView, by transform: any RecordTransform, now: Int64, number: UInt64,
        into times: inout DurationHistogram
    ) throws(TransformError) -> RecordView {
        guard number & mask == 0 else { return try transform.transform(record, now: now) }
        let start = MonotonicClock.nanoseconds()
        let result = try transform.transform(record, now: now)
        times.add(MonotonicClock.nanoseconds() &- start)
        return result
    }
}
