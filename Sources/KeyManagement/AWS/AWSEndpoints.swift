/// Where AWS's services are: their own addresses, or those that the settings or the environment put in their place.
///
/// No part of a host is ever taken from a record: a key's partition and region are those that the configuration lists.
struct AWSEndpoints: Sendable {
    private let kms: String?
    private let sts: String?
    private let isFIPS: Bool
    /// The token service's region, where one is set.
    private let region: String?

    /// Takes the settings; throws where an address is malformed or not safe.
    init(_ settings: AWSSettings, _ environment: AWSEnvironment) throws(KeyManagementError) {
        func checked(_ service: String) throws(KeyManagementError) -> String? {
            guard let found = environment.endpoint(of: service) else { return nil }
            return try Self.base(found.text, name: found.variable, allowsInsecure: settings.allowsInsecure)
        }
        if let endpoint = settings.endpoint {
            kms = try Self.base(endpoint, name: "the endpoint of AWS KMS", allowsInsecure: settings.allowsInsecure)
        } else {
            kms = try checked("KMS")
        }
        sts = try checked("STS")
        isFIPS = environment.isTrue("AWS_USE_FIPS_ENDPOINT")
        region = settings.region ?? environment.region
        if let region, !Self.isRegion(region) {
            throw .invalidSettings(reason: "the AWS region \(BoundedText.quoted(region)) is none")
        }
    }

    /// The address of KMS for a key in `region`.
    func kmsURL(partition: String, region: String) -> String {
        kms ?? url("kms", partition: partition, region: region)
    }

    /// The address of the token service for a role in `partition`, and the region it signs for.
    ///
    /// Without any region it is the global one, as AWS's tools have it.
    func sts(partition: String, profileRegion: String?) -> (url: String, region: String) {
        let chosen = region ?? profileRegion.flatMap { Self.isRegion($0) ? $0 : nil }
        let own = chosen.map { url("sts", partition: partition, region: $0) } ?? "https://sts.amazonaws.com/"
        return (sts ?? own, chosen ?? "us-east-1")
    }

    private func url(_ service: String, partition: String, region: String) -> String {
        "https://\(service)\(isFIPS ? "-fips" : "").\(region).\(Self.suffix(of: partition))/"
    }

    private static func suffix(of partition: String) -> String {
        switch partition {
        case "aws-cn": "amazonaws.com.cn"
        case "aws-iso": "c2s.ic.gov"
        case "aws-iso-b": "sc2s.sgov.gov"
        case "aws-eusc": "amazonaws.eu"
        default: "amazonaws.com"
        }
    }

    /// `text` with a slash at its end.
    private static func base(_ text: String, name: String, allowsInsecure: Bool) throws(KeyManagementError) -> String {
        guard let address = ServiceAddress(parsing: text) else {
            throw .invalidSettings(
                reason: "\(name) is not http:// or https:// followed by HOST[:PORT] and perhaps a path")
        }
        guard address.isSecure || address.isLoopback || allowsInsecure else {
            throw .invalidSettings(
                reason: "\(name) is an http address beyond this machine, over which data keys would go in the clear; "
                    + "allowed are https, http to a loopback address, or http with allowInsecure: true")
        }
        return address.base + "/"
    }

    /// Lower-case letters, digits and hyphens, so that nothing but a label of a host name can come of it.
    private static func isRegion(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
