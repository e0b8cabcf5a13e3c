import HTTPTransport
import Logging
import Records
import Synchronization

/// A token from the configuration, read again for each call, and renewed in time where it may be.
///
/// A thread looks it up once it is in use, and then renews it at two thirds of its life. What can't be renewed is said in
/// the log ahead of its end: only a person, or whoever writes the file, can put a new one there.
final class VaultGivenToken: VaultTokenSource {
    private let source: SecretSource
    private let care: RepeatedTask

    /// How long after its first use the token is looked up, in milliseconds: the call at hand goes first.
    private static let firstCare: Int64 = 500

    init(_ source: SecretSource, _ authority: VaultAuthority, logger: Logger) {
        self.source = source
        let keeper = VaultTokenKeeper(source, authority, logger)
        care = RepeatedTask { keeper.look() }
    }

    func current(within milliseconds: Int) throws(CredentialFailure) -> VaultToken {
        let token: SecretBytes
        do throws(SecretSource.Unreadable) {
            token = try source.read()
        } catch {
            throw CredentialFailure(.rejected, "the token can't be had: \(error.reason)")
        }
        guard token.withUnsafeBytes({ $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw CredentialFailure(
                .rejected, "the token holds a space, a newline or a character that is not ASCII")
        }
        care.start(after: Self.firstCare)
        return VaultToken(bytes: token)
    }

    func reject(_ token: VaultToken) -> Bool {
        // Only where the file has got another one meanwhile.
        guard case .file = source, let now = try? source.read() else { return false }
        return !now.holdsSame(as: token.bytes)
    }
}
