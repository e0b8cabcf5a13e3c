import Records

/// A pure step: one record in, one record or a typed error out.
///
/// Not thread-safe: a worker owns one. It knows no Kafka handle and no clock but the time it is given.
public protocol RecordTransform: AnyObject {
    /// Transforms `record`.
    ///
    /// - Parameters:
    ///   - record: the source record; its bytes must stay valid until the result has been used.
    ///   - now: milliseconds on a monotonic clock, the same for all calls in a process.
    /// - Returns: the record to write, partition and timestamp kept, topic still the source's; it borrows from `record`
    ///   and from the transform's own buffers, and is valid until the next call.
    /// - Throws: an error that names the reason and the field, never a value. A transient one may name what is needed.
    func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView

    /// Why the last record was passed on as it came, or with default values, where a policy said so; nil where it was
    /// transformed.
    var passedOn: TransformError? { get }

    /// Waits until what a transient error asked for is there, at most `milliseconds`.
    ///
    /// - Returns: whether it is worth transforming the same record again at once.
    func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool

    /// Lets go of data keys whose time is over, so that they are wiped also where no record comes that would replace
    /// them; called between records, when there are none for a while.
    func releaseExpired(now: Int64)
}

extension RecordTransform {
    /// A transform without such a policy passes nothing on.
    public var passedOn: TransformError? { nil }

    /// A transform without data keys has none to let go.
    public func releaseExpired(now: Int64) {}
}
