import Hummingbird
import NIOCore
import NIOPosix
import Pipeline

/// What is said of pairs and done with them under `/v1`.
struct PairRoutes {
    let services: OperationsServices
    let isConfigured: Bool

    private struct Pairs: Encodable {
        var pairs: [PairReport]
    }

    private struct Leases: Encodable {
        var leases: [LeaseReport]
    }

    private struct Done: Encodable {
        var pair: String
        var state: String
    }

    func add(to router: Router<AdminContext>) {
        let viewers = router.group("v1").add(middleware: RoleMiddleware(role: .viewer, isConfigured: isConfigured))
        let operators = router.group("v1").add(
            middleware: RoleMiddleware(role: .operator, isConfigured: isConfigured))
        viewers.get("pairs") { _, _ in
            let state = services.control?.state
            let now = WallClock.now()
            return try Response.json(
                Pairs(pairs: services.pairs().map { PairReport($0.pair, $0.status, control: state, now: now) }))
        }
        viewers.get("status") { _, context in
            let caller = context.caller ?? Caller(name: "", roles: [])
            return try Response.json(ProcessReport(services, caller: caller, now: WallClock.now()))
        }
        addLeases(viewers: viewers, operators: operators)
        addCommands(to: operators)
    }

    private func addLeases(viewers: RouterGroup<AdminContext>, operators: RouterGroup<AdminContext>) {
        viewers.get("pairs/:name/leases") { _, context in
            let pair = try pair(context)
            let desk = desk(context)
            return try await blocking { try Response.json(Leases(leases: try desk.leases(of: pair.pair))) }
        }
        operators.post("pairs/:name/leases") { request, context in
            let pair = try pair(context)
            let body = try await RequestBody.read(RequestBody.Lease.self, of: request, context)
            let desk = desk(context)
            return try await blocking {
                try Response.json(
                    try desk.take(pair.pair, seconds: body.ttlSeconds, reason: body.reason), status: .created)
            }
        }
        operators.put("pairs/:name/leases/:id") { request, context in
            let pair = try pair(context)
            let id = try context.parameters.require("id")
            let body = try await RequestBody.read(RequestBody.Renewal.self, of: request, context)
            let desk = desk(context)
            return try await blocking {
                try Response.json(try desk.renew(pair.pair, id: id, seconds: body.ttlSeconds))
            }
        }
        operators.delete("pairs/:name/leases/:id") { _, context in
            let pair = try pair(context)
            let id = try context.parameters.require("id")
            let desk = desk(context)
            return try await blocking {
                try desk.release(pair.pair, id: id)
                return Response(status: .noContent)
            }
        }
    }

    private func addCommands(to operators: RouterGroup<AdminContext>) {
        operators.post("pairs/:name/pause") { request, context in
            let pair = try pair(context)
            let body = try await RequestBody.read(RequestBody.Reason.self, of: request, context)
            let desk = desk(context)
            return try await blocking {
                try desk.pause(pair.pair, reason: body.reason)
                return try Response.json(Done(pair: pair.pair.name, state: "paused"))
            }
        }
        operators.post("pairs/:name/resume") { request, context in
            let pair = try pair(context)
            let body = try await RequestBody.read(RequestBody.Reason.self, of: request, context)
            let desk = desk(context)
            return try await blocking {
                try desk.resume(pair.pair, reason: body.reason)
                return try Response.json(Done(pair: pair.pair.name, state: "resumed"))
            }
        }
        operators.post("pairs/:name/partitions/:partition/skip") { request, context in
            let pair = try pair(context)
            guard let partition = Int32(try context.parameters.require("partition")) else {
                throw Problem(.badRequest, "The partition is no number.")
            }
            let body = try await RequestBody.read(RequestBody.Skip.self, of: request, context)
            let desk = desk(context)
            return try await blocking {
                try desk.skip(
                    pair.pair, pair.status, topic: body.topic, partition: partition, offset: body.offset,
                    reason: body.reason)
                // The worker that holds the partition does it, here or in another process.
                return try Response.json(Done(pair: pair.pair.name, state: "skip requested"), status: .accepted)
            }
        }
    }

    private func pair(_ context: AdminContext) throws -> any RunningPair {
        let name = try context.parameters.require("name")
        guard let pair = services.pairs().first(where: { $0.pair.name == name }) else {
            throw Problem(.notFound, "This process runs no such pair.")
        }
        return pair
    }

    private func desk(_ context: AdminContext) -> OperatorDesk {
        OperatorDesk(services: services, actor: context.caller?.name ?? "", now: WallClock.now())
    }

    /// Runs what waits for Kafka on a thread that may wait.
    private func blocking(_ body: @escaping @Sendable () throws -> Response) async throws -> Response {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
