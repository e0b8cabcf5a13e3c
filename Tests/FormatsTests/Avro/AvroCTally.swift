import AvroCJudge
import Testing

/// What avro-c, Apache's library for C, says to many cases.
///
/// It has limits of its own (found with 1.11.1): it makes no value of a fixed type of no bytes, and no list of elements
/// that take no memory. A case whose schema has such a type may be refused, and any other may not.
struct AvroCTally {
    private var read = 0
    private var excused = 0

    mutating func judge(_ schema: String, _ data: [[UInt8]], _ comment: Comment) {
        do throws(AvroCReader.Refusal) {
            let reader = try AvroCReader(schema: schema)
            for datum in data { try reader.read(datum) }
            read += 1
        } catch {
            let isBeyondIt = schema.contains("\"size\":0") || schema.contains("\"fields\":[]")
            #expect(isBeyondIt && error == .datum, "\(error) \(comment)")
            excused += 1
        }
    }

    /// Expects that nearly all cases were read: what is excused must not hide what is wrong.
    func expectMost(of cases: Int) {
        #expect(read + excused == cases)
        #expect(excused <= cases / 10, "\(excused) of \(cases)")
    }
}
