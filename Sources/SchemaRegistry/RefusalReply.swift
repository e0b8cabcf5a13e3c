/// The registry's answer where it refuses.
struct RefusalReply: Decodable {
    let errorCode: Int
    let message: String?

    enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case message
    }

    static let subjectNotFound = 40401
    static let versionNotFound = 40402
    static let schemaNotFound = 40403
}
