/// The keys at the top of the file.
enum RootSettings {
    /// What a static member of a consumer group does when the process ends.
    enum Shutdown: String, CaseIterable, Sendable {
        case keep
        case leave
    }

    static let instance = Setting(
        "instance", .name("a name", limit: 128), .optional("dynamic membership"),
        "A name that no other running process has, such as a pod's. With it the workers are static members of their "
            + "groups: a restarted process takes its partitions back without a rebalance.")
    static let onShutdown = Setting(
        "onShutdown", .choice(Shutdown.self), .defaulted(.keep),
        "What a static member does on shutdown: keep its place for the session's time, or leave the group at once.")
    static let kafka = Setting(
        "kafka", .section(KafkaPropertySettings.section), .optional(), "Brokers and client properties for all pairs.")
    static let schemaRegistry = Setting(
        "schemaRegistry", .section(SchemaRegistryKeys.section), .optional("no registry"),
        "Where the schemas of framed records are found.")
    static let kms = Setting(
        "kms", .section(KeyManagementKeys.section), .optional(),
        "Which KMS wrap the data keys, and how long a data key lives.")
    static let audit = Setting(
        "audit", .section(AuditKeys.section), .optional("events in the log alone"),
        "The audit trail: see audit.md.")
    static let control = Setting(
        "control", .section(ControlSettings.section), .optional("none: such commands refuse"),
        "Where pauses, skips and leases are kept, for all processes of these pairs.")
    static let admin = Setting(
        "admin", .section(AdminKeys.section), .optional("no listener"),
        "The HTTP interface: health, metrics, the status page, and what operators do.")
    static let pairs = Setting(
        "pairs", .list(of: .section(PairSettings.section), allowsEmpty: false), .required,
        "The topic pairs; at most \(PairSettings.limit).")

    static let section = Section(
        "Top level", "",
        [
            instance, onShutdown, kafka, schemaRegistry, kms, audit, control, admin, pairs,
        ])
}
