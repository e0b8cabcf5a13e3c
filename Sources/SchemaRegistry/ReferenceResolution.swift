/// The walk over what a schema refers to, bounded in depth, number and size.
struct ReferenceResolution {
    /// What was found, each after everything that it refers to itself.
    private(set) var resolved: [ReferencedSchema] = []

    private let id: UInt32
    private let type: SchemaType
    private var byteCount = 0
    private var replies = 0
    private var path: [Version] = []
    private var done: [String: Version] = [:]

    private struct Version: Equatable {
        let subject: String
        let number: Int
    }

    static let maximumDepth = 16
    static let maximumCount = 128
    static let maximumBytes = 8 << 20

    init(id: UInt32, type: SchemaType) {
        self.id = id
        self.type = type
    }

    /// Adds everything that `reply` refers to, each got by `fetch`.
    mutating func resolve(
        _ reply: SchemaReply, fetch: (_ subject: String, _ version: Int) throws(SchemaRegistryError) -> SchemaReply
    ) throws(SchemaRegistryError) {
        byteCount += reply.schema.utf8.count
        guard byteCount <= Self.maximumBytes else { throw .tooLarge(id: id, limit: Self.maximumBytes) }
        for reference in reply.references ?? [] {
            let version = Version(subject: reference.subject, number: reference.version)
            guard !path.contains(version) else { throw invalid("they run in a circle") }
            if let known = done[reference.name] {
                guard known == version else { throw invalid("two schemas have one name") }
                continue
            }
            guard path.count < Self.maximumDepth else { throw invalid("deeper than \(Self.maximumDepth)") }
            guard replies < Self.maximumCount else { throw invalid("more than \(Self.maximumCount)") }
            replies += 1
            let referenced = try fetch(reference.subject, reference.version)
            guard (referenced.schemaType ?? SchemaType.avro.rawValue) == type.rawValue else {
                throw invalid("a schema of another type")
            }
            path.append(version)
            try resolve(referenced, fetch: fetch)
            path.removeLast()
            // Something it refers to may have taken the name meanwhile.
            guard done.updateValue(version, forKey: reference.name) == nil else {
                throw invalid("two schemas have one name")
            }
            resolved.append(
                ReferencedSchema(
                    name: reference.name, subject: reference.subject, version: reference.version,
                    text: referenced.schema))
        }
    }

    private func invalid(_ reason: String) -> SchemaRegistryError {
        .invalidReferences(id: id, reason: reason)
    }
}
