import Records
import Testing

@testable import Transform

/// Which keys a topic's records are counted under.
@Suite struct EnvelopeTallyTests {
    private func add(_ envelopes: [String?], to tally: EnvelopeTally) {
        let name = OutputBuffer(holding: Array("fieldseal.envelope".utf8))
        let values = envelopes.map { $0.map { OutputBuffer(holding: Array($0.utf8)) } }
        let headers = HeaderList()
        for value in values { headers.append(HeaderView(name: name.bytes, value: value?.bytes)) }
        tally.add(
            RecordView(
                topic: name.bytes, partition: 0, offset: 0, timestamp: 0, key: nil, value: nil, headers: headers.views))
        withExtendedLifetime((name, values)) {}
    }

    private func envelope(_ algorithms: [String], _ keys: [(kek: String, edek: String)]) -> String {
        let names = algorithms.map { "\"\($0)\"" }.joined(separator: ",")
        let entries = keys.map { #"{"kek":"\#($0.kek)","edek":"\#($0.edek)"}"# }.joined(separator: ",")
        return #"{"v":1,"topic":"t","algs":[\#(names)]}"# + "\n[\(entries)]"
    }

    @Test(
        arguments: [
            ("vault-kms://v/transit/keys/k", "vault:v12:AAAA", "v12"), ("vault-kms://v/transit/keys/k", "AAAA", nil),
            ("vault-kms://v/transit/keys/k", "vault::AAAA", nil), ("vault-kms://v/transit/keys/k", "vault:v1", nil),
            ("vault-kms://v/transit/keys/k", "vault:v \u{7F}:AAAA", nil),
            ("azure-kms://v.vault.azure.net/keys/k", "0123abc:AAAA", "0123abc"),
            ("azure-kms://v.vault.azure.net/keys/k", String(repeating: "a", count: 65) + ":A", nil),
            ("aws-kms://arn:aws:kms:eu-west-1:1:key/k", "x:AAAA", nil), ("nonsense", "vault:v1:AAAA", nil),
        ] as [(String, String, String?)])
    func theVersionIsShownWhereTheWrappedKeyShowsIt(kek: String, edek: String, version: String?) {
        let tally = EnvelopeTally()
        add([envelope(["AES256_GCM"], [(kek, edek)])], to: tally)
        #expect(tally.rows.map(\.key.version) == [version])
        #expect(tally.rows.first?.key.kek?.text == (kek == "nonsense" ? nil : kek))
    }

    @Test func aRecordCountsOnceForEachOfItsKeys() {
        let tally = EnvelopeTally()
        let key = (kek: "in-memory-kms://a", edek: "AAAA")
        for _ in 0..<3 { add([envelope(["AES256_GCM", "AES256_GCM", "AES128_GCM"], [key, key, key])], to: tally) }
        add([envelope([], [])], to: tally)
        add([], to: tally)
        #expect(tally.rows.map(\.records) == [3, 3])
        #expect(tally.records == 5 && tally.keyless == 1 && tally.plain == 1 && tally.unreadable == 0)
    }

    @Test(
        arguments: [
            [nil], [""], ["\n"], ["{}"], ["{}\n[]"], ["x\ny"], ["{\"v\":2,\"topic\":\"t\",\"algs\":[]}\n[]"],
            ["{\"v\":1,\"topic\":\"t\",\"algs\":[\"AES256_GCM\"]}\n[]"],
            ["{\"v\":1,\"topic\":\"t\",\"algs\":[]}\n[]", "{\"v\":1,\"topic\":\"t\",\"algs\":[]}\n[]"],
        ] as [[String?]])
    func whatIsNoEnvelopeIsCountedAsThat(envelopes: [String?]) {
        let tally = EnvelopeTally()
        add(envelopes, to: tally)
        #expect(tally.unreadable == 1 && tally.records == 1 && tally.rows.isEmpty)
    }
}
