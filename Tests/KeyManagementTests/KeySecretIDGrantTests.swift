import KeyManagement
import Testing

@Suite("Commands that grant the use of a key")
struct KeySecretIDGrantTests {
    @Test(
        "A command names the key and the one use, in the KMS's own tool",
        arguments: [
            (
                "vault-kms://v:8200/a/b/keys/pii",
                "vault policy write fieldseal-encrypt-pii - <<<'path \"a/b/encrypt/pii\" { capabilities = [\"update\"] }'",
                "vault policy write fieldseal-decrypt-pii - <<<'path \"a/b/decrypt/pii\" { capabilities = [\"update\"] }'"
            ),
            (
                "aws-kms://arn:aws:kms:eu-west-1:111122223333:key/1234abcd",
                "--key-id arn:aws:kms:eu-west-1:111122223333:key/1234abcd --grantee-principal ROLE_ARN --operations Encrypt",
                "--operations Decrypt"
            ),
            (
                "gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/k",
                "add-iam-policy-binding projects/p/locations/l/keyRings/r/cryptoKeys/k --member serviceAccount:ACCOUNT "
                    + "--role roles/cloudkms.cryptoKeyEncrypter", "--role roles/cloudkms.cryptoKeyDecrypter"
            ),
            (
                "azure-kms://pii.vault.azure.net/keys/c/0123", "--role 'Fieldseal encrypt'",
                "--name pii --query id --output tsv)/keys/c\""
            ),
        ])
    func named(text: String, wrapping: String, unwrapping: String) throws {
        let key = try KeySecretID(parsing: text)
        #expect(try #require(key.commandToAllowWrapping).contains(wrapping))
        #expect(try #require(key.commandToAllowUnwrapping).contains(unwrapping))
    }

    @Test("An alias of AWS's is looked up first, since a grant takes a key alone")
    func alias() throws {
        let command = try #require(
            KeySecretID(parsing: "aws-kms://arn:aws:kms:eu-west-1:111122223333:alias/pii").commandToAllowWrapping)
        #expect(command.contains("--key-id \"$(aws kms describe-key --region eu-west-1 --key-id arn:"))
    }

    @Test("A key in memory is granted by nobody")
    func inMemory() throws {
        let key = try KeySecretID(parsing: "in-memory-kms://k")
        #expect(key.commandToAllowWrapping == nil && key.commandToAllowUnwrapping == nil)
    }
}
