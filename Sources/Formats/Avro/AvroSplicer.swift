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
        _ payload: UnsafeRawBufferPointer, matches: UnsafeBufferPointer<FieldMatch>,
        blocks: UnsafeBufferPointer<AvroBlock>,
        ends: UnsafeBufferPointer<Int>, of replacements: UnsafeRawBufferPointer, into out: OutputBuffer
    ) {
        precondition(ends.count == matches.count)
        measure(matches, blocks, ends)
        // Room for all that can come, so that it is looked for once.
        let numbers = (matches.count + blocks.count) * AvroVarint.maximumCount
        let begin = out.reserve(payload.count + replacements.count + numbers)
        var end = begin
        var block = 0
        var position = 0
        var start = 0
        for index in 0..<matches.count {
            let token = matches[index].token
            while block < blocks.count, blocks[block].sizeField.lowerBound < token.lowerBound {
                let field = blocks[block].sizeField
                Self.copy(payload.bytes(in: position..<field.lowerBound), to: &end)
                AvroVarint.write(Int64(sizes[block]), to: &end)
                position = field.upperBound
                block += 1
            }
            Self.copy(payload.bytes(in: position..<token.lowerBound), to: &end)
            position = token.upperBound
            let replacement = replacements.bytes(in: start..<ends[index])
            start = ends[index]
            if matches[index].isLengthPrefixed { AvroVarint.write(Int64(replacement.count), to: &end) }
            Self.copy(replacement, to: &end)
        }
        Self.copy(payload.bytes(in: position..<payload.count), to: &end)
        out.commit(end - begin)
    }

    /// Copies bytes to where `out` points, and moves that on behind them.
    @inline(__always)
    private static func copy(_ bytes: UnsafeRawBufferPointer, to out: inout UnsafeMutableRawPointer) {
        guard let source = bytes.baseAddress else { return }
        out.copyMemory(from: source, byteCount: bytes.count)
        out += bytes.count
    }

    /// Finds the blocks' new sizes, the last to begin first, since a size depends on the sizes of the blocks within.
    private mutating func measure(
        _ matches: UnsafeBufferPointer<FieldMatch>, _ blocks: UnsafeBufferPointer<AvroBlock>,
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
