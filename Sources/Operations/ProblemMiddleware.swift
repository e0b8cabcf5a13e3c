import HTTPTypes
import Hummingbird

/// Makes a problem document of every error, and adds the headers that every response has.
struct ProblemMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: AdminContext, next: (Request, AdminContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = try problem(error).response(from: request, context: context)
        }
        for (name, value) in Self.headers where response.headers[name] == nil { response.headers[name] = value }
        return response
    }

    private func problem(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as any HTTPResponseError where error.status.code < 500:
            let detail =
                switch error.status {
                case .notFound: "There is nothing at this address."
                case .contentTooLarge: "The request's body is too long."
                default: "The request is not one that is understood here."
                }
            return Problem(error.status, detail, headers: (error as? HTTPError)?.headers ?? [:])
        default:
            // Whatever it is, its words were not written for a stranger.
            return Problem(.internalServerError, "Something unexpected failed; the log says more.")
        }
    }

    private static let headers: [(HTTPField.Name, String)] = [
        (.cacheControl, "no-store"),
        (.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"),
        (.xContentTypeOptions, "nosniff"),
        (HTTPField.Name("Referrer-Policy") ?? .server, "no-referrer"),
        (HTTPField.Name("Cross-Origin-Resource-Policy") ?? .server, "same-origin"),
    ]
}
