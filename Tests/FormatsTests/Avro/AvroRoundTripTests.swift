import AvroCases
import Foundation
import Records
import Testing

@testable import Formats

/// The law of `preserve_avro`: sealing keeps a datum valid under its schema, and opening restores every byte.
@Suite struct AvroRoundTripTests {
    /// How many schemas and records a run tries; the environment's AVRO_CASES changes it.
    static let cases = ProcessInfo.processInfo.environment["AVRO_CASES"].flatMap { Int($0) } ?? 5_000
    /// Where the run begins; AVRO_SEED changes it, to run one failing case alone.
    static let firstSeed = ProcessInfo.processInfo.environment["AVRO_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("Random records of random schemas are sealed, decoded by other libraries, and restored byte for byte")
    func roundTrip() throws {
        let scanner = AvroFieldScanner()
        var judged: [AvroJudge.Case] = []
        var schemas: [AvroSchema] = []
        var avroC = AvroCTally()
        var found = 0
        for seed in Self.firstSeed..<(Self.firstSeed + UInt64(Self.cases)) {
            let one = AvroCaseGenerator.make(seed: seed)
            var random = AvroRandom(seed: seed)
            let comment = Comment("AVRO_SEED=\(seed) \(one.schema) \(one.paths)")
            do {
                let schema = try AvroSchema(parsing: one.schema)
                let plan = try AvroPlan(schema: schema, paths: one.paths)
                let scan = try AvroScan(one.payload, plan: plan, scanner: scanner)
                #expect(scan.matches == one.expected.map(AvroScan.Match.init), comment)
                #expect(scan.contents == one.expected.map(\.content), comment)
                let sealed = try Self.checkLaw(one.payload, plan, scanner, scan, &random, comment)
                Self.mutate(one.payload, plan, scanner, &random, comment)
                avroC.judge(one.schema, [one.payload, sealed], comment)
                judged.append(AvroJudge.Case(schema: one.schema, data: [one.payload, sealed]))
                schemas.append(schema)
                found += scan.matches.count
            } catch {
                Issue.record(error, comment)
            }
        }
        #expect(found > Self.cases)
        avroC.expectMost(of: Self.cases)
        for (index, verdict) in try AvroJudge.verdicts(on: judged).enumerated() {
            let comment = Comment("AVRO_SEED=\(Self.firstSeed + UInt64(index)) \(judged[index].schema)")
            #expect(verdict.error == nil, comment)
            guard verdict.error == nil else { continue }
            #expect(verdict.canonical == schemas[index].canonicalForm, comment)
            #expect(verdict.fingerprint == schemas[index].fingerprint, comment)
        }
    }

    /// Seals and opens what was scanned, and returns the sealed form.
    private static func checkLaw(
        _ payload: [UInt8], _ plan: AvroPlan, _ scanner: AvroFieldScanner, _ scan: AvroScan,
        _ random: inout AvroRandom, _ comment: Comment
    ) throws -> [UInt8] {
        let sealed = AvroScan.sealed(payload, plan: plan, scanner: scanner, random: &random)
        let again = try AvroScan(sealed, plan: plan, scanner: scanner)
        #expect(again == scan, comment)
        let opened = AvroScan.splice(sealed, scanner: scanner, replacements: scan.contents)
        #expect(opened == payload, comment)
        return sealed
    }

    /// Whatever is changed, a scan throws or the law holds.
    private static func mutate(
        _ payload: [UInt8], _ plan: AvroPlan, _ scanner: AvroFieldScanner, _ random: inout AvroRandom,
        _ comment: Comment
    ) {
        for _ in 0..<4 {
            var changed = payload
            if random.oneIn(3) || changed.isEmpty {
                changed.removeLast(Int(random.next() % UInt64(changed.count + 1)))
            } else {
                let position = Int(random.next() % UInt64(changed.count))
                changed[position] =
                    [0x00, 0x01, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())][
                        Int(random.next() % 6)]
            }
            guard let scan = try? AvroScan(changed, plan: plan, scanner: scanner) else { continue }
            do {
                _ = try checkLaw(changed, plan, scanner, scan, &random, comment)
            } catch {
                Issue.record(error, comment)
            }
        }
    }
}

extension AvroScan.Match {
    fileprivate init(_ expected: AvroCase.Expected) {
        self.init(
            rule: expected.rule, path: expected.path, typeName: expected.typeName, placement: expected.placement)
    }
}
