import FoundationEssentials
import Hummingbird
import NIOCore

/// What the bodies of requests hold.
enum RequestBody {
    /// Why something is asked.
    struct Reason: Decodable {
        var reason: String
    }

    /// A lease that is asked for.
    struct Lease: Decodable {
        var ttlSeconds: Int
        var reason: String
    }

    /// A lease that is to last longer.
    struct Renewal: Decodable {
        var ttlSeconds: Int
    }

    /// A record that is to be left out.
    struct Skip: Decodable {
        var topic: String?
        var offset: Int64
        var reason: String
    }

    /// Reads a request's body.
    static func read<Body: Decodable>(
        _ type: Body.Type, of request: Request, _ context: AdminContext
    ) async throws(Problem) -> Body {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: context.maxUploadSize)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The request's body is longer than \(context.maxUploadSize) bytes.")
        } catch {
            throw Problem(.badRequest, "The request's body did not come whole.")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch {
            throw Problem(.badRequest, "The body is not a JSON object with \(Self.members(of: type)).")
        }
    }

    private static func members(_ names: String...) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private static func members(of type: any Decodable.Type) -> String {
        switch type {
        case is Lease.Type: members("ttlSeconds", "reason")
        case is Renewal.Type: members("ttlSeconds")
        case is Skip.Type: members("offset", "reason")
        default: members("reason")
        }
    }
}
