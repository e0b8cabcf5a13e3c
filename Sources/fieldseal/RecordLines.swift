import KeyManagement
import Pipeline
import Records
import Transform

/// Transforms records given as lines.
struct RecordLines {
    /// What becomes of the records of one topic.
    private struct Route {
        let target: [UInt8]
        let transform: any RecordTransform
    }

    /// The most topics whose transforms are kept.
    private static let mostRoutes = 256

    /// The source; nil where it is a pattern.
    private let source: [UInt8]?
    private let selection: TopicSelection?
    private let isEncrypting: Bool
    private let makeTransform: (_ target: String) throws -> any RecordTransform
    /// The routes of a pattern by topic; of a single source the one route, by that.
    private var routes: [[UInt8]: Route] = [:]
    private let timeout: Int64
    private let output = OutputBuffer(capacity: 4096)

    /// Whether a record failed.
    private(set) var sawFailure = false
    /// Whether a record failed because a KMS or registry did not answer in time.
    private(set) var sawTimeout = false

    /// - Parameters:
    ///   - timeout: how long a record may wait, in milliseconds.
    ///   - makeTransform: makes the transform of records that go to a topic.
    init(
        pair: TopicPair, timeout: Int64, makeTransform: @escaping (_ target: String) throws -> any RecordTransform
    ) throws {
        if case .encrypt = pair.action { isEncrypting = true } else { isEncrypting = false }
        self.makeTransform = makeTransform
        self.timeout = timeout
        selection = try pair.makeSelection()
        guard selection == nil else {
            source = nil
            return
        }
        let source = Array(pair.source.utf8)
        self.source = source
        routes[source] = Route(target: Array(pair.target.utf8), transform: try makeTransform(pair.target))
    }

    /// The line that comes out for a line, its line feed included; empty for a blank one. Valid until the next call.
    mutating func transform(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        output.removeAll()
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return output.bytes }
        var origin: RecordLine?
        do throws(TransformError) {
            let record = try RecordLine(parsing: line)
            origin = record
            let (topic, route) = try route(of: record)
            try write(record, topic: topic, by: route)
        } catch {
            output.removeAll()
            RecordLine.write(error, origin: origin, to: output)
            sawFailure = true
            if error.isTransient { sawTimeout = true }
        }
        output.append(UInt8(ascii: "\n"))
        return output.bytes
    }

    private mutating func route(of record: RecordLine) throws(TransformError) -> (topic: [UInt8], route: Route) {
        if let source, let route = routes[source] {
            guard isEncrypting, let topic = record.topic, topic != source else { return (source, route) }
            throw TransformError(.foreignTopic, "the record is of another topic than the pair's source")
        }
        guard let topic = record.topic else {
            throw TransformError(.malformedLine, "it has no member topic, and the pair's source is a pattern")
        }
        if let known = routes[topic] { return (topic, known) }
        let route = try makeRoute(String(decoding: topic, as: UTF8.self))
        if routes.count >= Self.mostRoutes { routes.removeAll() }
        routes[topic] = route
        return (topic, route)
    }

    private func makeRoute(_ topic: String) throws(TransformError) -> Route {
        switch selection?.verdict(on: topic) {
        case .read(let target):
            do {
                return Route(target: Array(target.utf8), transform: try makeTransform(target))
            } catch let error as TransformError {
                throw error
            } catch {
                throw TransformError(.internalError, "the transform can't be made: \(error)")
            }
        case .excluded(let reason):
            throw TransformError(.foreignTopic, "the pair does not read the record's topic, since \(reason)")
        case .foreign, nil:
            throw TransformError(.foreignTopic, "the pair's pattern does not match the record's topic")
        }
    }

    private func write(_ record: RecordLine, topic: [UInt8], by route: Route) throws(TransformError) {
        let deadline = DataKeyCache.now() + timeout
        let transform = route.transform
        try record.withRecord(defaultTopic: topic) { view throws(TransformError) in
            while true {
                do throws(TransformError) {
                    let result = try transform.transform(view, now: DataKeyCache.now())
                    return try RecordLine.write(result, topic: route.target, origin: record, to: output)
                } catch {
                    let left = deadline - DataKeyCache.now()
                    guard error.isTransient, left > 0 else { throw error }
                    guard let need = error.need, transform.obtain(need, within: Int(left)) else {
                        RetryPause.wait(atMost: left)
                        continue
                    }
                }
            }
        }
    }
}
