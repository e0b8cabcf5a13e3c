import Cryptography
import Records

/// The key of a service account, as Google's `service_account` files hold it.
struct GCPServiceAccount {
    let email: String
    let keyID: String
    /// Where assertions are exchanged for tokens.
    let tokenAddress: ServiceAddress
    private let key: RSASigningKey

    /// How long an assertion is good, in seconds: the most that Google takes.
    static let lifetimeSeconds = 3_600

    init(_ file: CredentialsFile, isInsecureAllowed: Bool) throws(CredentialFailure) {
        guard let email = try file.text("client_email") else { throw file.failure("it has no client_email") }
        guard let keyID = try file.text("private_key_id") else { throw file.failure("it has no private_key_id") }
        guard let pem = try file.secret("private_key") else { throw file.failure("it has no private_key") }
        self.email = email
        self.keyID = keyID
        tokenAddress = try file.address("token_uri", isInsecureAllowed: isInsecureAllowed)
        do throws(CryptographyError) {
            key = try pem.withUnsafeBytes { (bytes) throws(CryptographyError) in try RSASigningKey(pem: bytes) }
        } catch {
            throw file.failure("its private_key: \(error.description)")
        }
    }

    /// A JSON Web Token (RFC 7519) that says who the account is, to `audience`, from `now` in seconds since 1970.
    ///
    /// With a scope it can be exchanged for a token (RFC 7523); without one Google's services take it by itself.
    func assertion(audience: String, scope: String?, now: Int) throws(CredentialFailure) -> SecretBytes {
        let claims = """
            {"iss":"\(email)","sub":"\(email)","aud":"\(audience)","iat":\(now),"exp":\(now + Self.lifetimeSeconds)\
            \(scope.map { ",\"scope\":\"\($0)\"" } ?? "")}
            """
        let out = OutputBuffer(capacity: 2048)
        Self.append(#"{"alg":"RS256","typ":"JWT","kid":"\#(keyID)"}"#, to: out)
        out.append(UInt8(ascii: "."))
        Self.append(claims, to: out)
        let signature: [UInt8]
        do throws(CryptographyError) {
            signature = try key.sign(out.bytes)
        } catch {
            throw CredentialFailure(.unavailable, "the service account's key does not sign: \(error.description)")
        }
        out.append(UInt8(ascii: "."))
        signature.withUnsafeBytes { Base64URL.encode($0, to: out) }
        return SecretBytes(copying: out.bytes)
    }

    private static func append(_ text: String, to out: OutputBuffer) {
        Array(text.utf8).withUnsafeBytes { Base64URL.encode($0, to: out) }
    }
}
