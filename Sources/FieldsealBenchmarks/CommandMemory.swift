import Foundation
import KafkaClient

/// The memory of `fieldseal run`, a process of its own, while it works through a backlog.
///
/// The development broker hands out all that a partition has in one answer, however large; so no more lies ahead of the
/// command than its consumer is told to hold, as other brokers see to.
struct CommandMemory {
    /// The row's name.
    static let name = "run/rss"

    private static let records = 384_000
    private static let partitions = 4
    /// What lies ahead at most, about 24 MiB; the consumer is told to hold 32 MiB.
    private static let ahead = 24_000
    private static let step = 12_000
    private static let source = "memory.raw"
    private static let target = "memory.encrypted"
    private static let group = "memory"

    /// The command did not get through.
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private let broker: BenchmarkBroker
    private let store: RecordStore

    /// Measures the command that was built beside this program over JSON records.
    static func measure(_ data: BenchmarkData, broker: BenchmarkBroker) throws -> BenchmarkRow {
        try CommandMemory(broker: broker, store: data.plain(.json)).measure()
    }

    private func measure() throws -> BenchmarkRow {
        try broker.admin().create(
            topic: Self.source, partitions: Self.partitions, replicationFactor: 1, settings: ["retention.ms": "-1"],
            timeout: BenchmarkBroker.timeout)
        let folder = FileManager.default.temporaryDirectory.appending(path: "fieldseal-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let configuration = folder.appending(path: "fieldseal.yaml").path
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
        let errors = folder.appending(path: "errors").path
        try feed(Self.ahead)
        let start = CPUClock.wall()
        let command = try ChildProcess([try Self.program, "run", "-c", configuration], errors: errors)
        do {
            let peak = try work(command)
            guard let end = command.terminate(), end.code == 0 else {
                throw Failed(description: "it ended with an error")
            }
            return BenchmarkRow(
                name: Self.name, cpuNanosecondsPerRecord: Double(end.cpuNanoseconds) / Double(Self.records),
                wallNanosecondsPerRecord: Double(CPUClock.wall() - start) / Double(Self.records), peakMebibytes: peak)
        } catch {
            let log = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
            throw Failed(description: "fieldseal run: \(error)\n\(log.suffix(2_000))")
        }
    }

    /// Keeps a backlog before the command until it has encrypted all records; returns its peak of memory in MiB.
    private func work(_ command: ChildProcess) throws -> Int {
        let consumer = try Consumer(settings: ["bootstrap.servers": broker.bootstrapServers, "group.id": Self.group])
        defer { consumer.close() }
        let partitions = (0..<Int32(Self.partitions)).map { TopicPartition(topic: Self.source, partition: $0) }
        let deadline = CPUClock.wall() + 300_000_000_000
        var (fed, done) = (Self.ahead, 0)
        while done < Self.records {
            if fed < Self.records, fed - done <= Self.ahead - Self.step {
                try feed(Self.step)
                fed += Self.step
            }
            done = try consumer.committed(partitions, timeout: BenchmarkBroker.timeout).reduce(0) {
                $0 + Int(max($1.offset, 0))
            }
            guard command.ended == nil else { throw Failed(description: "it ended before its work was done") }
            guard CPUClock.wall() < deadline else { throw Failed(description: "it does not get through") }
            usleep(5_000)
        }
        guard let peak = ResidentMemory.peakMebibytes(of: command.identifier) else {
            throw Failed(description: "its memory can't be read")
        }
        return peak
    }

    private func feed(_ count: Int) throws {
        try SourceFeeder.feed(Self.source, from: store, count: count, partitions: 0..<Self.partitions, broker: broker)
    }

    private static var program: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let program = URL(filePath: own).deletingLastPathComponent().appending(path: "fieldseal").path
            guard FileManager.default.isExecutableFile(atPath: program) else {
                throw Failed(description: "there is no \(program); scripts/bench builds it")
            }
            return program
        }
    }

    private var text: String {
        let fields = Customer.sealedPaths.map {
            #"{fieldName: "\#($0)", keySecretId: "in-memory-kms://bench", algorithm: AES256_GCM}"#
        }
        return """
            instance: bench
            kafka: {bootstrap.servers: "\(broker.bootstrapServers)", producer: {compression.type: lz4}}
            kms: {inMemory: {keys: {bench: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}}}
            pairs:
              - name: memory
                source: \(Self.source)
                target: \(Self.target)
                groupId: \(Self.group)
                startFrom: earliest
                encrypt: {format: json, recordValue: {fields: [\(fields.joined(separator: ", "))]}}

            """
    }
}
