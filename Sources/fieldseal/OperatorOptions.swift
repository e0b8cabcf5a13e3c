import ArgumentParser
import Foundation

/// The options of every subcommand that changes what pairs do.
struct OperatorOptions: ParsableArguments {
    @Option(name: .customLong("as"), help: "Who you are, for the audit trail; your login name where it is left out.")
    var actor: String = Self.loginName

    @Option(help: "Why, for the audit trail and for whoever looks at the pair.")
    var reason: String

    /// The longest of either, in bytes.
    private static let longest = 1_000

    func validate() throws {
        for (name, text) in [("--as", actor), ("--reason", reason)] {
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            guard isPlain, !text.allSatisfy(\.isWhitespace), text.utf8.count <= Self.longest else {
                throw ValidationError("\(name) takes a text of one line, of at most \(Self.longest) bytes.")
            }
        }
    }

    static var loginName: String {
        let name = NSUserName()
        return name.isEmpty ? "uid \(getuid())" : name
    }
}
