import Yams

/// Reads the text of a configuration file into nodes that know their place.
///
/// Yams expands an alias while it parses and hashes mapping keys by their whole content, so a few lines of nested
/// aliases could keep it busy for ever. Therefore it never gets to see one: each `*` is replaced by a character that the
/// text does not hold, an alias is then recognized as a plain scalar that begins with it (YAML allows no other), and
/// aliases are resolved here, by sharing nodes and counting what they stand for.
struct YAMLDocument {
    /// The most nodes that a file may stand for, with its aliases counted in full.
    static let nodeLimit = 100_000
    /// The deepest nesting.
    static let depthLimit = 64

    /// What is no configuration at all, where the reader can't go on.
    struct Failure: Error {
        let mark: SourceMark
        let message: String
    }

    private let star: Unicode.Scalar
    private var anchors: [String: ConfigurationNode] = [:]

    /// Parses `text`, which must be one document; an empty one is an empty mapping.
    static func parse(_ text: String) throws(Failure) -> ConfigurationNode {
        guard let star = unusedScalar(in: text) else {
            throw Failure(mark: .start, message: "the file uses every character of the private use area")
        }
        var masked = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { masked.append(scalar == "*" ? star : scalar) }
        var document = YAMLDocument(star: star)
        do {
            // Kept until the end: a node's anchor is a weak reference into the parser.
            let parser = try Yams.Parser(yaml: String(masked), resolver: .basic, encoding: .utf8)
            let root = try parser.singleRoot()
            let node = try withExtendedLifetime(parser) { try root.map { try document.node($0, depth: 0) } }
            return node ?? ConfigurationNode(.mapping([]), at: .start)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw document.failure(of: error, in: text)
        }
    }

    private init(star: Unicode.Scalar) {
        self.star = star
    }

    private static func unusedScalar(in text: String) -> Unicode.Scalar? {
        let used = Set(text.unicodeScalars.lazy.map(\.value).filter { 0xE000...0xF8FF ~= $0 })
        return (0xE000...0xF8FF).first { !used.contains($0) }.flatMap(Unicode.Scalar.init)
    }

    private mutating func node(_ source: Yams.Node, depth: Int) throws -> ConfigurationNode {
        let mark = Self.mark(source)
        guard depth <= Self.depthLimit else {
            throw Failure(mark: mark, message: "nested more than \(Self.depthLimit) deep")
        }
        if let name = alias(source) { return try target(of: name, at: mark) }
        try refuseTag(of: source, at: mark)
        let node = ConfigurationNode(try content(source, depth: depth), at: mark)
        guard node.weight <= Self.nodeLimit else {
            throw Failure(
                mark: mark, message: "stands for more than \(Self.nodeLimit) values, its aliases counted in full")
        }
        if let anchor = source.anchor { anchors[anchor.rawValue] = node }
        return node
    }

    private mutating func content(_ source: Yams.Node, depth: Int) throws -> ConfigurationNode.Content {
        switch source {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return isNull ? .null : .scalar(restored(scalar.string))
        case .sequence(let elements):
            return .list(try elements.map { try node($0, depth: depth + 1) })
        case .mapping(let members):
            return .mapping(try members.map { try member($0.key, $0.value, depth: depth + 1) })
        case .alias:
            throw Failure(mark: Self.mark(source), message: "an alias to nothing")
        }
    }

    private mutating func member(
        _ key: Yams.Node, _ value: Yams.Node, depth: Int
    ) throws -> ConfigurationNode.Member {
        let mark = Self.mark(key)
        guard case .scalar(let name) = key, alias(key) == nil else {
            throw Failure(mark: mark, message: "a key must be a plain name, not a list, a mapping or an alias")
        }
        guard name.string != "<<" else {
            throw Failure(mark: mark, message: "merge keys (<<) are not supported; write the settings out")
        }
        return ConfigurationNode.Member(
            name: restored(name.string), mark: mark, value: try node(value, depth: depth))
    }

    /// The anchor that `source` names, where it is an alias.
    private func alias(_ source: Yams.Node) -> String? {
        guard case .scalar(let scalar) = source, scalar.style == .plain, scalar.string.unicodeScalars.first == star
        else { return nil }
        return String(scalar.string.unicodeScalars.dropFirst())
    }

    /// The aliased node, moved to where the alias stands, so that diagnostics point to the use.
    private func target(of name: String, at mark: SourceMark) throws -> ConfigurationNode {
        guard let target = anchors[name] else {
            let message =
                "\"*\(printable(restored(name), limit: 40))\" is no alias of an anchor before it; a value that begins "
                + "with * must be quoted"
            throw Failure(mark: mark, message: message)
        }
        return ConfigurationNode(target.content, at: mark)
    }

    private func refuseTag(of source: Yams.Node, at mark: SourceMark) throws {
        let accepted: [Tag.Name] = [.str, .seq, .map]
        guard accepted.contains(Tag.Name(rawValue: source.tag.rawValue)) else {
            throw Failure(mark: mark, message: "YAML tags (! and !!) are not supported")
        }
    }

    private func restored(_ text: String) -> String {
        guard text.unicodeScalars.contains(star) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(scalar == star ? "*" : scalar) }
        return String(scalars)
    }

    private static func mark(_ node: Yams.Node) -> SourceMark {
        node.mark.map { SourceMark(line: $0.line, column: $0.column) } ?? .start
    }

    /// What Yams says, without its excerpt of the file, which may hold a secret.
    private func failure(of error: any Error, in text: String) -> Failure {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Failure(
                mark: SourceMark(line: mark.line, column: mark.column), message: "this is not valid YAML: \(problem)")
        case .reader(let problem, let offset, _, _):
            return Failure(mark: Self.mark(at: offset ?? 0, in: text), message: "this is not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let name = names.first.map(restored).flatMap { isPlausibleKey($0) ? " \"\($0)\"" : nil } ?? ""
            return Failure(
                mark: SourceMark(line: context.mark.line, column: context.mark.column),
                message: "the key\(name) is given more than once in this mapping")
        default:
            return Failure(mark: .start, message: "this is not valid YAML")
        }
    }

    private static func mark(at offset: Int, in text: String) -> SourceMark {
        let before = text.prefix(offset)
        let line = before.count { $0.isNewline } + 1
        let start = before.lastIndex { $0.isNewline }.map { before.index(after: $0) } ?? before.startIndex
        return SourceMark(line: line, column: before[start...].unicodeScalars.count + 1)
    }
}
