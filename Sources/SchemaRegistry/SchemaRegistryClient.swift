import Foundation
import HTTPTransport
import Records

/// Reads schemas by Confluent's REST API; its calls block.
public final class SchemaRegistryClient: Sendable {
    private let http: HTTPClient
    private let base: String
    private let authorization: HTTPAuthorization

    /// The longest single answer taken, in bytes.
    static let maximumReplyBytes = 4 << 20

    /// Makes a client; it connects with the first call.
    ///
    /// - Throws: `invalidSettings`.
    public init(_ settings: SchemaRegistrySettings) throws(SchemaRegistryError) {
        guard settings.url.hasPrefix("http://") || settings.url.hasPrefix("https://") else {
            throw .invalidSettings(reason: "url must begin with http:// or https://")
        }
        guard !settings.url.contains(where: { "?#,@ ".contains($0) }) else {
            throw .invalidSettings(reason: "url must be one address without user info, query or fragment")
        }
        switch (settings.basicAuth, settings.bearerToken) {
        case (nil, nil): authorization = .none
        case (let basic?, nil): authorization = .basic(username: basic.username, password: basic.password)
        case (nil, let token?): authorization = .bearer(token)
        case (_?, _?): throw .invalidSettings(reason: "either basicAuth or bearerToken, not both")
        }
        base = String(settings.url.reversed().drop { $0 == "/" }.reversed())
        http = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, certificateFile: settings.certificateFile, keyFile: settings.keyFile,
                attemptTimeoutMilliseconds: 5_000, totalTimeoutMilliseconds: 10_000,
                maximumReplyBytes: Self.maximumReplyBytes))
    }

    /// Ends calls under way and refuses later ones.
    public func shutDown() {
        http.shutDown()
    }

    /// Fetches a schema and everything it refers to; blocks until answered or timed out.
    public func fetch(id: UInt32) throws(SchemaRegistryError) -> RegisteredSchema {
        // The registry's ids are positive 32-bit integers; a larger one is no id of its.
        guard id <= UInt32(Int32.max) else { throw .unknownSchema(id: id) }
        let reply = try self.reply(to: "/schemas/ids/\(id)", id: id, notFound: .unknownSchema(id: id))
        guard reply.id == nil || reply.id == Int64(id) else {
            throw .malformedReply(id: id, reason: "another schema's id")
        }
        guard let type = SchemaType(rawValue: reply.schemaType ?? SchemaType.avro.rawValue) else {
            throw .unsupportedType(id: id, type: Self.shown(reply.schemaType ?? ""))
        }
        var resolution = ReferenceResolution(id: id, type: type)
        try resolution.resolve(reply) { (subject, version) throws(SchemaRegistryError) in
            let shownVersion = version < 0 ? "latest" : String(version)
            // A deleted version still serves the schemas that refer to it.
            return try self.reply(
                to: "/subjects/\(Self.percentEncoded(subject))/versions/\(shownVersion)?deleted=true", id: id,
                notFound: .unknownReference(id: id, subject: Self.shown(subject), version: version))
        }
        return RegisteredSchema(
            id: id, type: type, text: reply.schema, references: resolution.resolved,
            metadataTags: reply.metadata?.tags ?? [:])
    }

    private func reply(
        to path: String, id: UInt32, notFound: SchemaRegistryError
    ) throws(SchemaRegistryError) -> SchemaReply {
        let request = HTTPRequest(
            .get, base + path,
            headers: [HTTPHeader("Accept", "application/vnd.schemaregistry.v1+json, application/json")],
            authorization: authorization)
        let response: HTTPResponse
        do { response = try http.send(request) } catch {
            throw Self.meaning(of: error, id: id)
        }
        guard response.status == 200 else { throw Self.refusal(response, id: id, notFound: notFound) }
        do {
            return try JSONDecoder().decode(SchemaReply.self, from: Data(response.body))
        } catch {
            throw .malformedReply(id: id, reason: Self.reason(of: error))
        }
    }

    private static func meaning(of error: HTTPTransportError, id: UInt32) -> SchemaRegistryError {
        switch error {
        case .replyTooLarge(_, let limit): .tooLarge(id: id, limit: limit)
        case .invalidRequest(_, let reason): .invalidSettings(reason: reason)
        default: .unreachable(id: id, reason: error.description)
        }
    }

    private static func refusal(
        _ response: HTTPResponse, id: UInt32, notFound: SchemaRegistryError
    ) -> SchemaRegistryError {
        let refusal = try? JSONDecoder().decode(RefusalReply.self, from: Data(response.body))
        let codes = [RefusalReply.subjectNotFound, RefusalReply.versionNotFound, RefusalReply.schemaNotFound]
        // A 404 without the registry's own code comes from something else, such as a proxy or a wrong path.
        if response.status == 404, let refusal, codes.contains(refusal.errorCode) { return notFound }
        return .refused(
            id: id, status: response.status, message: shown(refusal?.message ?? "no explanation that can be read"))
    }

    /// Where decoding failed, without what was found there.
    private static func reason(of error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            shown(context.codingPath.map(\.stringValue).joined(separator: "."))
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, _): "member \(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "wrong type of \(place(context))"
        case .dataCorrupted, .none: "not JSON"
        case .some: "not JSON"
        }
    }

    /// A registry's text cut to a length and characters that suit a log line.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    /// RFC 3986, section 2.1, of everything that is not unreserved.
    static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": encoded.unicodeScalars.append(scalar)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
