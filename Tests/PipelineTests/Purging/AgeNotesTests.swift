import Testing

@testable import Pipeline

@Suite("How old a partition's records are")
struct AgeNotesTests {
    @Test("Records are due when the first note behind them is old enough, and no sooner")
    func due() {
        var notes = AgeNotes(age: 600_000)
        #expect(notes.look(endOffset: 10, now: 1_000_000) == true)
        #expect(notes.look(endOffset: 12, now: 1_059_999) == false)
        #expect(notes.look(endOffset: 15, now: 1_060_000) == true)
        #expect(notes.due(now: 1_599_999) == nil)
        #expect(notes.due(now: 1_600_000) == 10)
        #expect(notes.due(now: 1_660_000) == 15)
        notes.forget(before: 10)
        #expect(notes.due(now: 1_600_000) == nil)
        #expect(notes.notes.map(\.endOffset) == [15])
    }

    @Test("Where nothing was written nothing is noted, and an empty partition has no notes")
    func quiet() {
        var notes = AgeNotes(age: 600_000)
        #expect(notes.look(endOffset: 0, now: 0) == false)
        #expect(notes.look(endOffset: 3, now: 0) == true)
        for minute in 1..<500 { #expect(notes.look(endOffset: 3, now: Int64(minute) * 60_000) == false) }
        #expect(notes.notes.count == 1)
    }

    @Test("A partition that ends before what was noted is another one: its records count anew")
    func recreated() {
        var notes = AgeNotes(age: 600_000)
        _ = notes.look(endOffset: 100, now: 0)
        #expect(notes.look(endOffset: 5, now: 590_000) == true)
        #expect(notes.due(now: 700_000) == nil)
        #expect(notes.due(now: 1_190_000) == 5)
    }

    @Test("A clock that was set back stops no notes")
    func setBack() {
        var notes = AgeNotes(age: 600_000)
        _ = notes.look(endOffset: 5, now: 9_000_000)
        #expect(notes.look(endOffset: 9, now: 1_000_000) == true)
        #expect(notes.due(now: 1_600_000) == 9)
    }

    @Test("However long the age, notes stay few", arguments: [10_000, 60_000, 86_400_000, 90 * 86_400_000] as [Int64])
    func few(age: Int64) {
        var notes = AgeNotes(age: age)
        var now: Int64 = 0
        for round in 1...5_000 {
            now += max(age / 1_000, 1)
            _ = notes.look(endOffset: Int64(round), now: now)
            if let due = notes.due(now: now) { notes.forget(before: due) }
        }
        #expect(notes.notes.count <= 125)
        #expect(notes.notes.count > 5)
    }

    @Test("Notes of anyone's writing trap nothing")
    func hostile() {
        var notes = AgeNotes(
            age: .max,
            notes: [.init(time: .min, endOffset: .max), .init(time: .max, endOffset: -5), .init(time: 5, endOffset: 5)])
        _ = notes.look(endOffset: .max, now: 10)
        _ = notes.look(endOffset: 7, now: .max)
        _ = notes.due(now: .min)
        _ = notes.due(now: .max)
    }
}
