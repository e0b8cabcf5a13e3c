import Cryptography
import Records

/// A reply of Cloud KMS's with status 200.
struct GCPReply {
    let key: KeySecretID
    let bytes: UnsafeRawBufferPointer

    /// The string member `name`; throws where there is none.
    func string(_ name: String) throws(KeyManagementError) -> UnsafeRawBufferPointer {
        guard let text = try find(name, JSONReply.string) else { throw malformed("it has no string \(name)") }
        return text
    }

    /// Whether the member `name` is `true`.
    func isTrue(_ name: String) throws(KeyManagementError) -> Bool {
        guard let word = try find(name, JSONReply.literal) else { return false }
        return word.elementsEqual("true".utf8)
    }

    /// Checks that the member `name` is the CRC-32C of `content`; 64-bit numbers are texts in this API.
    func check(_ name: String, of content: SecretBytes) throws(KeyManagementError) {
        var text = try find(name, JSONReply.string)
        if text == nil { text = try find(name, JSONReply.literal) }
        guard let text else { throw malformed("it has no \(name)") }
        let sum = content.withUnsafeBytes { CRC32C.checksum($0) }
        guard String(decoding: text, as: UTF8.self) == String(sum) else {
            throw malformed("it was changed on its way: its \(name) does not match")
        }
    }

    /// Checks that the key version used belongs to the key asked for.
    ///
    /// Google writes a project's name where the address may have its number.
    func checkName(_ resource: String) throws(KeyManagementError) {
        let name = String(decoding: try string("name"), as: UTF8.self)
        let wanted = resource.split(separator: "/")
        let found = name.split(separator: "/", omittingEmptySubsequences: false)
        let isSameProject =
            found.count > 1 && (found[1] == wanted[1] || wanted[1].utf8.allSatisfy { (48...57).contains($0) })
        guard found.count == wanted.count + 2, isSameProject, found[0] == wanted[0],
            found[2..<wanted.count] == wanted[2...], found[wanted.count] == "cryptoKeyVersions",
            (1...10).contains(found[wanted.count + 1].utf8.count),
            found[wanted.count + 1].utf8.allSatisfy({ (48...57).contains($0) })
        else { throw malformed("it names another key than the one asked for") }
    }

    func malformed(_ reason: String) -> KeyManagementError {
        .malformedReply(key: key, reason: reason)
    }

    private typealias Lookup = ([JSONReply.Step], UnsafeRawBufferPointer) throws(JSONReply.Malformed) ->
        UnsafeRawBufferPointer?

    private func find(_ name: String, _ lookup: Lookup) throws(KeyManagementError) -> UnsafeRawBufferPointer? {
        do throws(JSONReply.Malformed) {
            return try lookup([.member(name)], bytes)
        } catch {
            throw malformed(error.reason)
        }
    }
}
