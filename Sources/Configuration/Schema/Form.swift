/// How a setting's value is written: it reads one, and says for errors and for the reference what is allowed.
struct Form<Value: Sendable>: Sendable {
    /// What may stand there, as it follows "allowed:".
    let allowed: String
    /// The section whose settings are listed in a table of their own.
    let section: Section?
    /// Reads a value, or says what is wrong and returns nil.
    let read: @Sendable (ConfigurationNode, Reading) -> Value?

    init(
        allowed: String, section: Section? = nil,
        read: @escaping @Sendable (ConfigurationNode, Reading) -> Value?
    ) {
        self.allowed = allowed
        self.section = section
        self.read = read
    }
}

/// What a form makes of a scalar's text.
enum Parsed<Value> {
    case value(Value)
    /// It is refused; the reason may quote the text.
    case refused(String? = nil)
}

extension Form {
    /// A value that is one scalar; of a secret, no message shows anything.
    static func scalar(
        _ allowed: String, isSecret: Bool = false, parse: @escaping @Sendable (ResolvedText) -> Parsed<Value>
    ) -> Form {
        Form(allowed: allowed) { node, reading in
            let resolved: ResolvedText
            do throws(ScalarSource.Failure) {
                resolved = try reading.scalars.resolve(node)
            } catch {
                let message = isSecret ? error.discreetMessage : error.message
                reading.refuse(node, "\(message); allowed: \(allowed)")
                return nil
            }
            switch parse(resolved) {
            case .value(let value): return value
            case .refused(let reason):
                reading.refuse(node, refusal(of: resolved, isSecret: isSecret, reason: reason, allowed: allowed))
                return nil
            }
        }
    }

    private static func refusal(
        of found: ResolvedText, isSecret: Bool, reason: String?, allowed: String
    ) -> String {
        // An address may hold a password before its @ or a token in its query, whichever setting it was meant for.
        let mayHoldSecret = found.shown.contains("://") && found.shown.contains { "@?#".contains($0) }
        let isShown = !isSecret && !mayHoldSecret
        let shown = isShown ? "\"\(printable(found.shown))\"" : "a value that is not shown"
        let isReasonSafe = found.isQuotable && isShown
        let reasonText = isReasonSafe ? reason.map { ": \(printable($0, limit: 300))" } ?? "" : ""
        return "found \(shown)\(reasonText); allowed: \(allowed)"
    }

    /// A list of values.
    static func list<Element: Sendable>(
        of element: Form<Element>, allowsEmpty: Bool = true
    ) -> Form where Value == [Located<Element>] {
        let allowed = "a list of: \(element.allowed)"
        return Form(allowed: allowed, section: element.section) { node, reading in
            guard case .list(let elements) = node.content else {
                reading.refuse(node, "found \(node.kind); allowed: \(allowed)")
                return nil
            }
            guard allowsEmpty || !elements.isEmpty else {
                reading.refuse(node, "found an empty list; at least one is needed")
                return nil
            }
            return elements.enumerated().compactMap { index, element_ in
                let inside = reading.inside(index)
                return element.read(element_, inside).map {
                    Located(value: $0, mark: element_.mark, path: inside.path)
                }
            }
        }
    }

    /// A value that stands for a list of one, or a list of values.
    static func oneOrList<Element: Sendable>(of element: Form<Element>) -> Form where Value == [Located<Element>] {
        let list = Form.list(of: element, allowsEmpty: false)
        return Form(allowed: "\(element.allowed), or \(list.allowed)", section: element.section) { node, reading in
            if case .list = node.content { return list.read(node, reading) }
            return element.read(node, reading).map { [Located(value: $0, mark: node.mark, path: reading.path)] }
        }
    }

    /// A mapping with settings of its own.
    static func section(_ section: Section) -> Form where Value == SectionValue {
        Form(allowed: "a mapping", section: section) { node, reading in section.read(node, reading) }
    }
}
