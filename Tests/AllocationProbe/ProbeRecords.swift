import Records

/// Varied records that a transform is run over, in memory of their own.
final class ProbeRecords {
    /// A record's parts.
    struct Parts {
        var key: [UInt8]?
        var value: [UInt8]?
        var headers: [(name: [UInt8], value: [UInt8]?)]
    }

    private var allocations: [UnsafeMutableRawBufferPointer] = []
    private var lists: [HeaderList] = []
    private(set) var views: [RecordView] = []

    init(topic: String, _ records: [Parts]) {
        let topic = keep(Array(topic.utf8))
        for (index, record) in records.enumerated() {
            let list = HeaderList(capacity: record.headers.count)
            for header in record.headers {
                list.append(HeaderView(name: keep(header.name), value: header.value.map(keep)))
            }
            lists.append(list)
            views.append(
                RecordView(
                    topic: topic, partition: 0, offset: Int64(index), timestamp: 1, key: record.key.map(keep),
                    value: record.value.map(keep), headers: list.views))
        }
    }

    deinit {
        for allocation in allocations { allocation.deallocate() }
    }

    private func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        copy.copyBytes(from: bytes)
        allocations.append(copy)
        return UnsafeRawBufferPointer(rebasing: copy[..<bytes.count])
    }
}

extension ProbeRecords.Parts {
    init(copying record: RecordView) {
        key = record.key.map(Array.init)
        value = record.value.map(Array.init)
        headers = record.headers.map { (Array($0.name), $0.value.map(Array.init)) }
    }
}
