import KeyManagement
import Records
import Transform

/// Runs a transform as a worker does: what it lacks is obtained, then the record comes again.
enum RecordRun {
    /// What `use` makes of the record that came out; nil where the record was refused.
    static func result<Result>(
        of transform: any RecordTransform, _ record: RecordView, _ use: (RecordView) -> Result
    ) -> Result? {
        for _ in 0..<400 {
            do throws(TransformError) {
                return use(try transform.transform(record, now: DataKeyCache.now()))
            } catch {
                _ = error.description
                guard let need = error.need, transform.obtain(need, within: 10_000) else { return nil }
            }
        }
        return nil
    }
}
