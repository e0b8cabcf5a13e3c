import Foundation

/// A line that `fieldseal transform` reads or writes.
struct TransformLine: Codable, Equatable {
    struct Failure: Codable, Equatable {
        var reason: String
        var message: String
        var field: String?
    }

    var topic: String?
    var partition: Int32?
    var offset: Int64?
    var timestamp: Int64?
    var key: Data?
    var value: Data?
    /// Pairs of a name and a value in base64 or null.
    var headers: [[String?]]?
    var error: Failure?

    init(
        key: String? = nil, value: [UInt8]?, headers: [(name: String, value: String?)] = [], partition: Int32? = nil,
        offset: Int64? = nil, timestamp: Int64? = nil
    ) {
        self.key = key.map { Data($0.utf8) }
        self.value = value.map { Data($0) }
        self.headers = headers.map { [$0.name, $0.value.map { Data($0.utf8).base64EncodedString() }] }
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
    }

    init(key: String? = nil, _ value: String?, headers: [(name: String, value: String?)] = []) {
        self.init(key: key, value: value.map { Array($0.utf8) }, headers: headers)
    }

    init(parsing line: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(line))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(topic, forKey: .topic)
        try container.encodeIfPresent(partition, forKey: .partition)
        try container.encodeIfPresent(offset, forKey: .offset)
        try container.encodeIfPresent(timestamp, forKey: .timestamp)
        try container.encode(key, forKey: .key)
        try container.encode(value, forKey: .value)
        try container.encodeIfPresent(headers, forKey: .headers)
    }

    /// The value as text.
    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }

    /// The value of the last header with this name.
    func header(_ name: String) -> [UInt8]? {
        headers?.last { $0.first == name }?.last.flatMap { $0 }.flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }

    /// The same record with one header replaced, or removed where `value` is nil.
    func with(_ name: String, _ value: [UInt8]?) -> TransformLine {
        var copy = self
        copy.headers?.removeAll { $0.first == name }
        if let value { copy.headers?.append([name, Data(value).base64EncodedString()]) }
        return copy
    }

    /// The same record but for its topic.
    func inNoTopic() -> TransformLine {
        var copy = self
        copy.topic = nil
        return copy
    }
}

extension [TransformLine] {
    /// The lines, as a file.
    var bytes: [UInt8] {
        get throws {
            try flatMap { try [UInt8](JSONEncoder().encode($0)) + [UInt8(ascii: "\n")] }
        }
    }
}

extension FieldsealCommand {
    /// Runs a pair's transform over records and returns what comes out, a record or an error for each.
    static func transform(
        _ records: [TransformLine], by pair: String, of file: PairsFile, files: [String: String] = [:],
        environment: [String: String] = [:], options: [String] = []
    ) async throws -> (records: [TransformLine], outcome: Outcome) {
        let outcome = try await run(
            ["transform", "--pair", pair] + options, configuration: file.text, files: files, input: try records.bytes,
            environment: environment)
        return (try outcome.lines.map(TransformLine.init(parsing:)), outcome)
    }
}
