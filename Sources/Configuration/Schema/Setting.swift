/// A key of the file with the type of its value.
struct Setting<Value: Sendable>: SettingDescription {
    /// What holds where the key is absent.
    enum Presence: Sendable {
        /// The key must be there.
        case required
        /// Nothing, which the reference may put into words.
        case optional(String? = nil)
        /// This value, as the reference prints it.
        case defaulted(Value, String)
    }

    let name: String
    let form: Form<Value>
    let presence: Presence
    let summary: String

    init(_ name: String, _ form: Form<Value>, _ presence: Presence = .optional(), _ summary: String) {
        self.name = name
        self.form = form
        self.presence = presence
        self.summary = summary
    }

    var allowed: String { form.allowed }
    var section: Section? { form.section }

    var isRequired: Bool {
        if case .required = presence { true } else { false }
    }

    var fallback: String? {
        switch presence {
        case .required: nil
        case .optional(let words): words
        case .defaulted(_, let shown): shown
        }
    }

    func read(_ node: ConfigurationNode, _ reading: Reading) -> (any Sendable)? {
        form.read(node, reading)
    }
}

extension Setting.Presence where Value: CustomStringConvertible {
    /// A default that is printed as it is.
    static func defaulted(_ value: Value) -> Self { .defaulted(value, "\(value)") }
}

extension Setting.Presence where Value: RawRepresentable, Value.RawValue == String {
    /// A default that is printed by its name.
    static func defaulted(_ value: Value) -> Self { .defaulted(value, value.rawValue) }
}
