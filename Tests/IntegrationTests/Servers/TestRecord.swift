import Records

/// A record as tests write and read it.
struct TestRecord: Hashable, Sendable {
    struct Header: Hashable, Sendable {
        var name: String
        var value: [UInt8]?

        init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value.map { Array($0.utf8) }
        }
    }

    var partition: Int32
    var offset: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header]
    var timestamp: Int64

    init(
        partition: Int32 = 0, key: String? = nil, value: String?, headers: [Header] = [],
        timestamp: Int64 = 1_700_000_000_000
    ) {
        self.partition = partition
        offset = 0
        self.key = key.map { Array($0.utf8) }
        self.value = value.map { Array($0.utf8) }
        self.headers = headers
        self.timestamp = timestamp
    }

    init(copying view: RecordView) {
        partition = view.partition
        offset = view.offset
        key = view.key.map(Array.init)
        value = view.value.map(Array.init)
        headers = view.headers.map { header in
            var copy = Header(String(decoding: header.name, as: UTF8.self), nil)
            copy.value = header.value.map(Array.init)
            return copy
        }
        timestamp = view.timestamp
    }

    /// The value as text.
    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }

    /// Without its offset, which differs between source and target.
    var content: TestRecord {
        var copy = self
        copy.offset = 0
        return copy
    }

    /// Calls `body` with a view over this record's bytes.
    func withView<Result>(_ body: (RecordView) -> Result) -> Result {
        let arena = OutputBuffer(capacity: 1 << 16)
        func place(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
            let start = arena.count
            arena.append(bytes)
            return UnsafeRawBufferPointer(start: arena.bytes.baseAddress.map { $0 + start }, count: bytes.count)
        }
        // Room for all, so that no pointer moves.
        let size =
            (key?.count ?? 0) + (value?.count ?? 0)
            + headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
        _ = arena.reserve(size + 1)
        let list = HeaderList()
        for header in headers {
            list.append(HeaderView(name: place(Array(header.name.utf8)), value: header.value.map(place)))
        }
        return withExtendedLifetime((arena, list)) {
            body(
                RecordView(
                    topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: partition, offset: offset,
                    timestamp: timestamp, key: key.map(place), value: value.map(place), headers: list.views))
        }
    }
}
