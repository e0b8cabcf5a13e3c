/// Turns the scalars of a configuration file into text: expands `${NAME}` and reads `{file: path}`.
struct ScalarSource {
    /// The longest file that may stand for a value, in bytes.
    static let fileLimit = 1_048_576

    let environment: [String: String]
    /// The folder of the configuration file, which relative paths start from.
    let directory: String

    /// Why a scalar has no text; never what was read.
    struct Failure: Error {
        let message: String
        /// The same for a secret setting, where not even the text as written may be shown.
        let discreetMessage: String

        init(_ message: String, discreet: String? = nil) {
            self.message = message
            discreetMessage = discreet ?? message
        }
    }

    /// The text of `node`; an absent value, a list or a mapping other than `{file: path}` has none.
    func resolve(_ node: ConfigurationNode) throws(Failure) -> ResolvedText {
        switch node.content {
        case .scalar(let text): return try expand(text)
        case .mapping(let members):
            guard members.count == 1, let member = members.first, member.name == "file",
                case .scalar(let path) = member.value.content
            else { throw Failure("found a mapping") }
            return try contents(of: try expand(path))
        case .null, .list: throw Failure("found \(node.kind)")
        }
    }

    /// The path of a file that the configuration names, relative ones from the configuration's folder.
    func located(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(directory)/\(path)"
    }

    private func contents(of path: ResolvedText) throws(Failure) -> ResolvedText {
        let file = located(path.text)
        do {
            var text = try BoundedFile(path: file, limit: Self.fileLimit).text()
            if text.utf8.last == 0x0A {
                text.unicodeScalars.removeLast()
                if text.utf8.last == 0x0D { text.unicodeScalars.removeLast() }
            }
            return ResolvedText(text: text, shown: "{file: \(path.shown)}", origin: .file(file))
        } catch {
            throw Failure("can't read the file \"\(printable(path.shown))\": \(error.reason)")
        }
    }

    /// Replaces each `${NAME}`, and `$${` by `${`.
    private func expand(_ text: String) throws(Failure) -> ResolvedText {
        guard text.utf8.contains(UInt8(ascii: "$")) else {
            return ResolvedText(text: text, shown: text, origin: .written)
        }
        var result = ""
        var isExpanded = false
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                let (value, after) = try variable(rest.dropFirst(2), isFirst: dollar == text.startIndex)
                result += value
                rest = after
                isExpanded = true
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return ResolvedText(text: result + rest, shown: text, origin: isExpanded ? .environment : .written)
    }

    private func variable(_ text: Substring, isFirst: Bool) throws(Failure) -> (value: String, rest: Substring) {
        guard let end = text.firstIndex(of: "}") else {
            throw Failure("\"${\" without \"}\"; write \"$${\" for a literal \"${\"")
        }
        let name = String(text[..<end])
        guard Self.isName(name) else {
            let advice = "names no environment variable (letters, digits and _); write \"$${\" for a literal \"${\""
            throw Failure(
                "\"${\(printable(name, limit: 40))}\" \(advice)", discreet: "what stands in \"${}\" \(advice)")
        }
        guard let value = environment[name] else {
            // A password may hold "${" by chance, so that only a variable that stands alone is named in a secret.
            let isAlone = isFirst && text.index(after: end) == text.endIndex
            throw Failure(
                "the environment variable \(name) is not set",
                discreet: isAlone ? nil : "an environment variable in it is not set; write \"$${\" for a literal \"${\""
            )
        }
        return (value, text[text.index(after: end)...])
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}
