import Records
import Testing

@testable import KeyManagement

/// The small readers behind AWS's replies and files.
@Suite struct AWSReplyTests {
    private func xml(_ name: String, _ text: String) -> String? {
        Array(text.utf8).withUnsafeBytes { bytes in
            XMLReply.text(of: name, in: bytes).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(
        arguments: [
            ("<a><B>x</B></a>", "x"), ("<B></B>", ""), ("<B>x</B><Bc>y</Bc>", "x"), ("", nil), ("<B>", nil),
            ("<B>x", nil), ("<B>x</C>", nil), ("<B>x<", nil), ("<B><C>x</C></B>", nil), ("<B>x</B><B>y</B>", nil),
            ("<<B>x</B>", "x"),
        ] as [(String, String?)])
    func anElementsTextIsFoundWhereItIsTheOnlyOne(text: String, expected: String?) {
        #expect(xml("B", text) == expected)
    }

    @Test(
        arguments: [
            ("2026-01-31T12:00:00Z", 1_769_860_800), ("2026-01-31T12:00:00.123Z", 1_769_860_800),
            ("2026-01-31T12:00:00+00:00", 1_769_860_800), ("1970-01-01T00:00:00Z", 0), ("", nil), ("now", nil),
            ("2026-01-31T12:00:00", nil), ("2026-01-31 12:00:00Z", nil), ("2026-13-31T12:00:00Z", nil),
            ("2026-01-31T24:00:00Z", nil), ("2026-01-31T12:00:00+02:00", nil), ("2026-01-31T12:00:00.Z", nil),
            ("2026-01-31T12:00:00Z\0", nil),
        ] as [(String, Int?)])
    func aTimeIsReadAsAWSWritesIt(text: String, expected: Int?) {
        #expect(AWSTimestamp.seconds(text) == expected)
    }

    private func profile(_ names: [String], _ text: String) -> AWSProfile? {
        var profile = AWSProfile(name: "p")
        return Array(text.utf8).withUnsafeBytes { profile.take(sectionsNamed: names, of: $0) } ? profile : nil
    }

    @Test func aProfileHoldsWhatItsSectionSets() throws {
        let text = """
            # a comment
            [default]
            region = eu-west-1
            [profile  p ]
            Region=eu-west-2 # not Frankfurt
            role_arn =arn:aws:iam::1:role/a#b
            s3 =
              region = nested
            ; another
            empty =
            no equals sign
            [other]
            region = eu-west-3
            """
        let found = try #require(profile(["profile p"], text))
        #expect(found["region"] == "eu-west-2")
        #expect(found["role_arn"] == "arn:aws:iam::1:role/a#b")
        #expect(found["empty"] == nil)
        #expect(found["s3"] == nil)
        #expect(profile(["profile q"], text) == nil)
        #expect(try #require(profile(["other"], text.replacing("\n", with: "\r\n")))["region"] == "eu-west-3")
    }

    @Test(arguments: ["", "[", "[]", "=", "[p", "[p]", "[p]\n=", "[p]\nx", "\u{FFFD}[p]", "[p]]\n="])
    func aFileOfAnyKindIsRead(text: String) {
        _ = profile(["p"], text)
    }
}
