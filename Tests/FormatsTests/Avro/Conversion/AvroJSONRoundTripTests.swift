import AvroCases
import Foundation
import Records
import Testing

@testable import Formats

/// The laws of `convert_json`: the text is what the documented rules say, its fields are the schema's, and what comes back
/// is the payload byte for byte where only one encoding of it exists.
@Suite struct AvroJSONRoundTripTests {
    struct Case: Encodable {
        var schema: String
        var data: Data
        var text: Data
        var back: Data
    }

    struct Verdict: Decodable {
        var error: String?
    }

    @Test("Random records of random schemas become the JSON that an independent converter writes, and come back")
    func roundTrip() throws {
        var judged: [Case] = []
        var found = 0
        let first = AvroRoundTripTests.firstSeed
        for seed in first..<(first + UInt64(AvroRoundTripTests.cases)) {
            let isCanonical = seed % 2 == 0
            let one = AvroCaseGenerator.make(seed: seed, isCanonical: isCanonical)
            let comment = Comment("AVRO_SEED=\(seed) \(one.schema) \(one.paths)")
            do {
                let run = try AvroJSONRun(schema: one.schema, paths: one.paths)
                let json = try run.json(of: one.payload)
                let back = try run.payload(of: json)
                #expect(!isCanonical || back == one.payload, comment)
                #expect(try run.json(of: back) == json, comment)
                let fields = try run.fields(of: json)
                #expect(fields.map(\.rule) == one.expected.map(\.rule), comment)
                #expect(fields.map(\.path) == one.expected.map(\.path), comment)
                found += fields.count
                try Self.checkDefaults(run, json, fields.map(\.token), comment)
                var random = AvroRandom(seed: seed)
                Self.mutate(one.payload, json, run, &random, comment)
                judged.append(
                    Case(schema: one.schema, data: Data(one.payload), text: Data(json), back: Data(back)))
            } catch {
                Issue.record(error, comment)
            }
        }
        #expect(found > AvroRoundTripTests.cases)
        let verdicts: [Verdict] = try AvroJudge.verdicts(of: "avro_json_judge.py", on: judged)
        for (one, verdict) in zip(judged, verdicts) {
            #expect(verdict.error == nil, "\(one.schema) \(String(decoding: one.text, as: UTF8.self))")
        }
    }

    /// With its default in the place of every field, a text still fits its schema, and the fields are found again.
    private static func checkDefaults(
        _ run: AvroJSONRun, _ json: [UInt8], _ tokens: [Range<Int>], _ comment: Comment
    ) throws {
        var defaulted: [UInt8] = []
        var copied = 0
        for (token, value) in zip(tokens, run.defaults()) {
            guard let value else { return }
            defaulted += json[copied..<token.lowerBound] + Array(value.utf8)
            copied = token.upperBound
        }
        defaulted += json[copied...]
        _ = try run.payload(of: defaulted)
        #expect(try run.fields(of: defaulted).count == tokens.count, comment)
    }

    /// Whatever is changed, reading throws, or what was read is a value of the schema.
    private static func mutate(
        _ payload: [UInt8], _ json: [UInt8], _ run: AvroJSONRun, _ random: inout AvroRandom, _ comment: Comment
    ) {
        let bytes: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xFF]
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
            let position = Int(random.next() % UInt64(changed.count))
            changed[position] = others[Int(random.next() % UInt64(others.count))]
        } else {
            let from = Int(random.next() % UInt64(changed.count))
            let count = min(changed.count - from, Int(random.next() % 9))
            changed.insert(
                contentsOf: changed[from..<(from + count)], at: Int(random.next() % UInt64(changed.count)))
        }
        return changed
    }
}
