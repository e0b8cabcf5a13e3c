import Pipeline

/// The keys of `pairs[].demand`.
enum DemandKeys {
    static let consumers = Setting(
        "consumers", .boolean, .defaulted(true),
        "Whether a live consumer group that is assigned the target is demand. Groups whose names begin with "
            + "`\(DemandSettings.ownPrefix)`, and those of this file's pairs, never are.")
    static let leases = Setting(
        "leases", .boolean, .defaulted(false),
        "Whether a lease is demand: see mirror.md. Leases are kept in the topic of `control`.")
    static let idleAfterMs = Setting(
        "idleAfterMs", .integer(0...86_400_000), .defaulted(60_000),
        "How long demand must have stayed away before the pair is idle, in milliseconds.")
    static let checkIntervalMs = Setting(
        "checkIntervalMs", .integer(100...3_600_000), .defaulted(5_000),
        "How often the cluster is asked for its consumer groups, in milliseconds.")
    static let purge = Setting(
        "purge", .choice(DemandSettings.Purge.self), .defaulted(.consumed),
        "What is deleted from the target when demand has ended. `consumed`: what every group that was seen has read; "
            + "`all`: everything; `never`: nothing.")
    static let groups = Setting(
        "groups", .section(DemandGroupKeys.section), .optional("all groups count"), "Which consumer groups count.")
    static let maxPlaintextAgeMs = Setting(
        "maxPlaintextAgeMs", .integer(1_000...31_622_400_000), .optional("any age"),
        "How old a record of the target may become before it is deleted, read or not, in milliseconds since it was written. "
            + "The notes that this takes are kept in the topic of `control`.")
    static let ownsTarget = Setting(
        "ownsTarget", .boolean, .defaulted(false),
        "Whether the target may be purged though this pair did not create it.")

    static let section = Section(
        "pairs[].demand", "Lets a pair work only while somebody asks for its records: see mirror.md.",
        [consumers, leases, idleAfterMs, checkIntervalMs, purge, groups, maxPlaintextAgeMs, ownsTarget])
}
