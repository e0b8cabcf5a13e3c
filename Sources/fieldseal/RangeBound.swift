import ArgumentParser
import Foundation
import Pipeline

/// Where a range of a topic begins or ends, on the command line: an RFC 3339 time, `end`, or `PARTITION:OFFSET,...`.
struct RangeBound: ExpressibleByArgument {
    let bound: TopicRange.Bound
    /// As it was given.
    let text: String

    init?(argument: String) {
        text = argument
        if argument == "end" {
            bound = .end
        } else if let offsets = Self.offsets(argument) {
            bound = .offsets(offsets)
        } else if let time = Self.milliseconds(argument) {
            bound = .time(time)
        } else {
            return nil
        }
    }

    private static func offsets(_ text: String) -> [Int32: Int64]? {
        var offsets: [Int32: Int64] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let partition = Int32(numbers[0]), let offset = Int64(numbers[1]),
                partition >= 0, offset >= 0, offsets.updateValue(offset, forKey: partition) == nil
            else { return nil }
        }
        return offsets
    }

    private static func milliseconds(_ text: String) -> Int64? {
        for hasFraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
            guard let date = try? style.parse(text) else { continue }
            let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
            return (0...253_402_300_799_999).contains(milliseconds) ? Int64(milliseconds) : nil
        }
        return nil
    }
}
