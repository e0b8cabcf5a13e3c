import Foundation
import TestServers
import Testing

@testable import HTTPTransport

@Suite struct RetryTests {
    let stub: StubRegistry
    let client = HTTPClient(
        HTTPClient.Settings(
            retry: RetryPolicy(maximumAttempts: 3, baseDelayMilliseconds: 1, maximumDelayMilliseconds: 4)))

    init() throws {
        stub = try StubRegistry()
    }

    @Test(arguments: [429, 502, 503, 504])
    func aServerInTroubleIsAskedAgain(status: Int) throws {
        try stub.setFaults("[{\"status\":\(status),\"times\":2}]")
        let response = try client.send(HTTPRequest(.get, stub.url + "/subjects"))
        #expect(response.status == 200)
        #expect(response.attempts == 3)
        #expect(try stub.requests().count == 3)
    }

    @Test func theLastAnswerIsReturnedWhenAttemptsRunOut() throws {
        try stub.setFaults("[{\"status\":503,\"body\":\"sealed\",\"times\":99}]")
        let response = try client.send(HTTPRequest(.get, stub.url + "/subjects"))
        #expect(response.status == 503)
        #expect(response.attempts == 3)
        #expect(response.body == Array("sealed".utf8))
        #expect(try stub.requests().count == 3)
    }

    @Test(arguments: [400, 401, 403, 404, 409, 500, 501])
    func otherStatusesAreAnswers(status: Int) throws {
        try stub.setFaults("[{\"status\":\(status)}]")
        #expect(try client.send(HTTPRequest(.get, stub.url + "/subjects")).status == status)
        #expect(try stub.requests().count == 1)
    }

    @Test(
        arguments: [
            (503, nil, 1), (503, true, 2), (503, false, 1), (429, nil, 2), (429, false, 2),
        ] as [(Int, Bool?, Int)])
    func aPostIsRepeatedOnlyWhereItMayBe(status: Int, mayRepeat: Bool?, requests: Int) throws {
        try stub.setFaults("[{\"status\":\(status)}]")
        _ = try client.send(HTTPRequest(.post, stub.url + "/config", mayRepeat: mayRepeat))
        #expect(try stub.requests().count == requests)
    }

    @Test(arguments: ["before", "midway"])
    func aBrokenConnectionIsTriedAgain(close: String) throws {
        try stub.setFaults("[{\"close\":\"\(close)\",\"body\":\"half\",\"times\":2}]")
        let response = try client.send(HTTPRequest(.get, stub.url + "/subjects"))
        #expect(response.attempts == 3)
        #expect(response.body == Array("[]".utf8))
        #expect(try stub.requests().count == 3)
    }

    @Test(arguments: ["before", "midway"])
    func aConnectionThatKeepsBreakingIsAnError(close: String) throws {
        try stub.setFaults("[{\"close\":\"\(close)\",\"body\":\"half\",\"times\":99}]")
        #expect(throws: HTTPTransportError.connectionLost(address: stub.url + "/subjects")) {
            try client.send(HTTPRequest(.get, stub.url + "/subjects"))
        }
        #expect(try stub.requests().count == 3)
    }

    @Test func aPostThatMayHaveBeenTakenIsNotSentAgain() throws {
        try stub.setFaults("[{\"close\":\"before\",\"times\":99}]")
        #expect(throws: HTTPTransportError.connectionLost(address: stub.url + "/config")) {
            try client.send(HTTPRequest(.post, stub.url + "/config"))
        }
        #expect(try stub.requests().count == 1)
    }

    @Test func aSlowReplyTimesOutAndIsTriedAgain() throws {
        let hasty = HTTPClient(
            HTTPClient.Settings(
                attemptTimeoutMilliseconds: 300, retry: RetryPolicy(maximumAttempts: 2, baseDelayMilliseconds: 1)))
        try stub.setFaults("[{\"delay\":30,\"times\":99}]")
        #expect(throws: HTTPTransportError.timedOut(address: stub.url + "/subjects")) {
            try hasty.send(HTTPRequest(.get, stub.url + "/subjects"))
        }
        #expect(try stub.requests().count == 2)
    }

    @Test func theWholeCallEndsAtItsDeadlineWhateverAttemptsAreLeft() throws {
        let patient = HTTPClient(
            HTTPClient.Settings(
                retry: RetryPolicy(
                    maximumAttempts: 1_000_000, baseDelayMilliseconds: 400, maximumDelayMilliseconds: 400)))
        try stub.setFaults("[{\"status\":503,\"times\":9999}]")
        do throws(HTTPTransportError) {
            let response = try patient.send(
                HTTPRequest(.get, stub.url + "/subjects", totalTimeoutMilliseconds: 4_000))
            #expect(response.status == 503)
        } catch {
            // The last attempt may meet the deadline.
            #expect(error == .timedOut(address: stub.url + "/subjects"))
        }
        // Each delay is at least 200 ms, so that no more than 20 fit.
        #expect((1...21).contains(try stub.requests().count))
    }

    @Test(arguments: ["3600", "Fri, 31 Dec 2199 23:59:59 GMT"])
    func anAnswerThatAsksForALongWaitIsReturnedAtOnce(retryAfter: String) throws {
        try stub.setFaults("[{\"status\":429,\"headers\":{\"Retry-After\":\"\(retryAfter)\"}}]")
        let response = try client.send(HTTPRequest(.get, stub.url + "/subjects"))
        #expect(response.status == 429)
        #expect(response.attempts == 1)
        #expect(response.retryAfterMilliseconds ?? 0 >= 3_600_000)
    }

    @Test func aShortWaitThatTheServerAsksForIsKept() throws {
        try stub.setFaults("[{\"status\":429,\"headers\":{\"Retry-After\":\"1\"}}]")
        let started = MonotonicClock.milliseconds
        #expect(try client.send(HTTPRequest(.get, stub.url + "/subjects")).attempts == 2)
        // Not a limit on how slow it may be: without the header the delay is at most 4 ms.
        #expect(MonotonicClock.milliseconds - started >= 1_000)
    }

    @Test func aWaitPastTheDeadlineIsNotBegun() throws {
        try stub.setFaults("[{\"status\":429,\"headers\":{\"Retry-After\":\"4\"}}]")
        let response = try client.send(HTTPRequest(.get, stub.url + "/subjects", totalTimeoutMilliseconds: 3_000))
        #expect(response.status == 429)
        #expect(try stub.requests().count == 1)
    }

    @Test(arguments: 1...200)
    func aDelayGrowsTwofoldToItsMaximumAndIsNeverLessThanHalf(attempt: Int) {
        var generator = SystemRandomNumberGenerator()
        let policy = RetryPolicy(baseDelayMilliseconds: 50, maximumDelayMilliseconds: 2_000)
        let ceiling = min(2_000, 50 << min(attempt - 1, 10))
        let delay = policy.delayMilliseconds(afterAttempt: attempt, using: &generator)
        #expect((ceiling / 2...ceiling).contains(delay))
    }

    @Test(arguments: [(Int.max, Int.max), (0, 0), (-5, -5), (1, Int.max)])
    func anAbsurdPolicyGivesADelayAllTheSame(base: Int, maximum: Int) {
        var generator = SystemRandomNumberGenerator()
        let policy = RetryPolicy(baseDelayMilliseconds: base, maximumDelayMilliseconds: maximum)
        for attempt in [1, 2, 64, Int.max] {
            #expect(policy.delayMilliseconds(afterAttempt: attempt, using: &generator) >= 1)
        }
    }
}
