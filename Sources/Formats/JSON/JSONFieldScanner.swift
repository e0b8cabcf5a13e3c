import Records

/// Finds the configured fields of JSON payloads, and validates each payload as a whole on the way (RFC 8259).
///
/// Not thread-safe: a worker owns one and reuses it, so that a scan allocates nothing once its buffers have grown.
public final class JSONFieldScanner {
    /// How many bytes the concrete paths of one payload may take together, since a long key repeats in the path of every
    /// element below it: 64 MiB.
    static let maximumPathBytes = 64 << 20

    /// The concrete paths of the matches, in their canonical spelling; valid until the next scan.
    public let paths = OutputBuffer()

    /// The fields found by the last scan, in the payload's order; empty after an error.
    ///
    /// Borrows from the scanner: valid until the next scan.
    public var matches: UnsafeBufferPointer<FieldMatch> {
        UnsafeBufferPointer(start: found, count: foundCount)
    }

    private var found: UnsafeMutablePointer<FieldMatch>
    private var foundCapacity = 32
    private var foundCount = 0
    /// The plan whose spelled paths `paths` begins with.
    private var plan: JSONPlan?
    /// The concrete path of the value that is read, where a rule with a wildcard may seal it.
    private let way = OutputBuffer()
    /// A key whose escapes had to be undone.
    private let plainKey = OutputBuffer()

    /// Makes a scanner with empty buffers.
    public init() {
        found = .allocate(capacity: foundCapacity)
    }

    deinit {
        found.deallocate()
    }

    /// Reads all of `payload`, which must be one JSON text, and leaves the fields of `plan` in `matches`.
    ///
    /// Every occurrence of a field is found, duplicate keys included. A field that is absent or null, or lies below
    /// something that is, is no match.
    ///
    /// - Throws: `.malformed` for what is not valid JSON in UTF-8, or nested deeper than 512 containers; `.pathMismatch`
    ///   where a path names a key of something that is no object, or an index of something that is no list; `.refused`
    ///   where the paths need more room than is allowed.
    public func scan(_ payload: UnsafeRawBufferPointer, plan: JSONPlan) throws(FormatError) {
        prepare(plan)
        do throws(FormatError) {
            guard !plan.isOversized else {
                throw FormatError(.refused, at: 0, "the wildcards of the configured paths combine in too many ways")
            }
            guard let text = JSONText(payload) else { throw FormatError(.malformed, at: 0, "an empty payload") }
            let first = text.skipSpace(text.start)
            let room = JSONText.maximumDepth
            guard plan.ruleCount > 0 else { return try text.expectEnd(try text.value(first, room: room)) }
            let walk = JSONWalk(text: text, plan: plan, scanner: self)
            try text.expectEnd(try walk.field(first, state: JSONPlan.root, room: room))
        } catch {
            foundCount = 0
            throw error
        }
    }

    private func prepare(_ next: JSONPlan) {
        foundCount = 0
        way.removeAll()
        if plan === next {
            paths.truncate(to: next.spelledPaths.count)
        } else {
            plan = next
            paths.removeAll()
            paths.append(next.spelledPaths)
        }
    }

    /// Notes that `rule` seals the token at `token`; returns false where its path finds no room.
    @inline(never)
    fileprivate func note(rule: Int, token: Range<Int>, plan: JSONPlan) -> Bool {
        if foundCount == foundCapacity { growFound() }
        let path: Range<Int>
        if let spelled = plan.spelledRanges[rule] {
            path = spelled
        } else {
            guard paths.count + way.count <= Self.maximumPathBytes else { return false }
            path = paths.count..<(paths.count + way.count)
            paths.append(way.bytes)
        }
        (found + foundCount).initialize(
            to: FieldMatch(rule: rule, content: token, token: token, path: path, type: 0, placement: .inline))
        foundCount += 1
        return true
    }

    private func growFound() {
        let bigger = UnsafeMutablePointer<FieldMatch>.allocate(capacity: foundCapacity * 2)
        bigger.moveInitialize(from: found, count: foundCount)
        found.deallocate()
        found = bigger
        foundCapacity *= 2
    }

    /// Goes on with the way by a key, and returns what to cut it back to.
    fileprivate func extendWay(key: UnsafeRawBufferPointer) -> Int {
        let mark = way.count
        FieldPath.append(key: key, to: way)
        return mark
    }

    /// Goes on with the way by an index, and returns what to cut it back to.
    fileprivate func extendWay(index: Int) -> Int {
        let mark = way.count
        FieldPath.append(index: index, to: way)
        return mark
    }

    fileprivate func cutWay(to mark: Int) {
        way.truncate(to: mark)
    }

    /// The key that `content` spans with its escapes undone; valid until the next one.
    fileprivate func unescape(_ content: JSONText) -> JSONText? {
        plainKey.removeAll()
        guard JSONString.appendContent(of: content, to: plainKey) else { return nil }
        return JSONText(plainKey.bytes)
    }
}

/// One scan: the recursive descent along the plan's states. What no state expects is only validated, by `JSONText`.
private struct JSONWalk {
    let text: JSONText
    let plan: JSONPlan
    let scanner: JSONFieldScanner

    /// Reads the value at `position`, of which `state` expects something.
    func field(_ position: JSONText.Position, state number: Int, room: Int) throws(FormatError) -> JSONText.Position {
        let state = plan.states + number
        guard state.pointee.rule < 0 else { return try sealed(position, rule: Int(state.pointee.rule), room: room) }
        switch text.byte(at: position) {
        case UInt8(ascii: "{"):
            guard state.pointee.indexRule < 0 else { throw mismatch(at: position, rule: state.pointee.indexRule) }
            return try object(position, state: state, room: room)
        case UInt8(ascii: "["):
            guard state.pointee.keyRule < 0 else { throw mismatch(at: position, rule: state.pointee.keyRule) }
            return try list(position, state: state, room: room)
        case UInt8(ascii: "n"):
            return try text.literal(position)
        default:
            _ = try text.value(position, room: 0)
            throw mismatch(at: position, rule: max(state.pointee.keyRule, state.pointee.indexRule))
        }
    }

    private func mismatch(at position: JSONText.Position, rule: Int32) -> FormatError {
        FormatError(
            .pathMismatch, at: position - text.start, "the path goes on, but the value here has no such parts",
            rule: Int(rule))
    }

    /// Reads the value at `position` and notes it as a match unless it is null.
    private func sealed(_ position: JSONText.Position, rule: Int, room: Int) throws(FormatError) -> JSONText.Position {
        let end = try text.value(position, room: room)
        guard position.pointee != UInt8(ascii: "n") else { return end }
        let offset = position - text.start
        guard scanner.note(rule: rule, token: offset..<(end - text.start), plan: plan) else {
            throw FormatError(.refused, at: offset, "the concrete paths take more than 64 MiB", rule: rule)
        }
        return end
    }

    private func object(
        _ open: JSONText.Position, state: UnsafePointer<JSONState>, room: Int
    ) throws(FormatError) -> JSONText.Position {
        try text.enter(open, room: room)
        var position = text.skipSpace(open + 1)
        guard text.byte(at: position) != UInt8(ascii: "}") else { return position + 1 }
        while true {
            let (key, value) = try text.key(position)
            position = try member(value, key: position, end: key, state: state, room: room - 1)
            let (next, isLast) = try text.afterMember(position)
            guard !isLast else { return next }
            position = next
        }
    }

    /// Reads the value at `position`, whose key's opening quote stands at `key`.
    @inline(__always)
    private func member(
        _ position: JSONText.Position, key: JSONText.Position, end: JSONStringEnd, state: UnsafePointer<JSONState>,
        room: Int
    ) throws(FormatError) -> JSONText.Position {
        guard !end.hasEscape else {
            return try escapedMember(position, key: key, end: end.end, state: state, room: room)
        }
        let content = key + 1
        let count = end.end - content - 1
        let child = plan.member(of: state, key: content, count: count, limit: text.end)
        guard child != 0 else { return try text.value(position, room: room) }
        let bytes = UnsafeRawBufferPointer(start: content, count: count)
        return try expectedMember(position, key: bytes, child: child, room: room)
    }

    @inline(never)
    private func escapedMember(
        _ position: JSONText.Position, key: JSONText.Position, end: JSONText.Position, state: UnsafePointer<JSONState>,
        room: Int
    ) throws(FormatError) -> JSONText.Position {
        let content = UnsafeRawBufferPointer(start: key + 1, count: end - key - 2)
        guard let raw = JSONText(content), let plain = scanner.unescape(raw) else {
            throw text.malformed(at: key, "unknown escape in a key")
        }
        let count = plain.end - plain.start
        let child = plan.member(of: state, key: plain.start, count: count, limit: plain.end)
        guard child != 0 else { return try text.value(position, room: room) }
        let bytes = UnsafeRawBufferPointer(start: plain.start, count: count)
        return try expectedMember(position, key: bytes, child: child, room: room)
    }

    @inline(never)
    private func expectedMember(
        _ position: JSONText.Position, key: UnsafeRawBufferPointer, child: Int, room: Int
    ) throws(FormatError) -> JSONText.Position {
        guard plan.states[child].spellsPath else { return try field(position, state: child, room: room) }
        let mark = scanner.extendWay(key: key)
        let end = try field(position, state: child, room: room)
        scanner.cutWay(to: mark)
        return end
    }

    private func list(
        _ open: JSONText.Position, state: UnsafePointer<JSONState>, room: Int
    ) throws(FormatError) -> JSONText.Position {
        try text.enter(open, room: room)
        var position = text.skipSpace(open + 1)
        guard text.byte(at: position) != UInt8(ascii: "]") else { return position + 1 }
        var edge = Int(state.pointee.firstIndex)
        let lastEdge = edge + Int(state.pointee.indexCount)
        var index = 0
        while true {
            var child = Int(state.pointee.anyElement)
            if edge < lastEdge, plan.indexEdges[edge].index == index {
                child = Int(plan.indexEdges[edge].state)
                edge += 1
            }
            position = try element(position, index: index, child: child, room: room - 1)
            let (next, isLast) = try text.afterElement(position)
            guard !isLast else { return next }
            position = next
            index += 1
        }
    }

    @inline(__always)
    private func element(
        _ position: JSONText.Position, index: Int, child: Int, room: Int
    ) throws(FormatError) -> JSONText.Position {
        guard child != 0 else { return try text.value(position, room: room) }
        guard plan.states[child].spellsPath else { return try field(position, state: child, room: room) }
        let mark = scanner.extendWay(index: index)
        let end = try field(position, state: child, room: room)
        scanner.cutWay(to: mark)
        return end
    }
}
