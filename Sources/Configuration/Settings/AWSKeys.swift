/// The keys of `kms.aws`.
enum AWSKeys {
    static let region = Setting(
        "region",
        .scalar("a region such as eu-west-1") { found in
            let isRegion =
                1...32 ~= found.text.utf8.count
                && found.text.utf8.allSatisfy {
                    (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
                }
            return isRegion ? .value(found.text) : .refused()
        }, .optional("that of the environment or the profile"),
        "The region of the token service that gives temporary credentials. A key is called in its own region, which its "
            + "ARN names.")
    static let profile = Setting(
        "profile", .text("a profile's name"), .optional("AWS's default chain"),
        "Takes the credentials from this profile of the shared files (`~/.aws`) and from nowhere else.")
    static let basicCredentials = Setting(
        "basicCredentials", .section(basicSection), .optional("AWS's default chain"),
        "A long-lived access key.")
    static let sessionCredentials = Setting(
        "sessionCredentials", .section(sessionSection), .optional("AWS's default chain"), "Temporary credentials.")
    static let endpoint = Setting(
        "endpoint", .address, .optional("AWS's own"),
        "An address in place of AWS's own of KMS, such as that of a VPC endpoint, for the keys of every region.")
    static let caFile = Setting(
        "caFile", .file, .optional("the system's authorities"),
        "The authorities (PEM) that the servers' certificates must come from.")
    static let allowInsecure = Setting(
        "allowInsecure", .boolean, .defaulted(false),
        "Accepts `http` addresses beyond this machine. The data keys then cross the network in the clear.")

    static let section = Section(
        "kms.aws",
        "AWS KMS. Without `basicCredentials`, `sessionCredentials` or `profile` the credentials come from AWS's default "
            + "chain: the environment, a web identity (IRSA), the shared profile files, the container's endpoint, the EC2 "
            + "instance; the first that is set up counts. The identity needs `kms:Encrypt` and `kms:Decrypt`.",
        [region, profile, basicCredentials, sessionCredentials, endpoint, caFile, allowInsecure])

    static let accessKey = Setting(
        "accessKey", .secret("an access key id"), .required,
        "The access key id. Given as `{file: path}`, the file is read again for every call.")
    static let secretKey = Setting(
        "secretKey", .secret("a secret access key"), .required, "The secret access key, likewise.")
    static let sessionToken = Setting(
        "sessionToken", .secret("a session token"), .required, "The session token, likewise.")

    private static let basicSection = Section("kms.aws.basicCredentials", "", [accessKey, secretKey])
    private static let sessionSection = Section(
        "kms.aws.sessionCredentials", "", [accessKey, secretKey, sessionToken])
}
