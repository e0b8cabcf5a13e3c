import HTTPTypes
import Hummingbird
import NIOSSL

/// Finds out who asks.
struct CallerMiddleware: RouterMiddleware {
    let access: AccessControl
    /// Whether clients may show certificates.
    let asksForCertificates: Bool

    func handle(
        _ request: Request, context: AdminContext, next: (Request, AdminContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.caller = try await caller(request, context)
        return try await next(request, context)
    }

    private func caller(_ request: Request, _ context: AdminContext) async throws -> Caller? {
        if let authorization = request.headers[.authorization] {
            // Whoever shows a token means it: a wrong one is not made good by anything else.
            guard let token = Self.bearerToken(authorization), let caller = access.caller(token: token) else {
                throw Problem(
                    .unauthorized, "The token is not one that is accepted here.",
                    headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
            }
            return caller
        }
        if asksForCertificates, let caller = await certificateHolder(context) { return caller }
        guard !access.isConfigured else { return nil }
        let isForwarded = Self.forwarding.contains { request.headers.contains($0) }
        let isLocal = AccessControl.isLocal(
            peer: context.channel.remoteAddress, authority: request.head.authority, isForwarded: isForwarded)
        return isLocal ? Caller(name: "local", roles: [.viewer]) : nil
    }

    private func certificateHolder(_ context: AdminContext) async -> Caller? {
        guard let certificate = try? await context.channel.nioSSL_peerCertificate().get(),
            let name = ClientCertificate(certificate).commonName
        else { return nil }
        return access.caller(commonName: name)
    }

    private static func bearerToken(_ authorization: String) -> String? {
        let parts = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].trimmingPrefix(while: { $0 == " " }).isEmpty ? nil : String(parts[1])
    }

    private static let forwarding: [HTTPField.Name] =
        ["Forwarded", "X-Forwarded-For", "Via"].compactMap { HTTPField.Name($0) }
}
