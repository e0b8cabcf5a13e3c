/// The keys of a section beyond those it lists: names that others define, each with one scalar.
struct OpenSettings: Sendable {
    /// What the names are, as the reference and errors say it.
    let meaning: String
    /// Why a name is refused, or nil.
    let refusal: @Sendable (String) -> String?
    /// Whether a name's value must never be shown.
    let isSecret: @Sendable (String) -> Bool

    init(
        _ meaning: String, isSecret: @escaping @Sendable (String) -> Bool = { _ in false },
        refusal: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.meaning = meaning
        self.refusal = refusal
        self.isSecret = isSecret
    }

    func read(_ member: ConfigurationNode.Member, _ reading: Reading) -> ResolvedText? {
        if let refusal = refusal(member.name) {
            reading.diagnostics.error(at: member.mark, reading.path, refusal)
            return nil
        }
        let form = Form<ResolvedText>.scalar("one value", isSecret: isSecret(member.name)) { .value($0) }
        return form.read(member.value, reading)
    }
}
