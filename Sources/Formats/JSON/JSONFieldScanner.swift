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
        found.views
    }

    private let found = PlainList<FieldMatch>(capacity: 32)
    /// The plan whose spelled paths `paths` begins with.
    private var plan: JSONPlan?
    /// The concrete path of the value that is read, where a rule with a wildcard may seal it.
    private let way = OutputBuffer()
    /// A key whose escapes had to be undone.
    private let plainKey = OutputBuffer()

    /// Makes a scanner with empty buffers.
    public init() {}

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
            found.removeAll()
            throw error
        }
    }

    private func prepare(_ next: JSONPlan) {
        found.removeAll()
        way.removeAll()
        if plan === next {
            paths.truncate(to: next.spelled.bytes.count)
        } else {
            plan = next
            paths.removeAll()
            paths.append(next.spelled.bytes)
        }
    }

    /// Notes that `rule` seals the token at `token`; returns false where its path finds no room.
    @inline(never)
    func note(rule: Int, type: Int, token: Range<Int>, plan: JSONPlan) -> Bool {
        let path: Range<Int>
        if let spelled = plan.spelled.ranges[rule] {
            path = spelled
        } else {
            guard paths.count + way.count <= Self.maximumPathBytes else { return false }
            path = paths.count..<(paths.count + way.count)
            paths.append(way.bytes)
        }
        found.append(
            FieldMatch(rule: rule, content: token, token: token, path: path, type: type, placement: .inline))
        return true
    }

    /// Goes on with the way by a key, and returns what to cut it back to.
    func extendWay(key: UnsafeRawBufferPointer) -> Int {
        let mark = way.count
        FieldPath.append(key: key, to: way)
        return mark
    }

    /// Goes on with the way by an index, and returns what to cut it back to.
    func extendWay(index: Int) -> Int {
        let mark = way.count
        FieldPath.append(index: index, to: way)
        return mark
    }

    func cutWay(to mark: Int) {
        way.truncate(to: mark)
    }

    /// The key that `content` spans with its escapes undone; valid until the next one.
    func unescape(_ content: JSONText) -> JSONText? {
        plainKey.removeAll()
        guard JSONString.appendContent(of: content, to: plainKey) else { return nil }
        return JSONText(plainKey.bytes)
    }
}
