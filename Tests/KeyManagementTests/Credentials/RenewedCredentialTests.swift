import Synchronization
import TestServers
import Testing

@testable import KeyManagement

@Suite struct RenewedCredentialTests {
    /// A login in the test's hands: it gives 1, 2, 3, ... or fails as told.
    private final class Login: Sendable {
        struct State {
            var count = 0
            var ended = 0
            var now = 1_000
            var failure: CredentialFailure?
            var isHeld = false
        }

        let lifetime: Int?
        let state = Monitor(State())

        init(lifetime: Int? = 1_000) {
            self.lifetime = lifetime
        }

        var count: Int { state.withLock { $0.count } }
        var ended: Int { state.withLock { $0.ended } }

        func pass(_ milliseconds: Int) {
            state.withLock { $0.now += milliseconds }
        }

        func fail(_ failure: CredentialFailure?) {
            state.withLock { $0.failure = failure }
        }

        func hold(_ isHeld: Bool) {
            state.withLock { $0.isHeld = isHeld }
            state.wakeAll()
        }

        var credential: RenewedCredential<Int> {
            RenewedCredential(now: { self.state.withLock { $0.now } }) { (_) throws(CredentialFailure) in
                self.state.withLock { $0.count += 1 }
                _ = self.state.wait(atMost: 20_000) { $0.isHeld ? nil : true }
                return try self.state.withLock { (state) throws(CredentialFailure) in
                    state.ended += 1
                    if let failure = state.failure { throw failure }
                    return .init(value: state.count, lifetimeMilliseconds: self.lifetime)
                }
            }
        }
    }

    private let failure = CredentialFailure(.rejected, "no")

    @Test func aCredentialIsKeptUntilShortlyBeforeItsEnd() throws {
        let login = Login()
        let credential = login.credential
        for _ in 0..<5 {
            #expect(try credential.current(within: 1_000).value == 1)
            login.pass(150)
        }
        #expect(login.count == 1)
        login.pass(200)
        #expect(try credential.current(within: 1_000).value == 2)
    }

    @Test func oneWithoutAnEndIsKept() throws {
        let login = Login(lifetime: nil)
        let credential = login.credential
        _ = try credential.current(within: 1_000)
        login.pass(1 << 50)
        #expect(try credential.current(within: 1_000).value == 1)
    }

    @Test func noOneWaitsForARenewalAheadOfTheEnd() throws {
        let login = Login()
        let credential = login.credential
        _ = try credential.current(within: 1_000)
        login.pass(800)
        login.hold(true)
        // The login is held: whoever waited for it would time out.
        for _ in 0..<3 { #expect(try credential.current(within: 1_000).value == 1) }
        try Poll.until { login.count == 2 }
        login.hold(false)
        try Poll.until { try credential.current(within: 1_000).value == 2 }
        #expect(login.count == 2)
    }

    @Test func aRenewalThatFailsLeavesTheOldOneInUseAndIsTriedAgainLater() throws {
        let login = Login(lifetime: 1_000_000)
        let credential = login.credential
        _ = try credential.current(within: 1_000)
        login.pass(800_000)
        login.fail(failure)
        #expect(try credential.current(within: 1_000).value == 1)
        try Poll.until { login.ended == 2 }
        for _ in 0..<20 { #expect(try credential.current(within: 1_000).value == 1) }
        #expect(login.count == 2)
        login.fail(nil)
        try Poll.until {
            login.pass(1_000)
            return try credential.current(within: 1_000).value == 3
        }
        #expect(login.count == 3)
    }

    @Test func aFailureIsThrownAndNotKept() throws {
        let login = Login()
        let credential = login.credential
        login.fail(failure)
        #expect(throws: failure) { try credential.current(within: 1_000) }
        login.fail(nil)
        #expect(try credential.current(within: 1_000).value == 2)
    }

    @Test func oneLogsInForAllWhoWait() throws {
        let login = Login()
        let credential = login.credential
        let results = Monitor<[Result<Int, CredentialFailure>]>([])
        login.hold(true)
        for _ in 0..<8 {
            _ = BackgroundThread.start {
                let result: Result<Int, CredentialFailure>
                do throws(CredentialFailure) {
                    result = .success(try credential.current(within: 20_000).value)
                } catch {
                    result = .failure(error)
                }
                results.withLock { $0.append(result) }
            }
        }
        try Poll.until { login.count == 1 }
        login.hold(false)
        try Poll.until { results.withLock { $0.count } == 8 }
        #expect(login.count == 1)
        #expect(results.withLock { $0.allSatisfy { $0 == .success(1) } })
    }

    @Test func whoWaitsForALoginOfAnotherGivesUpInTime() throws {
        let login = Login()
        let credential = login.credential
        login.hold(true)
        _ = BackgroundThread.start { _ = try? credential.current(within: 20_000) }
        try Poll.until { login.count == 1 }
        #expect {
            try credential.current(within: 20)
        } throws: { error in
            (error as? CredentialFailure)?.kind == .timedOut
        }
        login.hold(false)
        try Poll.until { try credential.current(within: 1_000).value == 1 }
    }

    @Test func aDiscardedOneIsReplacedButNotANewerOne() throws {
        let login = Login()
        let credential = login.credential
        let first = try credential.current(within: 1_000)
        credential.discard(first)
        let second = try credential.current(within: 1_000)
        #expect(second.value == 2)
        credential.discard(first)
        #expect(try credential.current(within: 1_000).value == 2)
    }
}
