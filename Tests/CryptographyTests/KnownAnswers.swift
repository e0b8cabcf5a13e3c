import Cryptography

extension KnownAnswer {
    static let all = gcm + chaCha + xChaCha + eax128 + eax256 + ctrHMAC

    private static let gcmMessage = """
        d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
        """

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, by the number of the test case.
    private static let gcm: [KnownAnswer] = [
        gcmCase(
            1, .aes128GCM, key: "00000000000000000000000000000000", nonce: "000000000000000000000000", aad: "",
            plaintext: "", sealed: "58e2fccefa7e3061367f1d57a4e7455a"),
        gcmCase(
            2, .aes128GCM, key: "00000000000000000000000000000000", nonce: "000000000000000000000000", aad: "",
            plaintext: "00000000000000000000000000000000",
            sealed: "0388dace60b6a392f328c2b971b2fe78 ab6e47d42cec13bdf53a67b21257bddf"),
        gcmCase(
            3, .aes128GCM, key: "feffe9928665731c6d6a8f9467308308", nonce: "cafebabefacedbaddecaf888", aad: "",
            plaintext: gcmMessage + "1aafd255",
            sealed: """
                42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
                21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985 4d5c2af327cd64a62cf35abd2ba6fab4
                """),
        gcmCase(
            4, .aes128GCM, key: "feffe9928665731c6d6a8f9467308308", nonce: "cafebabefacedbaddecaf888",
            aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2", plaintext: gcmMessage,
            sealed: """
                42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
                21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091 5bc94fbc3221a5db94fae95ae7121a47
                """),
        gcmCase(
            13, .aes256GCM, key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000", aad: "", plaintext: "", sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
        gcmCase(
            14, .aes256GCM, key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000", aad: "", plaintext: "00000000000000000000000000000000",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919"),
        gcmCase(
            15, .aes256GCM, key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888", aad: "", plaintext: gcmMessage + "1aafd255",
            sealed: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad b094dac5d93471bdec1a502270e3cc6c
                """),
        gcmCase(
            16, .aes256GCM, key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888", aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2", plaintext: gcmMessage,
            sealed: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b
                """),
    ]

    private static func gcmCase(
        _ number: Int, _ algorithm: Algorithm, key: String, nonce: String, aad: String, plaintext: String,
        sealed: String
    ) -> KnownAnswer {
        KnownAnswer(
            source: "GCM specification, test case \(number)", algorithm: algorithm, key: key, nonce: nonce, aad: aad,
            plaintext: plaintext, sealed: sealed)
    }

    /// "Ladies and Gentlemen of the class of '99: ..."
    private static let sunscreen = """
        4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a2049662049
        20636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c20
        73756e73637265656e20776f756c642062652069742e
        """

    private static let chaCha = [
        KnownAnswer(
            source: "RFC 8439, section 2.8.2", algorithm: .chaCha20Poly1305,
            key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            nonce: "070000004041424344454647", aad: "50515253c0c1c2c3c4c5c6c7", plaintext: sunscreen,
            sealed: """
                d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
                3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
                92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
                3ff4def08e4b7a9de576d26586cec64b6116 1ae10b594f09e26a7e902ecbd0600691
                """)
    ]

    private static let xChaCha = [
        KnownAnswer(
            source: "draft-irtf-cfrg-xchacha-03, appendix A.3.1", algorithm: .xChaCha20Poly1305,
            key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            nonce: "404142434445464748494a4b4c4d4e4f5051525354555657", aad: "50515253c0c1c2c3c4c5c6c7",
            plaintext: sunscreen,
            sealed: """
                bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
                731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
                2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
                21f9664c97637da9768812f615c68b13b52e c0875924c1c7987947deafd8780acf49
                """),
        KnownAnswer(
            source: "Wycheproof xchacha20_poly1305, 2", algorithm: .xChaCha20Poly1305,
            key: "ab1562faea9f47af3ae1c3d6d030e3af230255dff3df583ced6fbbcbf9d606a9",
            nonce: "6a5e0c4617e07091b605a4de2c02dde117de2ebd53b23497", aad: "", plaintext: "",
            sealed: "e2697ea6877aba39d9555a00e14db041"),
        KnownAnswer(
            source: "Wycheproof xchacha20_poly1305, 19", algorithm: .xChaCha20Poly1305,
            key: "d447796ed4ceb2e43942700e7759e335f67afa8653748db95f924c94488195db",
            nonce: "cc4781134455e89c836f7433bd0426776f945d82f6358276", aad: "06947c3afa797e99",
            plaintext: "77c46ada19c81849", sealed: "80c8e9ac2cec97ce 9b62dcc8076098affcb6e7995aaa99a6"),
    ]

    /// Bellare, Rogaway and Wagner, "The EAX Mode of Operation" (2003), appendix G.
    private static let eax128 =
        [
            (
                "233952dee4d5ed5f9b9c6d6ff80ff478", "62ec67f9c3a4a407fcb2a8c49031a8b3", "6bfb914fd07eae6b", "",
                "e037830e8389f27b025a2d6527e79d01"
            ),
            (
                "91945d3f4dcbee0bf45ef52255f095a4", "becaf043b0a23d843194ba972c66debd", "fa3bfd4806eb53fa", "f7fb",
                "19dd5c4c9331049d0bdab0277408f67967e5"
            ),
            (
                "01f74ad64077f2e704c0f60ada3dd523", "70c3db4f0d26368400a10ed05d2bff5e", "234a3463c1264ac6",
                "1a47cb4933", "d851d5bae03a59f238a23e39199dc9266626c40f80"
            ),
            (
                "d07cf6cbb7f313bdde66b727afd3c5e8", "8408dfff3c1a2b1292dc199e46b7d617", "33cce2eabff5a79d",
                "481c9e39b1", "632a9d131ad4c168a4225d8e1ff755939974a7bede"
            ),
            (
                "35b6d0580005bbc12b0587124557d2c2", "fdb6b06676eedc5c61d74276e1f8e816", "aeb96eaebe2970e9",
                "40d0c07da5e4", "071dfe16c675cb0677e536f73afe6a14b74ee49844dd"
            ),
            (
                "bd8e6e11475e60b268784c38c62feb22", "6eac5c93072d8e8513f750935e46da1b", "d4482d1ca78dce0f",
                "4de3b35c3fc039245bd1fb7d", "835bb4f15d743e350e728414abb8644fd6ccb86947c5e10590210a4f"
            ),
            (
                "7c77d6e813bed5ac98baa417477a2e7d", "1a8c98dcd73d38393b2bf1569deefc19", "65d2017990d62528",
                "8b0a79306c9ce7ed99dae4f87f8dd61636",
                "02083e3979da014812f59f11d52630da30137327d10649b0aa6e1c181db617d7f2"
            ),
            (
                "5fff20cafab119ca2fc73549e20f5b0d", "dde59b97d722156d4d9aff2bc7559826", "54b9f04e6a09189a",
                "1bda122bce8a8dbaf1877d962b8592dd2d56",
                "2ec47b2c4954a489afc7ba4897edcdae8cc33b60450599bd02c96382902aef7f832a"
            ),
            (
                "a4a4782bcffd3ec5e7ef6d8c34a56123", "b781fcf2f75fa5a8de97a9ca48e522ec", "899a175897561d7e",
                "6cf36720872b8513f6eab1a8a44438d5ef11",
                "0de18fd0fdd91e7af19f1d8ee8733938b1e8e7f6d2231618102fdb7fe55ff1991700"
            ),
            (
                "8395fcf1e95bebd697bd010bc766aac3", "22e7add93cfc6393c57ec0b3c17d6b44", "126735fcc320d25a",
                "ca40d7446e545ffaed3bd12a740a659ffbbb3ceab7",
                "cb8920f87a6c75cff39627b56e3ed197c552d295a7cfc46afc253b4652b1af3795b124ab6e"
            ),
        ].enumerated().map { index, vector in
            KnownAnswer(
                source: "EAX paper, appendix G, \(index + 1)", algorithm: .aes128EAX, key: vector.0, nonce: vector.1,
                aad: vector.2, plaintext: vector.3, sealed: vector.4)
        }
        + [
            KnownAnswer(
                source: "Wycheproof aes_eax, 11: the counter wraps at 2^128", algorithm: .aes128EAX,
                key: "000102030405060708090a0b0c0d0e0f", nonce: "3c8cc2970a008f75cc5beae2847258c2", aad: "",
                plaintext: "0000000000000000000000000000000011111111111111111111111111111111",
                sealed: """
                    3c441f32ce07822364d7a2990e50bb13d7b02a26969e4a937e5e9073b0d9c968
                    db90bdb3da3d00afd0fc6a83551da95e
                    """)
        ]

    private static let eax256 = [
        KnownAnswer(
            source: "Wycheproof aes_eax, 161", algorithm: .aes256EAX,
            key: "2f6cfb7a215a7bafb607c273f7e66f9a6d51d57f9c29422ec64699bad0c6f33b",
            nonce: "21cbeff0b123799da74f4daff2e279c5", aad: "",
            plaintext: "39dbc71f6838ed6c6e582137436e1c61bbbfb80531f4",
            sealed: "f531097aa1bb35d9f401d459340afbd27f9bdf72c537 e4e18170dce4e1af90b15eae64355331"),
        KnownAnswer(
            source: "Wycheproof aes_eax, 162", algorithm: .aes256EAX,
            key: "7517c973a9de3614431e3198f4ddc0f8dc33862654649e9ff7838635bb278231",
            nonce: "42f82085c08afd5b19a9491a79cd8119", aad: "e9ee894ad5b0781d",
            plaintext: "d17fbed25ad5f72477580b9e82a7b883",
            sealed: "0b70b24253b2e1c3ef1165925b5c5e57 45009a2a101877ed70e58f2e5910004f"),
        KnownAnswer(
            source: "Wycheproof aes_eax, 165", algorithm: .aes256EAX,
            key: "ec88cec13d8ebae7d62f60197e5486d61c33ee5a50b19f197c1348fbc9e27e8e",
            nonce: "1ec1d18c96ca6cad66690e60b91cf222", aad: "d28d5811d4168a08da54b97831b59200041adb0e2891ea91",
            plaintext: "658c6c7d8ea64a48375d69d9a405095a",
            sealed: "e42b53912ce21a3ee7a1fb51194d6fe3 2bc8cc7f42cac1a121fd9ddff4f2073c"),
    ]

    /// NIST SP 800-38A, F.5.1 and F.5.5 for the counter mode. Tink publishes both with the MAC cut to 16 bytes; for the
    /// full one the other 16 bytes come from Python's hmac.
    private static let ctrHMAC = [
        KnownAnswer(
            source: "Tink aes_ctr_hmac_aead_test_vectors", algorithm: .aes128CTRHMACSHA256,
            key: "2b7e151628aed2a6abf7158809cf4f3c" + hmacKey, nonce: "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", aad: "",
            plaintext: nistBlocks,
            sealed: """
                874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab
                1e031dda2fbe03d1792170a0f3009cee 44c94780653c7b5bbfb7c07b3a8c4da5
                """),
        KnownAnswer(
            source: "Tink aes_ctr_hmac_aead_test_vectors, full MAC", algorithm: .aes256CTRHMACSHA256,
            key: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4" + hmacKey,
            nonce: "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", aad: "", plaintext: nistBlocks,
            sealed: """
                601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988d
                dfc9c58db67aada613c2dd08457941a6 cf5fe859652142daea9def01abd443b6 6533776ceb1860740dfd861f001131ce
                """),
        KnownAnswer(
            source: "sealed by Tink 1.16.1", algorithm: .aes128CTRHMACSHA256,
            key: """
                000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
                202122232425262728292a2b2c2d2e2f
                """,
            nonce: "a29f4d2b2321bf043c90d1f1ec6aae12", aad: "6669656c647365616c2f31",
            plaintext: "61206d657373616765206f66207468697274792d6e696e652062797465732c206e6f206d6f72652e",
            sealed: """
                36dd70bc522d06ebdae113818dba4a1aeeafafacadbafe960fcbedaec517c0d1680a97ffd4ad49ac
                df11d3c1767bae545609d1920e8f81d4
                """),
        KnownAnswer(
            source: "sealed by Tink 1.16.1", algorithm: .aes256CTRHMACSHA256,
            key: """
                000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
                202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
                """,
            nonce: "89b2b26b03fddf3c3f8697dcc277afec", aad: "6669656c647365616c2f31",
            plaintext: "61206d657373616765206f66207468697274792d6e696e652062797465732c206e6f206d6f72652e",
            sealed: """
                dbe8a3d5b8f062f80ace98c16fca17041de1fb471a38a7a6fe206b001fb7a8dad70c047065cf1918
                1e534cebf130291d45aa8e3eb37d3e956d5f6ef383a496ea9385830205ec61c1
                """),
    ]

    private static let hmacKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    private static let nistBlocks = """
        6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef
        f69f2445df4f9b17ad2b417be66c3710
        """
}
