import Records
import Testing

@testable import KeyManagement

@Suite struct KeySecretTemplateTests {
    /// Fills `template` in with values by the source's description; nil for one that the record has not.
    private func fill(_ text: String, _ values: [String: String]) throws -> String {
        let template = try KeySecretTemplate(parsing: text)
        let out = OutputBuffer()
        out.append("before ")
        let held = template.sources.map { values[$0.description].map { Array($0.utf8) } }
        try withExtendedLifetime(held) {
            let views = held.map { $0.map { bytes in Self.stable(bytes) } }
            defer { for view in views { view?.deallocate() } }
            do throws(KeySecretError) {
                try template.append(to: out) { views[$0].map { UnsafeRawBufferPointer($0) } }
            } catch {
                #expect(String(decoding: out.bytes, as: UTF8.self) == "before ")
                throw error
            }
        }
        return String(decoding: out.bytes, as: UTF8.self).replacing("before ", with: "")
    }

    private static func stable(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
        copy.copyBytes(from: bytes)
        return UnsafeMutableRawBufferPointer(rebasing: copy[..<bytes.count])
    }

    @Test func aTextWithoutPartsIsConstant() throws {
        let template = try KeySecretTemplate(parsing: "vault-kms://v:8200/transit/keys/pii")
        #expect(template.isConstant)
        #expect(template.sources.isEmpty)
        #expect(template.constant?.text == "vault-kms://v:8200/transit/keys/pii")
        #expect(try fill(template.text, [:]) == template.text)
    }

    @Test func eachKindOfPartIsFilledIn() throws {
        let text =
            "vault-kms://v/transit/keys/{{record.topic}}-{{record.key}}-{{ record.value.a.b[0] }}-{{record.header.x.y}}"
        let template = try KeySecretTemplate(parsing: text)
        #expect(
            template.sources == [
                .topic, .key, .value(try FieldPath(parsing: "a.b[0]")), .header("x.y"),
            ])
        #expect(template.constant == nil)
        let values = [
            "{{record.topic}}": "orders", "{{record.key}}": "4711", "{{record.value.a.b[0]}}": "x_y",
            "{{record.header.x.y}}": "T",
        ]
        #expect(try fill(text, values) == "vault-kms://v/transit/keys/orders-4711-x_y-T")
    }

    @Test func aPartThatIsUsedTwiceIsReadOnce() throws {
        let text = "in-memory-kms://{{record.key}}-{{record.topic}}-{{ record.key}}"
        #expect(try KeySecretTemplate(parsing: text).sources == [.key, .topic])
        #expect(try fill(text, ["{{record.key}}": "k", "{{record.topic}}": "t"]) == "in-memory-kms://k-t-k")
    }

    @Test func aQuotedSegmentMayHoldBraces() throws {
        let text = #"in-memory-kms://{{record.value."a}}\"b".c}}"#
        #expect(
            try KeySecretTemplate(parsing: text).sources == [
                .value(FieldPath(segments: [.key(Array("a}}\"b".utf8)), .key([99])]))
            ])
    }

    @Test(arguments: [
        "vault-kms://v/{{record.topic}}/keys/pii", "vault-kms://{{record.header.host}}/transit/keys/pii",
        "vault-kms://v/transit/{{record.key}}/pii", "{{record.key}}://v/transit/keys/pii",
        "azure-kms://v/keys/pii/{{record.key}}", "azure-kms://{{record.key}}/keys/pii",
        "gcp-kms://projects/{{record.key}}/locations/l/keyRings/r/cryptoKeys/k",
        "aws-kms://arn:aws:kms:{{record.key}}:111122223333:key/a", "aws-kms://arn:aws:kms:r:1:alias/{{record.key}}/a",
    ])
    func onlyTheKeysNameMayBeFilledIn(text: String) {
        #expect(throws: KeySecretError.self) { try KeySecretTemplate(parsing: text) }
    }

    @Test(arguments: [
        "in-memory-kms://{{record.value.a[*]}}", "in-memory-kms://{{record.value.a.*}}",
        "in-memory-kms://{{record.value.}}",
        "in-memory-kms://{{record.value}}", "in-memory-kms://{{record.header.}}", "in-memory-kms://{{record.header}}",
        "in-memory-kms://{{record.partition}}", "in-memory-kms://{{}}", "in-memory-kms://{{record.key",
        "in-memory-kms://{{record.key}", "in-memory-kms://record.key}}", "in-memory-kms://{record.key}",
        "in-memory-kms://{{record.value.a..b}}", "in-memory-kms://{{{record.key}}}", "nope-kms://{{record.key}}",
    ])
    func aMalformedTemplateIsRefused(text: String) {
        #expect(throws: KeySecretError.self) { try KeySecretTemplate(parsing: text) }
    }

    @Test(arguments: ["a", "A-b_9", "_x", "0", String(repeating: "x", count: 128)])
    func aFittingValueIsTaken(value: String) throws {
        #expect(try fill("in-memory-kms://{{record.key}}", ["{{record.key}}": value]) == "in-memory-kms://" + value)
    }

    @Test(arguments: [
        "", "-a", "a/b", "../x", "a.b", "a b", "a\n", "ä", "a:b", "a%2F", "{{record.key}}", "a\0",
        String(repeating: "x", count: 129),
    ])
    func anUnfitValueIsAnErrorThatDoesNotShowIt(value: String) {
        #expect {
            try fill("in-memory-kms://{{record.key}}-secret", ["{{record.key}}": value])
        } throws: { error in
            guard case .unusableValue(.key)? = error as? KeySecretError else { return false }
            return value.count < 4 || !"\(error)".contains(value) || value == "{{record.key}}"
        }
    }

    @Test func aMissingValueIsAnErrorThatNamesThePart() {
        #expect(throws: KeySecretError.missing(.header("tenant"))) {
            try fill("in-memory-kms://{{record.topic}}-{{record.header.tenant}}", ["{{record.topic}}": "t"])
        }
    }
}
