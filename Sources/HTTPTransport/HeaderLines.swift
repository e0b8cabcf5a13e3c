import CCurl
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A request's header lines in the form libcurl takes, wiped when freed.
///
/// libcurl's own copy in its send buffer can't be reached from here.
struct HeaderLines: ~Copyable {
    private(set) var list: UnsafeMutablePointer<curl_slist>?
    private let scratch = OutputBuffer(capacity: 512)

    deinit {
        var node = list
        while let line = node {
            explicit_bzero(line.pointee.data, strlen(line.pointee.data))
            node = line.pointee.next
        }
        curl_slist_free_all(list)
    }

    /// The lines of `request`; the reason why not where one is malformed.
    init(_ request: HTTPRequest) throws(Refusal) {
        var namesContentType = false
        for header in request.headers {
            switch header.value {
            case .plain(let text): try append(header.name) { $0.append([UInt8](text.utf8)) }
            case .secret(let secret): try append(header.name) { line in secret.withUnsafeBytes { line.append($0) } }
            }
            namesContentType = namesContentType || header.name.lowercased() == "content-type"
        }
        switch request.authorization {
        case .none: break
        case .bearer(let token):
            try append("Authorization") { line in
                line.append("Bearer ")
                token.withUnsafeBytes { line.append($0) }
            }
        case .basic(let username, let password): try appendBasic(username, password)
        case .awsSigV4(let key):
            if let token = key.sessionToken {
                try append("X-Amz-Security-Token") { line in token.withUnsafeBytes { line.append($0) } }
            }
        }
        // What is only taken away would be signed as an empty header that the server never sees.
        if case .awsSigV4 = request.authorization { return }
        // libcurl would announce a form, and would wait for "100 Continue" before a long body.
        if !namesContentType { try appendLine("Content-Type:") }
        try appendLine("Expect:")
    }

    /// Why a line can't be sent.
    struct Refusal: Error {
        let reason: String
    }

    private mutating func appendBasic(_ username: String, _ password: SecretBytes) throws(Refusal) {
        guard !username.utf8.contains(UInt8(ascii: ":")) else { throw Refusal(reason: "colon in the user name") }
        let pair = OutputBuffer(capacity: username.utf8.count + password.count + 1)
        pair.append([UInt8](username.utf8))
        pair.append(UInt8(ascii: ":"))
        password.withUnsafeBytes { pair.append($0) }
        try append("Authorization") { line in
            line.append("Basic ")
            let length = Base64.encodedCount(pair.count)
            Base64.encode(pair.bytes, into: line.reserve(length))
            line.commit(length)
        }
    }

    private mutating func append(_ name: String, _ value: (OutputBuffer) -> Void) throws(Refusal) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenCharacter) else {
            throw Refusal(reason: "a header's name is no token")
        }
        scratch.removeAll()
        scratch.append([UInt8](name.utf8))
        scratch.append(": ")
        let start = scratch.count
        value(scratch)
        guard scratch.bytes(in: start..<scratch.count).allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw Refusal(reason: "control character in the value of header \(name)")
        }
        if scratch.count == start {
            // libcurl takes "Name:" for "leave it out", and "Name;" for an empty value.
            scratch.truncate(to: start - 2)
            scratch.append(";")
        }
        try appendScratch()
    }

    private mutating func appendLine(_ line: StaticString) throws(Refusal) {
        scratch.removeAll()
        scratch.append(line)
        try appendScratch()
    }

    private mutating func appendScratch() throws(Refusal) {
        scratch.append(UInt8(0))
        let line = scratch.bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
        guard let longer = curl_slist_append(list, line) else { throw Refusal(reason: "out of memory") }
        list = longer
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
