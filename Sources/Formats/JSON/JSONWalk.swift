/// One scan: the recursive descent along the plan's states. What no state expects is only validated, by `JSONText`.
struct JSONWalk {
    let text: JSONText
    let plan: JSONPlan
    let scanner: JSONFieldScanner

    /// Reads the value at `position`, of which `state` expects something.
    func field(_ position: JSONText.Position, state number: Int, room: Int) throws(FormatError) -> JSONText.Position {
        let state = plan.states + number
        guard state.pointee.rule < 0 else { return try sealed(position, state: state, room: room) }
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
    private func sealed(
        _ position: JSONText.Position, state: UnsafePointer<JSONState>, room: Int
    ) throws(FormatError) -> JSONText.Position {
        let end = try text.value(position, room: room)
        guard position.pointee != UInt8(ascii: "n") else { return end }
        let offset = position - text.start
        let rule = Int(state.pointee.rule)
        let type = Int(state.pointee.type)
        guard scanner.note(rule: rule, type: type, token: offset..<(end - text.start), plan: plan) else {
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
        return try expectedMember(position, key: bytes, of: state, child: child, room: room)
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
        return try expectedMember(position, key: bytes, of: state, child: child, room: room)
    }

    @inline(never)
    private func expectedMember(
        _ position: JSONText.Position, key: UnsafeRawBufferPointer, of state: UnsafePointer<JSONState>, child: Int,
        room: Int
    ) throws(FormatError) -> JSONText.Position {
        guard plan.states[child].spellsPath, !state.pointee.isTag else {
            return try field(position, state: child, room: room)
        }
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
