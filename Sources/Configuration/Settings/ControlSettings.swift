/// The keys of `control`.
enum ControlSettings {
    static let topic = Setting(
        "topic", .topic, .required,
        "The topic, on the brokers of the top `kafka`: one partition, compacted; made when missing. Whoever may write to it "
            + "is an operator: see failures.md.")

    static let section = Section(
        "control", "What operators have decided, in a topic that every process reads.", [topic])
}
