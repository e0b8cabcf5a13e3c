import HTTPTransport
import Records

/// A service that gives access tokens (RFC 6749, section 5; RFC 8693; the metadata services of clouds).
struct TokenEndpoint: Sendable {
    /// What errors call it, such as `the token service https://login.example`.
    let name: String
    let client: HTTPClient

    /// An access token and how long it is good.
    typealias Issued = RenewedCredential<SecretBytes>.Issued

    /// The longest token that is taken, in bytes; Entra's have a few thousand.
    private static let maximumTokenLength = 32_768

    /// Sends `request` and reads `access_token` and `expires_in`.
    ///
    /// - Parameters:
    ///   - secrets: what errors must not repeat.
    ///   - objection: why a reply is not to be believed, or nil.
    func token(
        _ request: HTTPRequest, secrets: [SecretBytes], objection: (HTTPResponse) -> String? = { _ in nil }
    ) throws(CredentialFailure) -> Issued {
        let reply = try send(request, secrets: secrets)
        if let objection = objection(reply) { throw malformed(objection) }
        return try reply.secretBody.withUnsafeBytes { (bytes) throws(CredentialFailure) in
            let token = try self.token([.member("access_token")], in: bytes)
            let seconds = try self.seconds([.member("expires_in")], in: bytes)
            return Issued(value: token, lifetimeMilliseconds: seconds * 1_000)
        }
    }

    /// Sends `request` and returns a reply of status 200; throws for every other.
    func send(_ request: HTTPRequest, secrets: [SecretBytes]) throws(CredentialFailure) -> HTTPResponse {
        let reply: HTTPResponse
        do throws(HTTPTransportError) {
            reply = try client.send(request)
        } catch {
            throw CredentialFailure(error)
        }
        guard reply.status == 200 else { throw refusal(reply, secrets) }
        return reply
    }

    /// The token at `path` in a reply: visible ASCII without quote or backslash, as it goes into a header.
    func token(
        _ path: [JSONReply.Step], in bytes: UnsafeRawBufferPointer
    ) throws(CredentialFailure) -> SecretBytes {
        guard let text = try find(path, bytes, JSONReply.string) else { throw malformed("it has no token") }
        guard (1...Self.maximumTokenLength).contains(text.count), Self.isToken(text) else {
            throw malformed("its token is empty, too long or holds a character that is not plain")
        }
        return SecretBytes(copying: text)
    }

    /// The seconds at `path` in a reply, a number or a text of digits, from 1 to a year.
    func seconds(_ path: [JSONReply.Step], in bytes: UnsafeRawBufferPointer) throws(CredentialFailure) -> Int {
        var text = try find(path, bytes, JSONReply.literal)
        if text == nil { text = try find(path, bytes, JSONReply.string) }
        guard let text, (1...8).contains(text.count), text.allSatisfy({ (48...57).contains($0) }),
            let number = Int(String(decoding: text, as: UTF8.self)), (1...31_536_000).contains(number)
        else { throw malformed("it does not say how many seconds the token is good") }
        return number
    }

    /// Whether `text` can go into a header and into JSON as it is.
    static func isToken(_ text: UnsafeRawBufferPointer) -> Bool {
        text.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// What a reply lacks.
    func malformed(_ reason: String) -> CredentialFailure {
        CredentialFailure(.malformedReply, "\(name) gave a reply that makes no sense: \(reason)")
    }

    private typealias Lookup = ([JSONReply.Step], UnsafeRawBufferPointer) throws(JSONReply.Malformed) ->
        UnsafeRawBufferPointer?

    private func find(
        _ path: [JSONReply.Step], _ bytes: UnsafeRawBufferPointer, _ lookup: Lookup
    ) throws(CredentialFailure) -> UnsafeRawBufferPointer? {
        do throws(JSONReply.Malformed) {
            return try lookup(path, bytes)
        } catch {
            throw malformed(error.reason)
        }
    }

    /// Where the words of a refusal stand: OAuth's (RFC 6749, section 5.2), Google's, and the bare code.
    private static let words: [[JSONReply.Step]] = [
        [.member("error_description")], [.member("error"), .member("message")], [.member("error")],
    ]

    private func refusal(_ reply: HTTPResponse, _ secrets: [SecretBytes]) -> CredentialFailure {
        let words = reply.secretBody.withUnsafeBytes { bytes in
            Self.words.lazy.compactMap { path in (try? JSONReply.string(at: path, in: bytes)) ?? nil }.first
                .map { ServiceWords.shown($0, without: secrets) } ?? ""
        }
        let reason = "\(name) refuses with status \(reply.status)" + (words.isEmpty ? "" : ", \(words)")
        let kind: CredentialFailure.Kind =
            switch reply.status {
            case 400, 401, 403, 404: .rejected
            case 408, 504: .timedOut
            case 429: .throttled
            case 410, 500...599: .unavailable
            default: .malformedReply
            }
        return CredentialFailure(kind, reason)
    }
}
