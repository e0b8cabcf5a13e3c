import Foundation

/// Reads a topic with the confluent-kafka client for Python, so that it is not our own wrapper that judges our output.
enum IndependentReader {
    private static let script = """
        import base64, json, sys, uuid
        from confluent_kafka import Consumer, TopicPartition
        servers, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
        consumer = Consumer({"bootstrap.servers": servers, "group.id": str(uuid.uuid4()),
                             "isolation.level": "read_committed", "enable.auto.commit": False})
        partitions = consumer.list_topics(topic, 10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
        def text(data):
            return None if data is None else base64.b64encode(data).decode()
        for _ in range(count):
            message = consumer.poll(20)
            if message is None or message.error():
                sys.exit("no record: %s" % (message and message.error()))
            print(json.dumps({"partition": message.partition(), "offset": message.offset(),
                              "key": text(message.key()), "value": text(message.value()),
                              "timestamp": message.timestamp()[1],
                              "headers": [{"name": n, "value": text(v)} for n, v in message.headers() or []]}))
        """

    private struct Line: Decodable {
        struct Header: Decodable {
            var name: String
            var value: Data?
        }

        var partition: Int32
        var offset: Int64
        var key: Data?
        var value: Data?
        var timestamp: Int64
        var headers: [Header]
    }

    /// The first `count` records of `topic`, by partition and in order.
    static func read(_ topic: String, count: Int, from servers: String) throws -> [TestRecord] {
        let process = Process()
        process.executableURL = ServerProcess.tools.appendingPathComponent("python")
        process.arguments = ["-c", script, servers, topic, String(count)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = try output.split(separator: 10).map { try JSONDecoder().decode(Line.self, from: $0) }
        return lines.map { line in
            var record = TestRecord(partition: line.partition, value: nil, timestamp: line.timestamp)
            record.offset = line.offset
            record.key = line.key.map(Array.init)
            record.value = line.value.map(Array.init)
            record.headers = line.headers.map { header in
                var copy = TestRecord.Header(header.name, nil)
                copy.value = header.value.map(Array.init)
                return copy
            }
            return record
        }.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }
}
