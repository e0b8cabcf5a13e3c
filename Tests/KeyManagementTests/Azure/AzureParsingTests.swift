import Records
import Testing

@testable import KeyManagement

/// What records and servers can say is read without a trap, whatever it is.
@Suite struct AzureParsingTests {
    private func wrappedKey(_ text: [UInt8]) -> AzureWrappedKey? {
        text.withUnsafeBytes { AzureWrappedKey(parsing: $0) }
    }

    @Test func anEDEKIsReadAsItIsWritten() throws {
        let key = AzureWrappedKey(version: "0a", ciphertext: SecretBytes(copying: [1, 2, 3, 4] as [UInt8]))
        #expect(key.text == Array("0a:AQIDBA==".utf8))
        let read = try #require(wrappedKey(key.text))
        #expect(read.version == "0a" && read.text == key.text)
    }

    @Test(arguments: [
        "", ":", "a:", ":AQID", "a:AQI", "a:AQID:AQID", "a/b:AQID", "..:AQID", "a%2f:AQID", "a b:AQID", "a:AQIDBB==",
        "a: AQID", "aAQID", "\u{0}:AQID", "é:AQID",
    ])
    func anEDEKOfAnotherFormIsRefused(text: String) {
        #expect(wrappedKey(Array(text.utf8)) == nil)
    }

    @Test func boundsHold() {
        let version = [UInt8](repeating: UInt8(ascii: "a"), count: 64)
        #expect(wrappedKey(version + Array(":AQID".utf8)) != nil)
        #expect(wrappedKey(version + Array("a:AQID".utf8)) == nil)
        let payload = [UInt8](repeating: UInt8(ascii: "A"), count: 4_092)
        #expect(wrappedKey(Array("a:".utf8) + payload) != nil)
        #expect(wrappedKey(Array("a:".utf8) + payload + Array("AAAA".utf8)) == nil)
        #expect(AzureChallenge("Bearer resource=\"https://\(String(repeating: "a", count: 5_000))\"") == nil)
    }

    @Test func aChallengeIsRead() throws {
        let challenge = try #require(
            AzureChallenge(
                #"Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net""#)
        )
        #expect(challenge.resource.base == "https://vault.azure.net" && challenge.tenant == "tenant")
        #expect(
            AzureChallenge(#"Bearer resource="https://vault.azure.net/""#)?.resource.base == "https://vault.azure.net")
        #expect(AzureChallenge(#"Bearer resource="https://vault.azure.net""#)?.tenant == nil)
        #expect(AzureChallenge("Bearer authorization=\"https://login/t\"") == nil)
    }

    @Test func whatAnyoneSaysIsReadWithoutATrap() {
        var generator = SeededGenerator(seed: 20_261_124)
        let pieces = [
            "Bearer ", "bearer", "resource", "scope", "authorization", "=", "\"", ",", " ", "https://", "http://",
            "vault.azure.net", "/.default", "/", ":", "[", "]", "::1", "@", "?", "a", "0", "\u{0}", "é", "AQID",
            "0123456789abcdef",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &generator))
                .map { _ in pieces.randomElement(using: &generator)! }.joined()
            _ = AzureChallenge(text)
            _ = wrappedKey(Array(text.utf8))
            _ = ServiceAddress(parsing: text)
            for resource in [ServiceAddress(parsing: text), ServiceAddress(parsing: "https://vault.azure.net")] {
                if let resource { _ = AzureVaults.isResource(resource, of: text) }
            }
        }
    }
}
