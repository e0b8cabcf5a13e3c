import Hummingbird
import Logging
import Pipeline

/// Which address answers what, and to whom.
struct AdminRoutes {
    let settings: AdminSettings
    let services: OperationsServices
    let logger: Logger

    func responder() -> RouterResponder<AdminContext> {
        let access = AccessControl(settings, logger: logger)
        let router = Router(context: AdminContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(
            middleware: CallerMiddleware(
                access: access, asksForCertificates: settings.tls?.clientAuthorityFile != nil))
        addProbes(to: router)
        PairRoutes(services: services, isConfigured: access.isConfigured).add(to: router)
        RecordRoutes(services: services, isConfigured: access.isConfigured).add(to: router)
        return router.buildResponder()
    }

    /// What is asked without a token: by kubelets, which have none, and by Prometheus, of which docs say the same.
    private func addProbes(to router: Router<AdminContext>) {
        let services = services
        router.get("livez") { _, _ in Response.text("ok\n") }
        router.get("readyz") { _, _ in
            let isReady = HealthReport.isReady(services.pairs().map(\.status))
            return Response.text(isReady ? "ok\n" : "starting\n", status: isReady ? .ok : .serviceUnavailable)
        }
        router.get("healthz") { _, context in
            var report = HealthReport(services.pairs().map(\.status))
            if context.caller == nil { report.pairs = nil }
            return try Response.json(report, status: report.status == .ok ? .ok : .serviceUnavailable)
        }
        router.get("") { _, context in
            try checkOpen(context)
            return StatusPage.response
        }
        router.get("metrics") { request, context in
            try metrics(context)
        }
    }

    private func metrics(_ context: AdminContext) throws -> Response {
        try checkOpen(context)
        return Response(
            status: .ok, headers: [.contentType: MetricsText.contentType],
            body: .init(byteBuffer: ByteBuffer(bytes: MetricsPage(services: services).text().bytes)))
    }

    /// Names of topics and rates are no secret where a token guards the rest; without any, only this machine is answered.
    private func checkOpen(_ context: AdminContext) throws(Problem) {
        guard settings.tokens.isEmpty, settings.clients.isEmpty, context.caller == nil else { return }
        throw Problem(
            .forbidden, "Without a token in the configuration only this machine is answered; set admin.token.")
    }
}
