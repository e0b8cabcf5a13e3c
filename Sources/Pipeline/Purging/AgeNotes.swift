/// When a partition had been written how far: tells up to where its records are older than they may be.
///
/// A record is at least as old as the first note that lies behind it, and at most one interval older than that note.
struct AgeNotes: Equatable {
    typealias Note = ControlEntry.PurgeNotes.Note

    /// How old records may become, in milliseconds.
    let age: Int64
    /// The notes, by offset.
    private(set) var notes: [Note]

    /// More notes are not kept; where an age needs more at one a minute, they are taken less often.
    static let most: Int64 = 120
    /// How often a note is taken, unless the age is short or long, in milliseconds.
    static let usualInterval: Int64 = 60_000

    /// Makes notes.
    ///
    /// - Parameter notes: notes of an earlier life, whoever wrote them.
    init(age: Int64, notes: [Note] = []) {
        self.age = age
        self.notes = Array(
            notes.filter { $0.endOffset >= 0 && $0.time >= 0 }.sorted { $0.endOffset < $1.endOffset }.suffix(1_000))
    }

    /// How often a note is taken, in milliseconds.
    var interval: Int64 { Self.interval(age: age) }

    /// How often a note is taken for an age, in milliseconds.
    static func interval(age: Int64) -> Int64 {
        max(min(usualInterval, max(age / 10, 1_000)), age / most)
    }

    /// The partition's records end here now.
    ///
    /// - Returns: whether that was worth a note.
    mutating func look(endOffset: Int64, now: Int64) -> Bool {
        // Behind what was noted: it is another topic of the same name.
        let before = notes.count
        notes.removeAll { $0.endOffset > endOffset }
        guard let last = notes.last else {
            guard endOffset > 0 else { return before > 0 }
            notes.append(Note(time: now, endOffset: endOffset))
            return true
        }
        guard last.endOffset < endOffset, now < last.time || now - last.time >= interval else {
            return notes.count != before
        }
        notes.append(Note(time: now, endOffset: endOffset))
        return true
    }

    /// Up to which offset records are too old; nil where none are.
    func due(now: Int64) -> Int64? {
        let (limit, overflow) = now.subtractingReportingOverflow(age)
        return overflow ? nil : notes.last { $0.time <= limit }?.endOffset
    }

    /// The records before `offset` are gone.
    mutating func forget(before offset: Int64) {
        notes.removeAll { $0.endOffset <= offset }
    }
}
