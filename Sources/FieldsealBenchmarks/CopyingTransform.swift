import Records
import Transform

/// Passes every record on as it is: what the worker does besides transforming.
final class CopyingTransform: RecordTransform {
    func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView { record }

    func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { false }
}
