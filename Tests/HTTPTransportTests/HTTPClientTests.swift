import Foundation
import HTTPTransport
import Records
import TestServers
import Testing

private func secret(_ text: String) -> SecretBytes {
    Array(text.utf8).withUnsafeBytes { SecretBytes(copying: $0) }
}

@Suite struct HTTPClientTests {
    let stub: StubRegistry
    let client = HTTPClient(HTTPClient.Settings(retry: RetryPolicy(maximumAttempts: 3, baseDelayMilliseconds: 1)))

    init() throws {
        stub = try StubRegistry()
    }

    @Test(arguments: [HTTPMethod.get, .post, .put, .delete])
    func aRequestArrivesAsItWasMade(method: HTTPMethod) throws {
        let body: HTTPBody = method == .get ? .none : .plain(Array("a\u{0}b".utf8))
        let echo = try Echo(
            client.send(
                HTTPRequest(
                    method, stub.url + "/stub/echo/a%2Fb?q=1",
                    headers: [HTTPHeader("X-Plain", "one two"), HTTPHeader("X-Empty", "")], body: body)))
        #expect(echo.method == method.rawValue)
        #expect(echo.path == "/stub/echo/a%2Fb?q=1")
        #expect(echo.values("X-Plain") == ["one two"])
        #expect(echo.values("X-Empty") == [""])
        #expect(echo.values("User-Agent") == ["fieldseal"])
        #expect(echo.values("Content-Type") == [])
        #expect(echo.body == (method == .get ? "" : "a\u{0}b"))
    }

    @Test(arguments: [HTTPMethod.post, .put])
    func aMethodWithABodySendsAnEmptyOneWhereThereIsNone(method: HTTPMethod) throws {
        let echo = try Echo(client.send(HTTPRequest(method, stub.url + "/stub/echo")))
        #expect(echo.method == method.rawValue)
        #expect(echo.values("Content-Length") == ["0"])
    }

    @Test func secretsArriveInHeadersAndBody() throws {
        let echo = try Echo(
            client.send(
                HTTPRequest(
                    .post, stub.url + "/stub/echo", headers: [HTTPHeader("X-Vault-Token", secret: secret("s.token"))],
                    body: .secret(secret("{\"plaintext\":1}")), authorization: .bearer(secret("t0ken")))))
        #expect(echo.values("X-Vault-Token") == ["s.token"])
        #expect(echo.values("Authorization") == ["Bearer t0ken"])
        #expect(echo.body == "{\"plaintext\":1}")
    }

    @Test func basicCredentialsArriveEncoded() throws {
        let echo = try Echo(
            client.send(
                HTTPRequest(
                    .get, stub.url + "/stub/echo",
                    authorization: .basic(username: "Aladdin", password: secret("open sesame")))))
        // The example of RFC 7617, section 2.
        #expect(echo.values("Authorization") == ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
    }

    @Test func oneRequestLeavesNothingBehindForTheNext() throws {
        _ = try client.send(
            HTTPRequest(
                .put, stub.url + "/stub/echo", headers: [HTTPHeader("X-Once", "1")], body: .plain([1, 2, 3]),
                authorization: .bearer(secret("t0ken"))))
        let echo = try Echo(client.send(HTTPRequest(.get, stub.url + "/stub/echo")))
        #expect(echo.method == "GET")
        #expect(echo.values("X-Once") == [])
        #expect(echo.values("Authorization") == [])
        #expect(echo.body == "")
    }

    @Test func aConnectionIsKeptForTheNextRequest() throws {
        let first = try Echo(client.send(HTTPRequest(.get, stub.url + "/stub/echo")))
        let second = try Echo(client.send(HTTPRequest(.get, stub.url + "/stub/echo")))
        #expect(first.port == second.port)
    }

    @Test(arguments: [
        HTTPHeader("X-A", "1\r\nX-B: 2"), HTTPHeader("X-A", "1\n2"), HTTPHeader("X-A", "nul\u{0}"),
        HTTPHeader("X A", "1"), HTTPHeader("X:A", "1"), HTTPHeader("", "1"),
        HTTPHeader("X-A", secret: secret("1\r\nX-B: 2")),
    ])
    func aHeaderThatWouldMakeAnotherIsRefused(header: HTTPHeader) throws {
        #expect {
            try client.send(HTTPRequest(.get, stub.url + "/subjects", headers: [header]))
        } throws: { error in
            guard case .invalidRequest? = error as? HTTPTransportError else { return false }
            return true
        }
        #expect(try stub.requests() == [])
    }

    @Test(arguments: [
        "ftp://127.0.0.1/x", "file:///etc/passwd", "127.0.0.1/x", "http://", "http://u:p@127.0.0.1/", "", "http://a b/",
        "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/ä", "gopher://127.0.0.1/", "http://u@127.0.0.1/",
        "http://127.0.0.1:99999/",
    ])
    func anythingButAPlainHTTPAddressIsRefused(url: String) {
        #expect {
            try client.send(HTTPRequest(.get, url))
        } throws: { error in
            guard case .invalidRequest? = error as? HTTPTransportError else { return false }
            return !(error as? HTTPTransportError)!.isTransient
        }
    }

    @Test func anErrorNamesTheAddressWithoutItsQuery() throws {
        let port = try FreePort.find()
        let expected = HTTPTransportError.couldNotConnect(address: "http://127.0.0.1:\(port)/v1/x")
        #expect(throws: expected) {
            try client.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/v1/x?token=hush#part"))
        }
        #expect(expected.isTransient)
    }

    @Test func aNameWithoutAnAddressIsSaidToHaveNone() {
        #expect(throws: HTTPTransportError.couldNotResolve(address: "http://nowhere.invalid:80/")) {
            try client.send(HTTPRequest(.get, "http://nowhere.invalid/"))
        }
    }

    @Test func proxiesOfTheEnvironmentAreIgnored() async throws {
        // In a process of its own: what other tests start inherits this one's environment, and does not ignore it.
        await #expect(processExitsWith: .success) { [address = (stub.url + "/subjects") as String] in
            for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
            let reply = try HTTPClient(HTTPClient.Settings()).send(HTTPRequest(.get, address))
            #expect(reply.status == 200)
        }
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() throws {
        try stub.setFaults("[{\"status\":302,\"headers\":{\"Location\":\"/subjects\"}}]")
        let response = try client.send(HTTPRequest(.get, stub.url + "/start"))
        #expect(response.status == 302)
        #expect(response.header("LOCATION") == "/subjects")
        #expect(try stub.requests() == ["GET /start"])
    }

    @Test(arguments: [
        "{\"bodyBytes\":5000}",
        "{\"raw\":\"HTTP/1.1 200 OK\\r\\n\\r\\n\",\"bodyBytes\":5000}",
        "{\"raw\":\"HTTP/1.1 200 OK\\r\\nContent-Length: 99999999999\\r\\n\\r\\n\",\"bodyBytes\":10}",
    ])
    func aReplyLongerThanAllowedIsRefused(fault: String) throws {
        let narrow = HTTPClient(HTTPClient.Settings(maximumReplyBytes: 4_999))
        try stub.setFaults("[\(fault)]")
        #expect(
            throws: HTTPTransportError.replyTooLarge(address: stub.url + "/x", limit: 4_999)
        ) { try narrow.send(HTTPRequest(.get, stub.url + "/x")) }
        #expect(try stub.requests().count == 1)
    }

    @Test func aReplyAsLongAsAllowedIsTaken() throws {
        let narrow = HTTPClient(HTTPClient.Settings(maximumReplyBytes: 5_000))
        try stub.setFaults("[{\"bodyBytes\":5000}]")
        let response = try narrow.send(HTTPRequest(.get, stub.url + "/x"))
        #expect(response.body == [UInt8](repeating: UInt8(ascii: "x"), count: 5_000))
        #expect(response.secretBody.count == 5_000)
    }

    @Test func endlessHeadersAreRefused() throws {
        let lines = (0..<2_000).map { "X-\($0): \(String(repeating: "y", count: 80))\\r\\n" }.joined()
        try stub.setFaults("[{\"raw\":\"HTTP/1.1 200 OK\\r\\n\(lines)\\r\\n\"}]")
        #expect {
            try client.send(HTTPRequest(.get, stub.url + "/x"))
        } throws: { error in
            guard case .replyTooLarge? = error as? HTTPTransportError else { return false }
            return true
        }
    }

    @Test(arguments: ["this is no HTTP at all\\r\\n\\r\\n", "HTTP/9.9 banana\\r\\n\\r\\n"])
    func aReplyThatIsNoHTTPIsAnError(raw: String) throws {
        try stub.setFaults("[{\"raw\":\"\(raw)\"}]")
        #expect {
            try client.send(HTTPRequest(.get, stub.url + "/x"))
        } throws: { error in
            guard case .protocolViolation? = error as? HTTPTransportError else { return false }
            return true
        }
    }

    @Test func manyThreadsAreAnsweredEachWithItsOwn() throws {
        let stub = self.stub
        let client = self.client
        let wrong = Counter()
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let path = "/stub/echo/\(index)"
            let echo = try? Echo(client.send(HTTPRequest(.get, stub.url + path)))
            if echo?.path != path { wrong.add() }
        }
        #expect(wrong.value == 0)
    }

    @Test func aShutdownEndsTheCallUnderWayAndRefusesLaterOnes() throws {
        try stub.setFaults("[{\"delay\":60,\"times\":9}]")
        let client = HTTPClient(
            HTTPClient.Settings(attemptTimeoutMilliseconds: 60_000, totalTimeoutMilliseconds: 60_000))
        let url = stub.url + "/x"
        let outcome = Outcome()
        let thread = Thread {
            do { _ = try client.send(HTTPRequest(.get, url)) } catch { outcome.set(error as? HTTPTransportError) }
        }
        thread.start()
        try Poll.until { try stub.requests().count == 1 }
        client.shutDown()
        try Poll.until { outcome.value != nil }
        #expect(outcome.value == .cancelled(address: url))
        #expect(throws: HTTPTransportError.cancelled(address: url)) { try client.send(HTTPRequest(.get, url)) }
    }
}
