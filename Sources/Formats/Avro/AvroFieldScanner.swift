import Records

/// Finds the fields to seal in Avro binary data, and puts other bytes in their place.
///
/// One per worker, used for one payload after another; it allocates nothing once its buffers have grown.
public final class AvroFieldScanner {
    private var walk: AvroWalk
    private var splicer = AvroSplicer()
    /// The plan whose spelled paths `paths` begins with.
    private var spelled: AvroPlan?
    private var spelledCount = 0

    /// The concrete paths of the matches, in canonical spelling, by `FieldMatch.path`; valid until the next scan.
    public let paths: OutputBuffer

    /// What the last scan found, in the order of the payload. A copy kept beyond the next scan costs an allocation.
    public var matches: UnsafeBufferPointer<FieldMatch> { walk.matches.views }

    /// Makes a scanner with empty buffers.
    public init() {
        paths = OutputBuffer()
        walk = AvroWalk(paths: paths)
    }

    /// Checks that a payload is exactly one datum of the plan's schema, in Avro's binary encoding without framing, and
    /// finds the fields that its rules seal. A null has no match.
    ///
    /// Plain and sealed data of one shape give the same matches but for their ranges.
    ///
    /// - Throws: `FormatError`, `malformed` where the payload is not valid, and `refused` where the original could not
    ///   be restored: a key that comes twice in a map on a sealed path, or an overlong spelling of a sealed string's
    ///   length or of the byte size of a block with a sealed field. The matches are then not to be used.
    public func scan(_ payload: UnsafeRawBufferPointer, plan: AvroPlan) throws(FormatError) {
        if plan !== spelled { spell(plan) }
        paths.truncate(to: spelledCount)
        try walk.datum(payload, plan: plan)
    }

    private func spell(_ plan: AvroPlan) {
        paths.removeAll()
        paths.append(plan.spelledPaths)
        spelledCount = paths.count
        spelled = plan
    }

    /// Appends the payload to `out` with every match's bytes replaced: a string's by the new bytes with their length
    /// before them, any other's by the new bytes as they are. The byte sizes of blocks around them
    /// are made to fit; every other byte is kept.
    ///
    /// - Parameters:
    ///   - payload: what the last scan read.
    ///   - ends: for each match, where in `replacements` the bytes end that take its place; they begin where the last
    ///     match's end.
    ///   - replacements: the new bytes of all matches, in order; may not lie in `out`.
    ///   - out: takes the result after what it holds.
    public func splice(
        _ payload: UnsafeRawBufferPointer, ends: UnsafeBufferPointer<Int>, of replacements: UnsafeRawBufferPointer,
        into out: OutputBuffer
    ) {
        splicer.splice(
            payload, matches: walk.matches.views, blocks: walk.blocks.views, ends: ends, of: replacements, into: out)
    }
}
