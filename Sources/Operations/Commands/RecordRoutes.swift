import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Pipeline
import Records
import Synchronization

/// A look at a single record, under `/v1`: where the configuration allows it, for a reader, one at a time.
struct RecordRoutes: Sendable {
    let services: OperationsServices
    let isConfigured: Bool
    private let turn = Turn()

    /// Who looks now, so that a reader who asks for much holds up only readers.
    private final class Turn: Sendable {
        private let isTaken = Mutex(false)

        func take() -> Bool {
            isTaken.withLock { isTaken in
                defer { isTaken = true }
                return !isTaken
            }
        }

        func give() {
            isTaken.withLock { $0 = false }
        }
    }

    init(services: OperationsServices, isConfigured: Bool) {
        self.services = services
        self.isConfigured = isConfigured
    }

    func add(to router: Router<AdminContext>) {
        let readers = router.group("v1").add(middleware: RoleMiddleware(role: .reader, isConfigured: isConfigured))
        readers.get("pairs/:name/records/:partition/:offset") { request, context in
            let look = try look(context)
            let wanted = try wanted(request, context)
            guard turn.take() else {
                throw Problem(
                    .tooManyRequests, "Another record is being looked at; try again.", headers: [.retryAfter: "1"])
            }
            defer { turn.give() }
            return try await NIOThreadPool.singleton.runIfActive { try Self.answer(look, wanted) }
        }
    }

    private func look(_ context: AdminContext) throws -> RecordLook {
        guard let makeLook = services.makeLook else {
            throw Problem(.forbidden, "Looking at records is off; it takes admin.allowRead in the configuration.")
        }
        guard let look = makeLook(try context.parameters.require("name")) else {
            throw Problem(.notFound, "This process runs no such pair.")
        }
        return look
    }

    private func wanted(_ request: Request, _ context: AdminContext) throws -> RecordLook.Request {
        guard let partition = Int32(try context.parameters.require("partition")), partition >= 0,
            let offset = Int64(try context.parameters.require("offset")), 0..<Int64.max ~= offset
        else {
            throw Problem(.badRequest, "Partition and offset are numbers, counted from 0.")
        }
        let query = request.uri.queryParameters
        for name in query.map(\.key) where !["fields", "reason", "topic"].contains(name) {
            throw Problem(.badRequest, "The query takes \"fields\", \"reason\" and \"topic\".")
        }
        let reason = try OperatorDesk.checked(query["reason"].map(String.init) ?? "")
        var fields: [FieldPath] = []
        if let text = query["fields"] {
            do {
                fields = try FieldPath.list(parsing: String(text))
            } catch {
                throw Problem(error)
            }
        }
        return RecordLook.Request(
            topic: query["topic"].map(String.init), partition: partition, offset: offset, fields: fields,
            actor: context.caller?.name ?? "", purpose: reason)
    }

    private static func answer(_ look: RecordLook, _ wanted: RecordLook.Request) throws(Problem) -> Response {
        do {
            let line = try look.take(wanted)
            return Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: line)))
        } catch {
            throw Problem(error)
        }
    }
}

extension Problem {
    /// Why nobody was shown a record.
    fileprivate init(_ error: RecordLookError) {
        let status: HTTPResponse.Status =
            switch error {
            case .topic, .fieldList, .field: .badRequest
            case .notDecrypting: .conflict
            case .noPartition, .gone, .notYet, .noRecord: .notFound
            case .unopened(let error): error.isTransient ? .serviceUnavailable : .unprocessableContent
            case .unaudited, .kafka: .serviceUnavailable
            }
        let text = "\(error)"
        self.init(status, text.prefix(1).uppercased() + text.dropFirst())
    }
}
