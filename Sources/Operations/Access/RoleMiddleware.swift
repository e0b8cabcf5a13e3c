import HTTPTypes
import Hummingbird
import Pipeline

/// Lets only those through who may do what is behind it.
struct RoleMiddleware: RouterMiddleware {
    let role: AdminRole
    /// Whether anybody can show who they are at all.
    let isConfigured: Bool

    func handle(
        _ request: Request, context: AdminContext, next: (Request, AdminContext) async throws -> Response
    ) async throws -> Response {
        guard let caller = context.caller else {
            guard isConfigured else {
                throw Problem(
                    .forbidden, "Without a token in the configuration only this machine is answered; set admin.token.")
            }
            throw Problem(
                .unauthorized, "This needs a token or a certificate.", headers: [.wwwAuthenticate: "Bearer"])
        }
        guard caller.may(role) else {
            let remedy =
                isConfigured
                ? "This needs the role \(role.rawValue), which '\(caller.name)' does not have."
                : "This needs a token with the role \(role.rawValue); set admin.token."
            throw Problem(.forbidden, remedy)
        }
        return try await next(request, context)
    }
}
