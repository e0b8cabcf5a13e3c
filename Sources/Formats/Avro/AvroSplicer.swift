import Records

/// Rewrites a scanned payload with other bytes in place of its matches.
struct AvroSplicer {
    /// By how many bytes the matches before an index grow together.
    private var growth: ContiguousArray<Int> = []
    /// The new byte size of each block.
    private var sizes: ContiguousArray<Int> = []
    /// By how many bytes the size fields of the blocks from an index on grow together.
    private var fieldGrowth: ContiguousArray<Int> = []

    mutating func splice(
        _ payload: UnsafeRawBufferPointer, matches: UnsafeBufferPointer<FieldMatch>, blocks: ContiguousArray<AvroBlock>,
        ends: UnsafeBufferPointer<Int>, of replacements: UnsafeRawBufferPointer, into out: OutputBuffer
    ) {
        precondition(ends.count == matches.count)
        measure(matches, blocks, ends)
        var block = 0
        var position = 0
        var start = 0
        for index in 0..<matches.count {
            let match = matches[index]
            let range = start..<ends[index]
            start = range.upperBound
            while block < blocks.count, blocks[block].sizeField.lowerBound < match.token.lowerBound {
                copy(payload, &position, to: blocks[block].sizeField, into: out)
                AvroVarint.append(length: sizes[block], to: out)
                block += 1
            }
            copy(payload, &position, to: match.token, into: out)
            if match.isLengthPrefixed { AvroVarint.append(length: range.count, to: out) }
            out.append(UnsafeRawBufferPointer(rebasing: replacements[range]))
        }
        copy(payload, &position, to: payload.count..<payload.count, into: out)
    }

    /// Copies what lies between the position and `gap`, and goes on after the gap.
    private func copy(
        _ payload: UnsafeRawBufferPointer, _ position: inout Int, to gap: Range<Int>, into out: OutputBuffer
    ) {
        out.append(UnsafeRawBufferPointer(rebasing: payload[position..<gap.lowerBound]))
        position = gap.upperBound
    }

    /// Finds the blocks' new sizes, the last to begin first, since a size depends on the sizes of the blocks within.
    private mutating func measure(
        _ matches: UnsafeBufferPointer<FieldMatch>, _ blocks: ContiguousArray<AvroBlock>,
        _ ends: UnsafeBufferPointer<Int>
    ) {
        guard !blocks.isEmpty else { return }
        growth.removeAll(keepingCapacity: true)
        var total = 0
        growth.append(0)
        for (index, match) in matches.enumerated() {
            let count = ends[index] - (index > 0 ? ends[index - 1] : 0)
            let length = match.isLengthPrefixed ? AvroVarint.size(ofLength: count) : 0
            total += length + count - match.token.count
            growth.append(total)
        }
        sizes.removeAll(keepingCapacity: true)
        fieldGrowth.removeAll(keepingCapacity: true)
        for _ in blocks { sizes.append(0) }
        for _ in 0...blocks.count { fieldGrowth.append(0) }
        for index in blocks.indices.reversed() {
            let block = blocks[index]
            sizes[index] =
                block.size + growth[block.matches.upperBound] - growth[block.matches.lowerBound]
                + fieldGrowth[index + 1] - fieldGrowth[block.end]
            fieldGrowth[index] =
                fieldGrowth[index + 1] + AvroVarint.size(ofLength: sizes[index]) - block.sizeField.count
        }
    }
}
