/// How many durations fell into each of sixteen ranges, and their sum: a value that needs no allocation.
public struct DurationHistogram: Hashable, Sendable {
    /// The unit of the ranges' bounds, in nanoseconds.
    public enum Scale: UInt64, CaseIterable, Sendable {
        /// Bounds from 1 us to 50 ms.
        case microseconds = 1_000
        /// Bounds from 100 us to 5 s.
        case tenthsOfMilliseconds = 100_000
    }

    /// What the bounds are multiples of.
    public let scale: Scale
    /// Durations in each range; those beyond the last bound are in the last.
    public private(set) var counts = SIMD16<UInt64>()
    /// All durations together, in nanoseconds.
    public private(set) var sum: UInt64 = 0

    /// The upper bounds of the first fifteen ranges, in units of the scale.
    private static let steps = SIMD16<UInt64>(
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, .max)

    /// Makes an empty one.
    public init(_ scale: Scale) {
        self.scale = scale
    }

    /// How many durations there are.
    public var count: UInt64 { counts.wrappedSum() }

    /// The upper bound of a range, in nanoseconds; nil for the last one.
    public func bound(_ range: Int) -> UInt64? {
        range < Self.steps.scalarCount - 1 ? Self.steps[range] * scale.rawValue : nil
    }

    /// Counts a duration, in nanoseconds.
    public mutating func add(_ nanoseconds: UInt64) {
        sum &+= nanoseconds
        // A bound belongs to its range.
        let units = nanoseconds == 0 ? 0 : (nanoseconds - 1) / scale.rawValue + 1
        var range = 0
        while range < Self.steps.scalarCount - 1, Self.steps[range] < units { range += 1 }
        counts[range] &+= 1
    }

    /// Counts what another has counted as well.
    public mutating func add(_ other: DurationHistogram) {
        counts &+= other.counts
        sum &+= other.sum
    }
}
