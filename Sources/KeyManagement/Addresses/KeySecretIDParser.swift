/// Reads what follows the prefix of a key address.
///
/// A segment holds letters, digits, `_`, `.` and `-` and is not `.` or `..`, so that it goes into a URL as it is.
struct KeySecretIDParser {
    /// The whole address, for errors.
    let text: String
    /// What follows the prefix.
    let rest: Substring.UTF8View
    /// Where the key's name stands in the text, in bytes.
    private(set) var nameRange = 0..<0

    init(text: String, rest: Substring.UTF8View) {
        self.text = text
        self.rest = rest
    }

    mutating func parse(_ provider: KeyManagementProvider) throws(KeySecretError) -> KeySecretID.Address {
        switch provider {
        case .vault: try parseVault()
        case .aws: try parseAWS()
        case .gcp: try parseGCP()
        case .azure: try parseAzure()
        case .inMemory: .inMemory(name: try named(rest))
        }
    }

    private mutating func parseVault() throws(KeySecretError) -> KeySecretID.Address {
        let form = "expected vault-kms://HOST[:PORT]/MOUNT/keys/NAME"
        let parts = segments()
        guard parts.count >= 4, Self.spells(parts[parts.count - 2], "keys") else { throw malformed(form) }
        let host = try host(parts[0], form: form)
        let mount = parts[1..<(parts.count - 2)]
        for part in mount { try check(part) }
        return .vault(
            host: host, mount: mount.map { String(Substring($0)) }.joined(separator: "/"), name: try named(parts.last!))
    }

    private mutating func parseAWS() throws(KeySecretError) -> KeySecretID.Address {
        let form = "expected aws-kms://arn:aws:kms:REGION:ACCOUNT:key/ID or .../alias/NAME"
        let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 6, Self.spells(parts[0], "arn"), Self.spells(parts[2], "kms") else {
            throw malformed(form)
        }
        for index in [1, 3, 4] { try check(parts[index]) }
        guard Self.partitions.contains(String(Substring(parts[1]))) else {
            throw malformed("\(form); the partition is one of \(Self.partitions.joined(separator: ", "))")
        }
        // Part of a host's name where AWS has no endpoint of another name.
        guard parts[3].allSatisfy(Self.isRegionByte) else { throw malformed(form) }
        guard parts[4].allSatisfy({ (48...57).contains($0) }) else { throw malformed(form) }
        let resource = parts[5].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard resource.count == 2 || (resource.count > 2 && Self.spells(resource[0], "alias")),
            Self.spells(resource[0], "key") || Self.spells(resource[0], "alias")
        else { throw malformed(form) }
        for part in resource { try check(part) }
        _ = try named(resource.last!)
        return .aws(arn: String(Substring(rest)), region: String(Substring(parts[3])))
    }

    private mutating func parseGCP() throws(KeySecretError) -> KeySecretID.Address {
        let form = "expected gcp-kms://projects/P/locations/L/keyRings/R/cryptoKeys/K"
        let parts = segments()
        let collections = ["projects", "locations", "keyRings", "cryptoKeys"]
        guard parts.count == 8 else { throw malformed(form) }
        for (index, collection) in collections.enumerated() {
            guard Self.spells(parts[index * 2], collection) else { throw malformed(form) }
            try check(parts[index * 2 + 1])
        }
        _ = try named(parts[7])
        return .gcp(resource: String(Substring(rest)))
    }

    private mutating func parseAzure() throws(KeySecretError) -> KeySecretID.Address {
        let form = "expected azure-kms://VAULT_HOST/keys/NAME[/VERSION]"
        let parts = segments()
        guard parts.count == 3 || parts.count == 4, Self.spells(parts[1], "keys") else { throw malformed(form) }
        let host = try host(parts[0], form: form)
        let name = try named(parts[2])
        guard parts.count == 4 else { return .azure(host: host, name: name, version: nil) }
        try check(parts[3])
        return .azure(host: host, name: name, version: String(Substring(parts[3])))
    }

    /// The partitions of AWS that have a KMS.
    private static let partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"]

    private func segments() -> [Substring.UTF8View] {
        rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }

    /// Checks the segment that is the key's name, and remembers where it stands.
    private mutating func named(_ segment: Substring.UTF8View) throws(KeySecretError) -> String {
        try check(segment)
        let utf8 = text.utf8
        let start = utf8.distance(from: utf8.startIndex, to: segment.startIndex)
        nameRange = start..<(start + segment.count)
        return String(Substring(segment))
    }

    private func check(_ segment: Substring.UTF8View) throws(KeySecretError) {
        guard !segment.isEmpty, segment.allSatisfy(Self.isAllowed), !Self.spells(segment, "."),
            !Self.spells(segment, "..")
        else {
            throw malformed(
                "\(BoundedText.quoted(String(Substring(segment)))) can't be a part of it: "
                    + "allowed are letters, digits, _, . and -")
        }
    }

    /// `NAME`, `NAME:PORT` or `[IPV6]:PORT`.
    private func host(_ part: Substring.UTF8View, form: String) throws(KeySecretError) -> String {
        guard HostAndPort(parsing: String(Substring(part))) != nil else {
            throw malformed("\(form), with a host name or address and a port from 1 to 65535")
        }
        return String(Substring(part))
    }

    private func malformed(_ reason: String) -> KeySecretError {
        .malformed(text: text, reason: reason)
    }

    private static func spells(_ segment: Substring.UTF8View, _ word: String) -> Bool {
        segment.elementsEqual(word.utf8)
    }

    private static func isRegionByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
