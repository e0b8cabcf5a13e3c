/// What somebody may do over HTTP; who may do anything may see what a `viewer` sees.
public enum AdminRole: String, CaseIterable, Hashable, Sendable {
    /// See the state of pairs, partitions, keys and leases: names, numbers and sentences, never a record.
    case viewer
    /// Also pause and resume pairs, leave records out, and take and release leases.
    case `operator`
    /// Also look at single decrypted records, where the configuration allows that at all.
    case reader
}
