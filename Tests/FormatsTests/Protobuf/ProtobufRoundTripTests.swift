import AvroCases
import Foundation
import ProtobufCases
import Records
import Testing

@testable import Formats

/// The laws of a conversion: the text is what Python's `protobuf` package makes of the payload, and what comes back is the
/// payload byte for byte where it was written as serializers write.
@Suite struct ProtobufRoundTripTests {
    static let cases = 1_000
    static let firstSeed = ProcessInfo.processInfo.environment["PROTOBUF_SEED"].flatMap(UInt64.init) ?? 1

    @Test(
        "Random records of random schemas become the JSON that Python makes of them, and come back", arguments: 0..<5)
    func roundTrip(batch: Int) throws {
        var judged: [ProtobufJudge.Case] = []
        let first = Self.firstSeed + UInt64(batch * Self.cases)
        for seed in first..<(first + UInt64(Self.cases)) {
            let model = ProtobufModelGenerator.make(seed: seed)
            let isCanonical = seed % 2 == 0
            var records = ProtobufRecordGenerator(
                model: model, isCanonical: isCanonical, random: AvroRandom(seed: seed &* 31))
            let payload = records.record()
            do {
                let run = try ProtobufRun(
                    model.text, references: [.init(name: model.importedName, text: model.importedText)],
                    messagePath: [0])
                let json = try run.json(of: payload)
                let back = try run.payload(of: json)
                #expect(!isCanonical || back == payload, "PROTOBUF_SEED=\(seed)")
                #expect(try run.json(of: back) == json, "PROTOBUF_SEED=\(seed)")
                var random = AvroRandom(seed: seed)
                Self.mutate(payload, json, run, &random, "PROTOBUF_SEED=\(seed)")
                judged.append(
                    .init(
                        files: ["\(model.name).proto": model.text, model.importedName: model.importedText],
                        message: "\(model.name).M0", payload: Data(payload), text: Data(json), back: Data(back)))
            } catch {
                Issue.record(error, "PROTOBUF_SEED=\(seed) \(model.text)")
            }
        }
        for (one, verdict) in zip(judged, try ProtobufJudge.verdicts(on: judged)) {
            #expect(verdict.error == nil, "\(one.message) \(String(decoding: one.text, as: UTF8.self))")
        }
    }

    /// Whatever is changed, a conversion throws, or what it gives is a value of the schema.
    private static func mutate(
        _ payload: [UInt8], _ json: [UInt8], _ run: ProtobufRun, _ random: inout AvroRandom, _ comment: Comment
    ) {
        let bytes: [UInt8] = [0x00, 0x01, 0x0A, 0x7F, 0x80, 0xFF]
        let characters = Array("{}[]\",:0-e.nt\\ \u{e9}".utf8)
        for _ in 0..<3 {
            if let text = try? run.json(of: changed(payload, bytes, &random)) {
                #expect(throws: Never.self, comment) { try run.json(of: run.payload(of: text)) == text }
            }
            if let back = try? run.payload(of: changed(json, characters, &random)) {
                #expect(throws: Never.self, comment) { try run.payload(of: run.json(of: back)) == back }
            }
        }
    }

    private static func changed(_ bytes: [UInt8], _ others: [UInt8], _ random: inout AvroRandom) -> [UInt8] {
        var changed = bytes
        if random.oneIn(3) || changed.isEmpty {
            changed.removeLast(Int(random.next() % UInt64(changed.count + 1)))
        } else if random.oneIn(2) {
            changed[Int(random.next() % UInt64(changed.count))] = others.randomElement(using: &random)!
        } else {
            let from = Int(random.next() % UInt64(changed.count))
            let count = min(changed.count - from, Int(random.next() % 9))
            changed.insert(contentsOf: changed[from..<(from + count)], at: Int(random.next() % UInt64(changed.count)))
        }
        return changed
    }
}
