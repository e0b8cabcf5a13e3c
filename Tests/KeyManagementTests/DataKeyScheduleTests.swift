import Testing

@testable import KeyManagement

@Suite final class DataKeyScheduleTests {
    private var schedule = DataKeySchedule(policy: .init(ttl: 1_000, maxKeys: 4))
    private let sealing = Sample.request()
    private let opening = Sample.request(edek: "e")
    private let outage = KeyManagementError.unavailable(key: Sample.key, reason: "down")
    private let refusal = KeyManagementError.refused(key: Sample.key, reason: "no")

    /// An answer in a word, so that it can be compared.
    private func word(_ answer: DataKeySchedule.Answer) -> String {
        switch answer {
        case .use(let identity): "use \(identity)"
        case .handOver(let identity): "hand over \(identity)"
        case .call: "call"
        case .wait: "wait"
        case .fail(.suspended): "suspended"
        case .fail(let error): error.isTransient ? "fail for now" : "fail"
        }
    }

    private func ask(_ request: DataKeyRequest, _ now: Int64) -> String {
        word(schedule.asked(request, now: now))
    }

    private func succeed(_ request: DataKeyRequest, _ identity: UInt64, at now: Int64) -> [UInt64] {
        schedule.succeeded(request, identity: identity, started: now, lastUsed: { _ in nil }).retired
    }

    @Test func theFirstWhoAsksMakesTheCallAndOthersWait() {
        #expect(ask(sealing, 0) == "call")
        #expect(ask(sealing, 1) == "wait")
        #expect(schedule.isCalling(sealing))
        #expect(succeed(sealing, 7, at: 0).isEmpty)
        #expect(!schedule.isCalling(sealing))
        #expect(ask(sealing, 2) == "use 7")
        #expect(ask(sealing, 999) == "use 7")
    }

    @Test func aKeyIsAskedForAgainWhenItsTimeIsOver() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        #expect(ask(sealing, 1) == "use 7")
        #expect(ask(sealing, 1_000) == "call")
        #expect(succeed(sealing, 8, at: 1_000) == [7])
        #expect(ask(sealing, 1_001) == "use 8")
    }

    @Test func whoAskedGetsTheKeyAlsoWhereTheKMSTookLongerThanItMayLive() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        #expect(ask(sealing, 5_000) == "use 7")
        #expect(ask(sealing, 5_000) == "call")
    }

    @Test func keysOfAnotherTopicAlgorithmKEKOrPurposeAreApart() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        #expect(ask(Sample.request(topic: "u"), 1) == "call")
        #expect(ask(Sample.request(algorithm: .aes128GCM), 1) == "call")
        #expect(ask(Sample.request("other"), 1) == "call")
        #expect(ask(opening, 1) == "call")
        #expect(ask(Sample.request(edek: "f"), 1) == "call")
        #expect(ask(Sample.request(reader: 1), 1) == "call")
    }

    @Test func aTransientFailureIsLeftAloneForALongerWhileEachTime() {
        var now: Int64 = 0
        for pause: Int64 in [100, 200, 400] {
            #expect(ask(sealing, now) == "call")
            _ = schedule.failed(sealing, outage, now: now, jitter: 0)
            #expect(!schedule.isCalling(sealing))
            #expect(ask(sealing, now + pause - 1) == "fail for now")
            now += pause
        }
        #expect(ask(sealing, now) == "call")
        _ = succeed(sealing, 7, at: now)
        #expect(ask(sealing, now) == "use 7")
        #expect(ask(sealing, now + 1_000) == "call")
        _ = schedule.failed(sealing, outage, now: now + 1_000, jitter: 0)
        #expect(ask(sealing, now + 1_100) == "call")
    }

    @Test func aPermanentlyRefusedEDEKIsRememberedForAMinute() {
        #expect(ask(opening, 0) == "call")
        _ = schedule.failed(opening, refusal, now: 0, jitter: 0)
        #expect(ask(opening, 59_999) == "fail")
        #expect(ask(Sample.request(edek: "f"), 1) == "call")
        #expect(ask(opening, 60_000) == "call")
    }

    @Test func aPermanentRefusalToWrapIsOnlyBackedOff() {
        _ = ask(sealing, 0)
        _ = schedule.failed(sealing, refusal, now: 0, jitter: 0)
        #expect(ask(sealing, 99) == "fail")
        #expect(ask(sealing, 100) == "call")
    }

    @Test func afterFiveFailuresInARowNoKeyOfThatProviderIsAskedFor() {
        for index in 1...5 {
            let request = Sample.request("k\(index)")
            #expect(ask(request, 0) == "call")
            let turn = schedule.failed(request, outage, now: 0, jitter: 0)
            if case .suspended = turn { #expect(index == 5) } else { #expect(index < 5) }
        }
        #expect(ask(sealing, 0) == "suspended")
        #expect(ask(opening, 999) == "suspended")
        #expect(ask(opening, 1_000) == "call")
        #expect(ask(sealing, 1_000) == "suspended")
        #expect(schedule.succeeded(opening, identity: 1, started: 1_000, lastUsed: { _ in nil }).hasResumed)
        #expect(ask(sealing, 1_000) == "call")
    }

    @Test func aRefusalShowsThatTheKMSIsWell() {
        for index in 1...20 {
            let request = Sample.request("k\(index)")
            _ = ask(request, 0)
            _ = schedule.failed(request, index % 5 == 0 ? refusal : outage, now: 0, jitter: 0)
        }
        #expect(ask(sealing, 0) == "call")
    }

    @Test func aKeyInUseIsRenewedAt80PercentOfItsTime() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        _ = ask(sealing, 1)
        #expect(schedule.nextDue() == 800)
        #expect(schedule.due(now: 799, lastUsed: { _ in 1 }).calls.isEmpty)
        let due = schedule.due(now: 800, lastUsed: { _ in 1 })
        #expect(due.calls == [sealing])
        #expect(due.retired.isEmpty)
        #expect(ask(sealing, 850) == "use 7")
        #expect(schedule.due(now: 860, lastUsed: { _ in 1 }).calls.isEmpty)
        #expect(succeed(sealing, 8, at: 800) == [7])
        #expect(ask(sealing, 900) == "use 8")
        #expect(ask(sealing, 1_799) == "use 8")
    }

    @Test func aRenewalThatFailsIsTriedAgainWhileTheOldKeyServes() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        _ = ask(sealing, 1)
        #expect(schedule.due(now: 800, lastUsed: { _ in 1 }).calls == [sealing])
        _ = schedule.failed(sealing, outage, now: 810, jitter: 0)
        #expect(ask(sealing, 820) == "use 7")
        #expect(schedule.due(now: 909, lastUsed: { _ in 1 }).calls.isEmpty)
        var calls: [DataKeyRequest] = []
        for now: Int64 in stride(from: 910, through: 970, by: 10) {
            calls += schedule.due(now: now, lastUsed: { _ in 1 }).calls
        }
        #expect(calls == [sealing])
        #expect(ask(sealing, 999) == "use 7")
    }

    @Test func aKeyThatNobodyUsesIsNotRenewed() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        _ = ask(sealing, 0)
        for now: Int64 in stride(from: 800, to: 1_000, by: 10) {
            #expect(schedule.due(now: now, lastUsed: { _ in nil }).calls.isEmpty)
        }
        #expect(schedule.due(now: 1_000, lastUsed: { _ in nil }).retired == [7])
        #expect(schedule.nextDue() == nil)
        #expect(ask(sealing, 1_000) == "call")
    }

    @Test(arguments: [(549, false), (551, true)])
    func aKeyForOpeningIsRenewedOnlyWhereItWasUsedLately(used: Int64, isRenewed: Bool) {
        _ = ask(opening, 0)
        _ = succeed(opening, 7, at: 0)
        _ = ask(opening, 0)
        #expect(schedule.due(now: 800, lastUsed: { _ in used }).calls == (isRenewed ? [opening] : []))
    }

    @Test func whileAKeyIsBeingRenewedItsEndMakesRecordsWaitForTheSameCall() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        _ = ask(sealing, 1)
        #expect(schedule.due(now: 800, lastUsed: { _ in 1 }).calls == [sealing])
        #expect(ask(sealing, 1_000) == "wait")
        _ = succeed(sealing, 8, at: 800)
        #expect(ask(sealing, 1_001) == "use 8")
    }

    @Test func aSpentKeyIsAskedForAgain() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        _ = ask(sealing, 1)
        schedule.spent(sealing, identity: 6)
        #expect(ask(sealing, 2) == "use 7")
        schedule.spent(sealing, identity: 7)
        #expect(ask(sealing, 2) == "call")
        #expect(succeed(sealing, 8, at: 2) == [7])
    }

    @Test func aNearlySpentKeyIsRenewedAtOnceAndOnce() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 7, at: 0)
        _ = ask(sealing, 1)
        schedule.nearlySpent(sealing, identity: 7)
        #expect(schedule.nextDue() == .min)
        #expect(schedule.due(now: 2, lastUsed: { _ in 1 }).calls == [sealing])
        #expect(schedule.due(now: 3, lastUsed: { _ in 1 }).calls.isEmpty)
        #expect(ask(sealing, 3) == "use 7")
    }

    @Test func withoutALifeEachKeyIsHandedOverOnce() {
        schedule = DataKeySchedule(policy: .init(ttl: 0, maxKeys: 4))
        let request = Sample.request(reader: 3)
        #expect(ask(request, 0) == "call")
        _ = succeed(request, 7, at: 0)
        #expect(schedule.due(now: 10, lastUsed: { _ in 1 }).calls.isEmpty)
        #expect(ask(request, 50) == "hand over 7")
        #expect(ask(request, 50) == "call")
        _ = succeed(request, 8, at: 50)
        let end = 50 + 2 * DataKeySchedule.abandonedAfter
        #expect(schedule.due(now: end - 1, lastUsed: { _ in nil }).retired.isEmpty)
        #expect(schedule.due(now: end, lastUsed: { _ in nil }).retired == [8])
    }

    @Test func theKeysNotUsedForLongestMakeRoom() {
        let used: [UInt64: Int64] = [1: 50, 2: 10, 3: 40, 4: 30]
        for identity in UInt64(1)...4 {
            let outcome = schedule.succeeded(
                Sample.request("k\(identity)"), identity: identity, started: 0, lastUsed: { used[$0] })
            #expect(outcome.retired.isEmpty)
        }
        let fifth = schedule.succeeded(Sample.request("k5"), identity: 5, started: 0, lastUsed: { used[$0] })
        #expect(fifth.retired == [2])
        #expect(schedule.counts == (4, 0))
        #expect(ask(Sample.request("k2"), 1) == "call")
        #expect(ask(Sample.request("k4"), 1) == "use 4")
    }

    @Test func keysForOpeningDoNotDisplaceThoseForSealing() {
        _ = ask(sealing, 0)
        _ = succeed(sealing, 100, at: 0)
        for identity in UInt64(1)...20 { _ = succeed(Sample.request(edek: "e\(identity)"), identity, at: 0) }
        #expect(schedule.counts == (1, 4))
        #expect(ask(sealing, 1) == "use 100")
    }

    @Test func refusedEDEKsAreBoundedAndDisplaceNoKey() {
        _ = ask(opening, 0)
        _ = succeed(opening, 7, at: 0)
        for index in 0..<(DataKeySchedule.maximumAttempts + 500) {
            let request = Sample.request(edek: "hostile \(index)")
            #expect(ask(request, 1) == "call")
            _ = schedule.failed(request, refusal, now: 1, jitter: 0)
        }
        #expect(schedule.attemptCount <= DataKeySchedule.maximumAttempts)
        #expect(ask(opening, 2) == "use 7")
    }

    @Test func failuresAreForgottenAfterAWhile() {
        _ = ask(opening, 0)
        _ = schedule.failed(opening, refusal, now: 0, jitter: 0)
        _ = schedule.due(now: 119_999, lastUsed: { _ in nil })
        #expect(schedule.attemptCount == 1)
        _ = schedule.due(now: 120_000, lastUsed: { _ in nil })
        #expect(schedule.attemptCount == 0)
    }

    @Test func anyOrderOfEventsKeepsTheRules() {
        var generator = SeededGenerator(seed: 77)
        for _ in 0..<200 {
            ScheduleRun(ttl: Int64.random(in: 1...2_000, using: &generator)).run(&generator)
        }
    }
}
