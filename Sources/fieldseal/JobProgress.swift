import Foundation

/// The lines on standard error that tell how far a job is, at most one a second and one at its end.
struct JobProgress {
    private let began = Date()
    private var toldAt = Date()

    /// Tells it, where it is time to.
    ///
    /// - Parameters:
    ///   - records: how many are done.
    ///   - remaining: how many offsets are left.
    mutating func tell(records: Int, remaining: Int64) {
        let now = Date()
        guard now.timeIntervalSince(toldAt) >= 1 || remaining == 0 else { return }
        toldAt = now
        let rate = Int(Double(records) / max(now.timeIntervalSince(began), 0.001))
        StandardError.write("\(records) records, \(rate) records/s, \(remaining) offsets remaining")
    }
}
