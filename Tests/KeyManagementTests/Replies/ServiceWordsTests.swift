import Records
import Testing

@testable import KeyManagement

/// What a service says may be shown, but for secrets that it says again.
@Suite struct ServiceWordsTests {
    private func shown(_ text: String, without secret: String = "a-token-that-is-secret/0123456789") -> String {
        let secret = Array(secret.utf8).withUnsafeBytes { SecretBytes(copying: $0) }
        return Array(text.utf8).withUnsafeBytes { ServiceWords.shown($0, without: [secret]) }
    }

    @Test func wordsAreShownInOneLine() {
        #expect(shown(#"the key\n is \"disabled\""#) == #"the key is "disabled""#)
    }

    @Test(
        arguments: [
            "bad token a-token-that-is-secret/0123456789", #"bad token s\ecret\/0123456789"#, #"cret\/0123\45678"#,
        ])
    func wordsThatRepeatASecretAreNotShownHoweverTheyAreEscaped(text: String) {
        #expect(shown(text).isEmpty)
    }

    @Test func aLongReplyCostsNoMoreThanWhatIsShownOfIt() {
        // Every byte of this compared with every run of that would take minutes.
        let words = shown(String(repeating: "a", count: 4 << 20), without: String(repeating: "b", count: 4_096))
        #expect(words == String(repeating: "a", count: 256) + "...")
    }
}
