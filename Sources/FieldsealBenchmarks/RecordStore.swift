import Records

/// Many records at addresses that stay the same, handed out as views without copying.
final class RecordStore {
    private let storage = OutputBuffer(capacity: 8 << 20)
    private let lists: [HeaderList]
    let views: [RecordView]

    /// Keeps `records`, each with a key, a value and headers.
    init(topic: String, _ records: [(key: [UInt8], value: [UInt8], headers: [(name: [UInt8], value: [UInt8])])]) {
        var ranges: [[Range<Int>]] = []
        let storage = storage
        func keep(_ bytes: [UInt8]) -> Range<Int> {
            let start = storage.count
            storage.append(bytes)
            return start..<storage.count
        }
        let topicRange = keep(Array(topic.utf8))
        for record in records {
            ranges.append(
                [keep(record.key), keep(record.value)] + record.headers.flatMap { [keep($0.name), keep($0.value)] })
        }
        var lists: [HeaderList] = []
        views = ranges.enumerated().map { index, ranges in
            let list = HeaderList(capacity: max(1, (ranges.count - 2) / 2))
            for position in stride(from: 2, to: ranges.count, by: 2) {
                list.append(
                    HeaderView(
                        name: storage.bytes(in: ranges[position]), value: storage.bytes(in: ranges[position + 1])))
            }
            lists.append(list)
            return RecordView(
                topic: storage.bytes(in: topicRange), partition: 0, offset: Int64(index), timestamp: 1,
                key: storage.bytes(in: ranges[0]), value: storage.bytes(in: ranges[1]), headers: list.views)
        }
        self.lists = lists
    }
}
