/// The names under which a worker is known to Kafka.
struct WorkerIdentity: Hashable, Sendable {
    /// The group instance id of a static member; nil for a dynamic one.
    var groupInstanceID: String?
    /// The transactional id.
    var transactionalID: String

    /// The names of worker `number` of `pair`; those of a dynamic member hold `unique`, which stays for the worker's life.
    init(pair: TopicPair, number: Int, unique: String) {
        if let instance = pair.instance {
            groupInstanceID = "\(pair.groupID).\(instance).\(number)"
            transactionalID = "\(pair.groupID).\(instance).\(number)"
        } else {
            transactionalID = "\(pair.groupID).\(unique)"
        }
    }
}
