/// The environment variables that AWS's own tools and SDKs look at; an empty one counts as absent.
struct AWSEnvironment: Sendable {
    private let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether a switch is on.
    func isTrue(_ name: String) -> Bool {
        self[name]?.lowercased() == "true"
    }

    /// The region, where one is set.
    var region: String? { self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] }

    /// The address that stands in for a service's own: `service` is `KMS` or `STS`.
    func endpoint(of service: String) -> (text: String, variable: String)? {
        guard !isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") else { return nil }
        for variable in ["AWS_ENDPOINT_URL_\(service)", "AWS_ENDPOINT_URL"] {
            if let text = self[variable] { return (text, variable) }
        }
        return nil
    }
}
