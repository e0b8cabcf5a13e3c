import Records
import TestServers
import Testing

@testable import KeyManagement

/// What every provider must do, run against the real thing or the nearest to it that there is.
@Suite struct KeyManagementContractTests {
    func secret(_ count: Int) -> SecretBytes {
        SecretBytes(copying: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 5) })
    }

    func bytes(_ secret: SecretBytes) -> [UInt8] { secret.withUnsafeBytes { [UInt8]($0) } }

    func wrap(_ kms: any TestKMS, _ count: Int = 32) throws -> [UInt8] {
        try kms.service.wrap(secret(count), under: kms.key, topic: "t", within: 5_000)
    }

    private func unwrap(_ kms: any TestKMS, _ edek: [UInt8], under key: KeySecretID? = nil) throws -> [UInt8] {
        try bytes(kms.service.unwrap(edek, under: key ?? kms.key, topic: "t", within: 5_000))
    }

    private func isUndecryptable(_ error: any Error) -> Bool {
        guard case .undecryptable? = error as? KeyManagementError else { return false }
        return (error as? KeyManagementError)?.isTransient == false
    }

    /// Moto calls an EDEK of another key a matter of permission, where AWS calls it one of the key.
    private func isForeign(_ error: any Error, _ provider: ContractProvider) -> Bool {
        isUndecryptable(error) || provider == .awsAccessKey && isRefusal(error)
    }

    private func isRefusal(_ error: any Error) -> Bool {
        let error = error as? KeyManagementError
        return error?.isRefusal == true && error?.isTransient == false
    }

    @Test(arguments: ContractProvider.allCases)
    func whatIsWrappedIsUnwrapped(provider: ContractProvider) throws {
        let kms = try provider.start()
        for count in [16, 32, 48, 64] {
            let edek = try wrap(kms, count)
            #expect(try unwrap(kms, edek) == bytes(secret(count)))
        }
    }

    @Test(arguments: ContractProvider.allCases)
    func anEDEKIsShortPrintableTextAndDiffersEachTime(provider: ContractProvider) throws {
        let kms = try provider.start()
        let edeks = try [wrap(kms), wrap(kms)]
        #expect(edeks[0] != edeks[1])
        for edek in edeks {
            #expect(edek.count <= DataKeyReader.maximumWrappedLength)
            #expect(
                edek.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        }
    }

    @Test(arguments: ContractProvider.allCases)
    func anEDEKOpensUnderItsOwnKeyOnly(provider: ContractProvider) throws {
        let kms = try provider.start()
        guard !provider.lacks.contains(.integrity) else { return }
        let edek = try wrap(kms)
        #expect { try unwrap(kms, edek, under: kms.otherKey) } throws: { isForeign($0, provider) }
    }

    @Test(arguments: ContractProvider.allCases)
    func aChangedEDEKIsRefused(provider: ContractProvider) throws {
        let kms = try provider.start()
        guard !provider.lacks.contains(.integrity) else { return }
        let edek = try wrap(kms)
        for position in edek.indices where edek[position] != UInt8(ascii: "=") {
            var changed = edek
            changed[position] = edek[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect { try unwrap(kms, changed) } throws: { isForeign($0, provider) }
        }
        for count in stride(from: 0, to: edek.count, by: 3) {
            #expect { try unwrap(kms, Array(edek.prefix(count))) } throws: { isUndecryptable($0) }
        }
    }

    @Test(
        arguments: ContractProvider.allCases,
        [
            "", "x", "AAAA", "vault:v1:", "vault:v1:AAAA", "vault:v99999999999999999999:AAAA", "vault:v1:AA\"AA",
            "vault:v1:AAAA\\", "vault:v1:AAAA\n", "\0", "\u{FFFD}", "{}", "vault:v1:AAAA\",\"x\":\"y",
        ])
    func garbageInPlaceOfAnEDEKIsRefused(provider: ContractProvider, garbage: String) throws {
        let kms = try provider.start()
        #expect { try unwrap(kms, Array(garbage.utf8)) } throws: { isUndecryptable($0) }
    }

    @Test(arguments: ContractProvider.allCases)
    func aVeryLongEDEKIsRefused(provider: ContractProvider) throws {
        let kms = try provider.start()
        let long = Array("vault:v1:".utf8) + [UInt8](repeating: UInt8(ascii: "A"), count: 60_000)
        #expect { try unwrap(kms, long) } throws: { isUndecryptable($0) }
    }

    @Test(arguments: ContractProvider.allCases)
    func aKeyThatDoesNotExistIsARefusal(provider: ContractProvider) throws {
        let kms = try provider.start()
        let edek = try wrap(kms)
        #expect { try kms.service.wrap(secret(32), under: kms.absentKey, topic: "t", within: 5_000) } throws: {
            isRefusal($0) && "\($0)".contains(kms.absentKey.text)
        }
        guard !provider.lacks.contains(.integrity) else { return }
        #expect { try unwrap(kms, edek, under: kms.absentKey) } throws: { isRefusal($0) }
    }

    @Test(arguments: ContractProvider.allCases)
    func aKeyThatTheCredentialsMayNotUseIsARefusalThatNamesIt(provider: ContractProvider) throws {
        let kms = try provider.start()
        guard let refusedKey = kms.refusedKey else {
            #expect(provider.lacks.contains(.permissions))
            return
        }
        let edek = try wrap(kms)
        #expect { try kms.service.wrap(secret(32), under: refusedKey, topic: "t", within: 5_000) } throws: {
            isRefusal($0) && "\($0)".contains(refusedKey.text)
        }
        #expect { try unwrap(kms, edek, under: refusedKey) } throws: { isRefusal($0) }
    }

    @Test(arguments: ContractProvider.allCases)
    func aDisabledKeyIsARefusalUntilItIsEnabled(provider: ContractProvider) throws {
        let kms = try provider.start()
        guard let enable = kms.enable else {
            #expect(provider.lacks.contains(.keyStates))
            return
        }
        let edek = try wrap(kms)
        try enable(false)
        #expect { try wrap(kms) } throws: { isRefusal($0) }
        #expect { try unwrap(kms, edek) } throws: { isRefusal($0) }
        try enable(true)
        #expect(try unwrap(kms, edek) == bytes(secret(32)))
        _ = try wrap(kms)
    }

    @Test(arguments: ContractProvider.allCases)
    func afterARotationOldAndNewEDEKsOpen(provider: ContractProvider) throws {
        let kms = try provider.start()
        guard let rotate = kms.rotate else {
            #expect(provider.lacks.contains(.versions))
            return
        }
        let old = try wrap(kms)
        try rotate()
        let new = try wrap(kms)
        #expect(try unwrap(kms, old) == bytes(secret(32)))
        #expect(try unwrap(kms, new) == bytes(secret(32)))
    }

    @Test(arguments: ContractProvider.allCases)
    func aDataKeyOfAnotherLengthThanTheAlgorithmsIsRefused(provider: ContractProvider) throws {
        let kms = try provider.start()
        let worker = Worker(DataKeyCache(KeyManagementSettings(), service: kms.service), clock: DataKeyCache.now)
        for count in [1, 16, 31, 33, 64] {
            let edek = try wrap(kms, count)
            #expect {
                try worker.opener(edek, kek: kms.key.text)
            } throws: { error in
                guard case .wrongKeyLength(_, 32, count)? = error as? KeyManagementError else { return false }
                return (error as? KeyManagementError)?.isTransient == false
            }
        }
        _ = try worker.opener(wrap(kms), kek: kms.key.text)
    }

    @Test(arguments: ContractProvider.allCases)
    func aKeyOfAProviderThatIsNotConfiguredIsRefused(provider: ContractProvider) throws {
        let kms = try provider.start()
        let other = try KeySecretID(
            parsing: kms.key.provider == .vault
                ? "azure-kms://v.vault.azure.net/keys/pii" : "vault-kms://vault:8200/transit/keys/pii")
        #expect {
            try kms.service.wrap(secret(32), under: other, topic: "t", within: 5_000)
        } throws: { error in
            guard case .notConfigured(other)? = error as? KeyManagementError else { return false }
            return (error as? KeyManagementError)?.isTransient == false
        }
    }
}
