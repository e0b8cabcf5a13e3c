import Testing

@testable import Cryptography

@Suite struct KnownAnswerTests {
    @Test("A published message seals to the published bytes", arguments: KnownAnswer.all)
    func seals(_ answer: KnownAnswer) throws {
        let context = try SealingContext(key: DataKey(answer.algorithm, Array(hex: answer.key)))
        let sealed = try context.seal(
            Array(hex: answer.plaintext), aad: Array(hex: answer.aad), nonce: Array(hex: answer.nonce))
        #expect(sealed == Array(hex: answer.nonce) + Array(hex: answer.sealed))
    }

    @Test("A fixed nonce source gives the published bytes too", arguments: KnownAnswer.all)
    func sealsFromFixedSource(_ answer: KnownAnswer) throws {
        let context = try SealingContext(key: DataKey(answer.algorithm, Array(hex: answer.key)))
        let sealed = try context.seal(
            Array(hex: answer.plaintext), aad: Array(hex: answer.aad),
            nonces: NonceSource(fixed: Array(hex: answer.nonce)))
        #expect(sealed == Array(hex: answer.nonce) + Array(hex: answer.sealed))
    }

    @Test("The published bytes open to the published message", arguments: KnownAnswer.all)
    func opens(_ answer: KnownAnswer) throws {
        let context = try OpeningContext(key: DataKey(answer.algorithm, Array(hex: answer.key)))
        let plaintext = try context.open(
            Array(hex: answer.nonce) + Array(hex: answer.sealed), aad: Array(hex: answer.aad))
        #expect(plaintext == Array(hex: answer.plaintext))
    }

    @Test("Every algorithm has a known answer with data and AAD", arguments: Algorithm.allCases)
    func covers(_ algorithm: Algorithm) {
        let ofThis = KnownAnswer.all.filter { $0.algorithm == algorithm }
        #expect(ofThis.contains { !$0.plaintext.isEmpty })
        #expect(ofThis.contains { !$0.aad.isEmpty })
    }

    /// draft-mcgrew-aead-aes-cbc-hmac-sha2-05 is CBC, so Tink's tests use it for what the MAC covers. Its 16-byte MAC key
    /// is ours with zeros behind, since HMAC pads a key with zeros.
    @Test("The MAC of CTR-HMAC covers AAD, IV, ciphertext and the AAD's length in bits")
    func draftMcGrew() throws {
        let key =
            Array(hex: "101112131415161718191a1b1c1d1e1f 000102030405060708090a0b0c0d0e0f")
            + [UInt8](repeating: 0, count: 16)
        let context = try OpeningContext(key: DataKey(.aes128CTRHMACSHA256, key))
        let sealed = Array(
            hex: """
                1af38c2dc2b96ffdd86694092341bc04 c80edfa32ddf39d5ef00c0b468834279 a2e46a1b8049f792f76bfe54b903a9c9
                a94ac9b47ad2655c5f10f9aef71427e2 fc6f9b3f399a221489f16362c7032336 09d45ac69864e3321cf82935ac4096c8
                6e133314c54019e8ca7980dfa4b9cf1b 384c486f3a54c51078158ee5d79de59f bd34d848b3d69550a67646344427ade5
                4b8851ffb598f7f80074b9473c82e2db 652c3fa36b0a7c5b3219fab3a30bc1c4
                """)
        let plaintext = try context.open(sealed, aad: Array("The second principle of Auguste Kerckhoffs".utf8))
        #expect(plaintext.count == sealed.count - Algorithm.aes128CTRHMACSHA256.overhead)
    }

    /// RFC 8439, appendix A.5.
    @Test("The RFC's Internet-Draft text opens")
    func rfc8439A5() throws {
        let key = Array(hex: "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0")
        let context = try OpeningContext(key: DataKey(.chaCha20Poly1305, key))
        let sealed = Array(
            hex: """
                000000000102030405060708
                64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0
                bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855
                9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e9
                9040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a
                0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130
                305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709b eead9d67890cbb22392336fea1851f38
                """)
        let plaintext = try context.open(sealed, aad: Array(hex: "f33388860000000000004e91"))
        #expect(
            String(decoding: plaintext, as: UTF8.self).hasPrefix(
                "Internet-Drafts are draft documents valid for a maximum of six months"))
    }
}
