/// The registry's answer about a schema or a subject's version, as far as it is used here.
struct SchemaReply: Decodable {
    let id: Int64?
    let schema: String
    let schemaType: String?
    let references: [Reference]?
    let metadata: Metadata?

    struct Reference: Decodable {
        let name: String
        let subject: String
        let version: Int
    }

    struct Metadata: Decodable {
        let tags: [String: [String]]?
    }
}
