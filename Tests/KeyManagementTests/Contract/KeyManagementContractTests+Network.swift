import Records
import TestServers
import Testing

@testable import KeyManagement

/// What every provider that is reached over HTTP must do when the way to it, its server or its credentials make trouble.
extension KeyManagementContractTests {
    /// A service through a proxy, which has wrapped once and so has its credentials.
    private func proxied(_ kms: any RemoteTestKMS) throws -> (any KeyManagementService, FaultProxy) {
        let proxy = try kms.makeProxy(identity: nil)
        let service = try kms.service(via: Route(url: proxy.url))
        _ = try service.wrap(secret(32), under: kms.key, topic: "t", within: 5_000)
        return (service, proxy)
    }

    /// The errors of a wrap and of an unwrap of an EDEK that the server could open.
    private func errors(
        _ kms: any RemoteTestKMS, _ service: any KeyManagementService, within milliseconds: Int = 5_000
    ) throws -> [KeyManagementError] {
        let edek = try wrap(kms)
        var errors: [KeyManagementError] = []
        do throws(KeyManagementError) {
            _ = try service.wrap(secret(32), under: kms.key, topic: "t", within: milliseconds)
        } catch {
            errors.append(error)
        }
        do throws(KeyManagementError) {
            _ = try service.unwrap(edek, under: kms.key, topic: "t", within: milliseconds)
        } catch {
            errors.append(error)
        }
        return errors
    }

    /// Both fail, as a case of this name, without anything being wrong with the record.
    private func expectBothFail(_ errors: [KeyManagementError], as name: String) {
        #expect(errors.count == 2)
        for error in errors {
            #expect(Mirror(reflecting: error).children.first?.label == name, "\(error)")
            #expect(error.isTransient)
            #expect(error.isOutage)
        }
    }

    private func expectWorks(_ kms: any RemoteTestKMS, _ service: any KeyManagementService) throws {
        let edek = try service.wrap(secret(32), under: kms.key, topic: "t", within: 5_000)
        #expect(try bytes(service.unwrap(edek, under: kms.key, topic: "t", within: 5_000)) == bytes(secret(32)))
    }

    @Test(arguments: ContractProvider.remote)
    func wrongCredentialsAreAFailureOfTheCredentialsThatDoesNotShowThem(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let errors = try errors(kms, kms.serviceWithWrongCredentials())
        expectBothFail(errors, as: "unauthenticated")
        for error in errors { #expect(!"\(error)".contains(ContractProvider.wrongSecret)) }
    }

    @Test(arguments: ContractProvider.remote)
    func expiredCredentialsAreRenewedWithoutARestart(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let service = try kms.service(via: kms.direct)
        for _ in 0..<3 {
            try expectWorks(kms, service)
            try kms.expireCredentials()
        }
        try expectWorks(kms, service)
    }

    @Test(arguments: ContractProvider.remote)
    func credentialsThatCanNotBeHadAreATransientFailureUntilTheyCan(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        guard let credentialCalls = kms.credentialCalls else { return }
        let huge = FaultProxy.Fault.reply(status: 200, body: String(repeating: "x", count: 5_000_000))
        for fault in [FaultProxy.Fault.reply(status: 503), .reply(status: 200, body: "{}"), .close, huge] {
            try kms.expireCredentials()
            try proxy.make(fault, to: credentialCalls)
            let errors = try errors(kms, service)
            #expect(errors.count == 2)
            for error in errors { #expect(error.isTransient && error.isOutage, "\(error)") }
            try proxy.makeNoTrouble()
            try expectWorks(kms, service)
        }
    }

    @Test(arguments: ContractProvider.remote)
    func aServerThatIsSilentOrDripsIsGivenUpInTime(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        for fault in [FaultProxy.Fault.silence, .drip] {
            try proxy.make(fault, to: kms.keyCalls)
            try expectBothFail(errors(kms, service, within: 300), as: "timedOut")
        }
        try proxy.makeNoTrouble()
        try expectWorks(kms, service)
    }

    @Test(arguments: ContractProvider.remote)
    func aCallThatMeetsAThrottleOrAGatewaysFailureIsRepeated(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        let edek = try wrap(kms)
        for fault in [kms.throttle, .reply(status: 502), .reply(status: 503), .reply(status: 504), .close] {
            for isWrap in [true, false] {
                try proxy.make(fault, to: kms.keyCalls, times: 1)
                let before = try proxy.requests(kms.keyCalls).count
                if isWrap {
                    _ = try service.wrap(secret(32), under: kms.key, topic: "t", within: 5_000)
                } else {
                    _ = try service.unwrap(edek, under: kms.key, topic: "t", within: 5_000)
                }
                #expect(try proxy.requests(kms.keyCalls).count == before + 2)
            }
        }
    }

    @Test(arguments: ContractProvider.remote)
    func aServerThatGoesOnFailingIsATransientFailureUntilItWorks(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        for status in [500, 502, 503, 599] {
            try proxy.make(.reply(status: status), to: kms.keyCalls)
            try expectBothFail(errors(kms, service), as: "unavailable")
        }
        try proxy.make(kms.throttle, to: kms.keyCalls)
        try expectBothFail(errors(kms, service), as: "throttled")
        try proxy.makeNoTrouble()
        try expectWorks(kms, service)
    }

    @Test(arguments: ContractProvider.remote)
    func aDataKeyIsHadOnceAFailingServerWorksAgain(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        let cache = DataKeyCache(KeyManagementSettings(), service: service)
        let worker = Worker(cache, clock: DataKeyCache.now)
        try proxy.make(.reply(status: 500), to: kms.keyCalls, times: 1)
        #expect {
            try worker.sealer(kms.key.text)
        } throws: { error in
            guard case .unavailable? = error as? KeyManagementError else { return false }
            return true
        }
        try Poll.until { (try? worker.sealer(kms.key.text)) != nil }
    }

    @Test(arguments: ContractProvider.remote)
    func aReplyThatMakesNoSenseIsATransientFailure(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        let bodies = [
            "", " ", "null", "[]", "{}", "<html></html>", #"{"data":{}}"#, #"{"data":{"plaintext":"#,
            String(repeating: "[", count: 50_000), String(repeating: #"{"a":"#, count: 10_000),
            String(repeating: "x", count: 5_000_000), "\u{0}\u{FFFD}",
        ]
        for body in bodies {
            try proxy.make(.reply(status: 200, body: body), to: kms.keyCalls)
            try expectBothFail(errors(kms, service), as: "malformedReply")
        }
        try proxy.make(.raw(Array("garbage\r\n\r\n".utf8)), to: kms.keyCalls)
        try expectBothFail(errors(kms, service), as: "malformedReply")
        try proxy.makeNoTrouble()
        try expectWorks(kms, service)
    }

    @Test(arguments: ContractProvider.remote)
    func aRedirectIsNotFollowed(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let (service, proxy) = try proxied(kms)
        let elsewhere = try kms.makeProxy(identity: nil)
        for status in [301, 307, 308] {
            try proxy.make(.reply(status: status, headers: [["Location", elsewhere.url + "/"]]), to: kms.keyCalls)
            let errors = try errors(kms, service)
            #expect(errors.count == 2)
            for error in errors { #expect(error.isTransient, "\(error)") }
        }
        #expect(try elsewhere.requests().isEmpty)
    }

    @Test(arguments: ContractProvider.remote)
    func aServerOfAnAuthorityOfOnesOwnIsTrustedWhereItIsConfigured(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let authority = try TestAuthority()
        let proxy = try kms.makeProxy(identity: authority.issue("server", for: "IP:127.0.0.1"))
        try expectWorks(kms, kms.service(via: Route(url: proxy.url, caFile: authority.certificateFile)))
        for caFile in [nil, try TestAuthority().certificateFile] {
            let service = try kms.service(via: Route(url: proxy.url, caFile: caFile))
            try expectBothFail(errors(kms, service), as: "tlsFailed")
        }
    }

    @Test(arguments: ContractProvider.remote)
    func aServerWhoseCertificateNamesAnotherHostOrHasExpiredIsRefused(provider: ContractProvider) throws {
        let kms = try provider.startRemote()
        let authority = try TestAuthority()
        for identity in [
            try authority.issue("other", for: "DNS:kms.example"),
            try authority.issue("expired", for: "IP:127.0.0.1", days: 0),
        ] {
            let proxy = try kms.makeProxy(identity: identity)
            let service = try kms.service(via: Route(url: proxy.url, caFile: authority.certificateFile))
            try expectBothFail(errors(kms, service), as: "tlsFailed")
            #expect(try proxy.requests().isEmpty)
        }
    }
}
