import Records

/// A record as an input's parts spell it: flags, the schema, the paths, the key, the value, then names and values of headers.
struct FuzzRecord {
    let flags: [UInt8]
    let schema: [UInt8]
    let paths: [UInt8]
    let key: UnsafeRawBufferPointer?
    let value: UnsafeRawBufferPointer?
    private let headers: ArraySlice<UnsafeRawBufferPointer>

    private static let topic = Array("vectors.encrypted".utf8)

    init(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        flags = [0, 1, 2].map { $0 < parts[0].count ? parts[0][$0] : 0 }
        schema = Array(parts[1])
        paths = Array(parts[2])
        key = flags[0] & 1 == 0 ? Self.filled(parts[3]) : nil
        value = flags[0] & 2 == 0 ? Self.filled(parts[4]) : nil
        headers = parts.parts.dropFirst(5).prefix(64)
    }

    /// Lends it to `body`. A header's value that is the one byte 0xFE is null.
    func withRecord<Result>(_ body: (RecordView) throws -> Result) rethrows -> Result {
        let list = HeaderList()
        var index = headers.startIndex
        while index < headers.endIndex {
            let value = index + 1 < headers.endIndex ? headers[index + 1] : UnsafeRawBufferPointer(start: nil, count: 0)
            let isNull = value.count == 1 && value[0] == 0xFE
            list.append(HeaderView(name: Self.filled(headers[index]), value: isNull ? nil : Self.filled(value)))
            index += 2
        }
        defer { withExtendedLifetime(list) {} }
        return try Self.topic.withUnsafeBytes { topic in
            try body(
                RecordView(
                    topic: topic, partition: 3, offset: 41, timestamp: 1_700_000_000_123, key: key, value: value,
                    headers: list.views))
        }
    }

    nonisolated(unsafe) private static let somewhere = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)

    /// Empty is not null: such bytes have an address all the same.
    private static func filled(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        bytes.baseAddress == nil ? UnsafeRawBufferPointer(start: somewhere, count: 0) : bytes
    }
}
