import Records

/// Walks a datum's bytes by a plan's steps, checks every one of them and notes the fields to seal.
///
/// Its pointers are set for the time of one scan, by `AvroFieldScanner`. Every read of the payload is checked against
/// `limit`; indices into steps and pool come from the compiler alone.
struct AvroWalk {
    /// How many elements and fields without any bytes a datum may have; a count alone could claim more than memory holds.
    private static let maximumEmptyValues = 65_536
    /// How long all concrete paths of a datum may be together, in bytes: long map keys repeat in each path below them.
    private static let maximumPathBytes = 16 << 20

    let matches = PlainList<FieldMatch>(capacity: 32)
    /// In the order in which they begin.
    let blocks = PlainList<AvroBlock>()
    let paths: OutputBuffer

    /// The path of the value that is being read, as far as fields to seal need it.
    private let prefix = OutputBuffer(capacity: 256)
    private var prefixCount = 0
    private var keys = AvroKeySet()
    private var maps = 0
    private var depth = 0
    private var emptyValues = 0

    private var steps: UnsafePointer<AvroStep>
    private var pool: UnsafePointer<UInt8>
    private var spelled: UnsafePointer<Range<Int>?>
    private var input: AvroCursor

    init(paths: OutputBuffer) {
        self.paths = paths
        let nowhere = paths.bytes.bytes(in: 0..<0)
        input = AvroCursor(nowhere)
        let unset = UnsafeRawPointer(nowhere.baseAddress.unsafelyUnwrapped)
        steps = unset.assumingMemoryBound(to: AvroStep.self)
        pool = unset.assumingMemoryBound(to: UInt8.self)
        spelled = unset.assumingMemoryBound(to: Range<Int>?.self)
    }

    /// Reads one datum, which must take up all of `payload`; `paths` begins with the plan's spelled ones.
    mutating func datum(_ payload: UnsafeRawBufferPointer, plan: AvroPlan) throws(FormatError) {
        steps = plan.steps
        pool = plan.pool
        spelled = plan.spelledRanges
        input = AvroCursor(payload)
        matches.removeAll()
        blocks.removeAll()
        prefix.removeAll()
        keys.removeAll()
        (prefixCount, maps, depth, emptyValues) = (0, 0, 0, 0)
        try run(plan.entry)
        try input.expectEnd()
    }

    /// Runs a program so many times, at least once: scalars by a copy of the cursor, which registers hold, and what leads
    /// elsewhere by the cursor itself.
    private mutating func run(_ program: Int, times: Int = 1) throws(FormatError) {
        let start = steps + program
        var step = start
        var left = times
        let base = prefixCount
        var input = input
        while true {
            switch step.pointee.operation {
            case .end, .leave:
                if step.pointee.operation == .leave { depth &-= 1 }
                left &-= 1
                guard left > 0 else {
                    self.input = input
                    return
                }
                step = start
                continue
            case .enter: try enter()
            case .exit: depth &-= 1
            case .jump:
                step += Int(step.pointee.operand)
                continue
            case .boolean: _ = try input.boolean()
            case .int: try input.skipInt()
            case .long: try input.skipLong()
            case .bytes: _ = try input.bytes()
            case .string: _ = try input.string()
            case .skip: _ = try input.bytes(Int(step.pointee.operand))
            case .enumeration: _ = try input.index(below: step.pointee.operand, "no symbol of the enum has this index")
            case .choice: break
            case .field:
                cutPrefix(to: base)
                if base > 0 { prefix.append(UInt8(ascii: ".")) }
                prefix.append(pooled(step))
                prefixCount = prefix.count
            case .union:
                let branch = try input.index(below: Int64(step.pointee.low), "no branch of the union has this index")
                let chosen = step + 1 + branch
                if chosen.pointee.operand > 0 {
                    step += Int(chosen.pointee.operand)
                    continue
                }
                if chosen.pointee.program >= 0 {
                    self.input = input
                    try run(Int(chosen.pointee.program))
                    input = self.input
                }
                step += step.pointee.high
                continue
            case .record, .array, .tracedArray, .map, .tracedMap, .seal, .sealString, .sealHiddenString:
                self.input = input
                try descend(&step)
                input = self.input
            }
            step += 1
        }
    }

    private mutating func descend(_ step: inout UnsafePointer<AvroStep>) throws(FormatError) {
        switch step.pointee.operation {
        case .record: try run(Int(step.pointee.program))
        case .array: try array(Int(step.pointee.program))
        case .tracedArray:
            try tracedArray(step)
            step += step.pointee.low
        case .map: try map(Int(step.pointee.program))
        case .tracedMap:
            try tracedMap(step)
            step += step.pointee.low
        case .seal: try seal(step)
        case .sealString: try sealString(step, .inline)
        default: try sealString(step, .header)
        }
    }

    @inline(__always)
    private mutating func enter() throws(FormatError) {
        depth += 1
        guard depth <= AvroPlan.maximumDepth else {
            throw malformed("nested deeper than 512 records, arrays and maps")
        }
    }

    private mutating func cutPrefix(to count: Int) {
        prefix.truncate(to: count)
        prefixCount = count
    }

    private func pooled(_ step: UnsafePointer<AvroStep>) -> UnsafeRawBufferPointer {
        let start = step.pointee.high
        return UnsafeRawBufferPointer(start: pool + start, count: step.pointee.low)
    }
}

/// Errors.
extension AvroWalk {
    private var position: Int { input.position }

    private func malformed(_ reason: StaticString) -> FormatError {
        input.malformed(reason)
    }

    @inline(never)
    private func refused(_ reason: StaticString, rule: Int) -> FormatError {
        FormatError(.refused, at: position, reason, rule: rule)
    }
}

/// Arrays and maps.
extension AvroWalk {
    /// Refuses a count of elements that the bytes left can't hold.
    @inline(__always)
    private mutating func check(_ count: Int, isEmpty: Bool = false) throws(FormatError) {
        if isEmpty { return try countEmpty(count) }
        guard count <= input.left else { throw input.endsEarly() }
    }

    private mutating func countEmpty(_ count: Int) throws(FormatError) {
        guard count <= Self.maximumEmptyValues - emptyValues else {
            throw malformed("over 65536 values take no bytes")
        }
        emptyValues += count
    }

    private mutating func array(_ element: Int) throws(FormatError) {
        try enter()
        while true {
            let head = try input.blockHead()
            if head.count == 0 { break }
            try check(head.count, isEmpty: element < 0)
            if element >= 0 { try run(element, times: head.count) }
            try input.checkEnd(head)
        }
        depth -= 1
    }

    private mutating func map(_ value: Int) throws(FormatError) {
        try enter()
        while true {
            let head = try input.blockHead()
            if head.count == 0 { break }
            try check(head.count)
            for _ in 0..<head.count {
                _ = try input.string()
                if value >= 0 { try run(value) }
            }
            try input.checkEnd(head)
        }
        depth -= 1
    }

    private mutating func tracedArray(_ step: UnsafePointer<AvroStep>) throws(FormatError) {
        try enter()
        let base = prefixCount
        var index = 0
        while true {
            let head = try input.blockHead()
            if head.count == 0 { break }
            try check(head.count, isEmpty: step.pointee.high == 1)
            let block = open(head)
            for _ in 0..<head.count {
                let program = choose(step) { $0.pointee.operand == Int64(index) }
                if program >= 0 {
                    cutPrefix(to: base)
                    FieldPath.append(index: index, to: prefix)
                    prefixCount = prefix.count
                    try run(program)
                }
                index += 1
            }
            try close(block, head)
        }
        depth -= 1
    }

    private mutating func tracedMap(_ step: UnsafePointer<AvroStep>) throws(FormatError) {
        try enter()
        let base = prefixCount
        let number = maps
        maps += 1
        while true {
            let head = try input.blockHead()
            if head.count == 0 { break }
            try check(head.count)
            let block = open(head)
            for _ in 0..<head.count { try tracedEntry(step, map: number, base: base) }
            try close(block, head)
        }
        depth -= 1
    }

    private mutating func tracedEntry(
        _ step: UnsafePointer<AvroStep>, map: Int, base: Int
    ) throws(FormatError) {
        let key = try input.string()
        guard keys.insert(key, map: map) else {
            throw refused("a key comes twice in a map that holds a sealed field", rule: step.pointee.high)
        }
        let program = choose(step) { pooled($0).elementsEqual(key) }
        guard program >= 0 else { return }
        cutPrefix(to: base)
        FieldPath.append(key: key, to: prefix)
        prefixCount = prefix.count
        try run(program)
    }

    /// The program of the first `choice` after a step that `fits`, else the step's own.
    @inline(__always)
    private func choose(_ step: UnsafePointer<AvroStep>, _ fits: (UnsafePointer<AvroStep>) -> Bool) -> Int {
        for choice in 0..<step.pointee.low where fits(step + 1 + choice) { return Int(step[1 + choice].program) }
        return Int(step.pointee.program)
    }

    /// Notes a block whose size may have to change, and returns its place in `blocks`.
    private mutating func open(_ head: AvroBlockHead) -> Int {
        guard let end = head.end else { return -1 }
        let block = AvroBlock(
            sizeField: head.sizeField, size: end - input.cursor, matches: matches.count..<matches.count, end: 0)
        blocks.append(block)
        return blocks.count - 1
    }

    /// Checks where a block ends, and forgets it where no field in it is sealed.
    private mutating func close(_ block: Int, _ head: AvroBlockHead) throws(FormatError) {
        try input.checkEnd(head)
        guard block >= 0 else { return }
        let first = blocks[block].matches.lowerBound
        guard matches.count > first else { return blocks.truncate(to: block) }
        guard !head.isOverlong else {
            throw FormatError(
                .refused, at: head.sizeField.lowerBound,
                "the byte size of a block that holds a sealed field is not minimal", rule: matches.views[first].rule)
        }
        blocks[block].matches = first..<matches.count
        blocks[block].end = blocks.count
    }
}

/// Fields to seal.
extension AvroWalk {
    private mutating func seal(_ step: UnsafePointer<AvroStep>) throws(FormatError) {
        let from = position
        if step.pointee.program >= 0 { try run(Int(step.pointee.program)) }
        if position == from { try countEmpty(1) }
        try match(step, content: from..<position, token: from..<position, .header)
    }

    private mutating func sealString(
        _ step: UnsafePointer<AvroStep>, _ placement: FieldMatch.Placement
    ) throws(FormatError) {
        // A copy, which registers hold.
        var input = input
        let tokenStart = input.cursor
        let from = input.position
        let count = try input.length()
        guard !input.isOverlong(from: tokenStart) else {
            throw refused("the length of a sealed string is not minimal", rule: step.pointee.high)
        }
        let start = input.position
        _ = try input.text(count)
        let end = input.position
        self.input = input
        try match(
            step, content: Range(uncheckedBounds: (start, end)), token: Range(uncheckedBounds: (from, end)), placement)
    }

    private mutating func match(
        _ step: UnsafePointer<AvroStep>, content: Range<Int>, token: Range<Int>, _ placement: FieldMatch.Placement
    ) throws(FormatError) {
        let rule = step.pointee.high
        let path = if let path = spelled[rule] { path } else { try spell(rule) }
        matches.append(
            FieldMatch(
                rule: rule, content: content, token: token, path: path, type: step.pointee.low, placement: placement))
    }

    /// Puts the path of the value in hand down.
    private mutating func spell(_ rule: Int) throws(FormatError) -> Range<Int> {
        let start = paths.count
        guard prefixCount <= Self.maximumPathBytes - start else {
            throw refused("the paths of the sealed fields are too long together", rule: rule)
        }
        paths.append(prefix.bytes.bytes(in: 0..<prefixCount))
        return start..<paths.count
    }
}
