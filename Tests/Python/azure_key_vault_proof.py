#!/usr/bin/env python3
"""Proves azure_key_vault_stub.py by Microsoft's own clients."""

from stub_proof import Proof, fails, show

proof = Proof(__doc__)

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, KeyWrapAlgorithm

VAULT = "https://pii.vault.azure.net"
OAEP = KeyWrapAlgorithm.rsa_oaep_256
PLAINTEXT = bytes(range(32))
CLIENT = "0a1b2c3d-0000-4000-8000-000000000001"

application = proof.set("clients", client=CLIENT)
tenant = application["tenant"]
for name in ("pii", "other"):
    proof.set("keys", name=name)
for name in ("pii", "other", "absent"):
    proof.set("grants", client=CLIENT, name=name, operations=["get", "wrapkey", "unwrapkey"])


def client(credential, name="pii", version=None):
    key = f"{VAULT}/keys/{name}" + (f"/{version}" if version else "")
    return CryptographyClient(key, credential, retry_total=0)


def newest(credential, name="pii"):
    return KeyClient(VAULT, credential).get_key(name).properties.version


def prove_round_trip(credential, what):
    # The key as it is got lets the client wrap by itself, and the stub must agree with what that makes.
    wrapped = client(credential).wrap_key(OAEP, PLAINTEXT)
    version = newest(credential)
    assert wrapped.key_id == f"{VAULT}/keys/pii/{version}", wrapped.key_id
    assert client(credential, version=version).unwrap_key(OAEP, wrapped.encrypted_key).key == PLAINTEXT
    show(what)


secret = ClientSecretCredential(tenant, CLIENT, application["secret"], disable_instance_discovery=True)
prove_round_trip(secret, "a client secret")
file = proof.file("subject", proof.set("subjects", client=CLIENT)["token"])
prove_round_trip(
    WorkloadIdentityCredential(
        tenant_id=tenant, client_id=CLIENT, token_file_path=file, disable_instance_discovery=True
    ),
    "workload identity",
)
prove_round_trip(ManagedIdentityCredential(), "managed identity")
prove_round_trip(ManagedIdentityCredential(client_id=CLIENT), "managed identity with a client")

# Without the permission to get the key the client leaves the wrapping to the service.
version = newest(secret)
proof.set("grants", client=CLIENT, name="pii", operations=["wrapkey", "unwrapkey"])
remote = client(secret, version=version)
wrapped = remote.wrap_key(OAEP, PLAINTEXT)
assert wrapped.key_id == f"{VAULT}/keys/pii/{version}"
assert remote.unwrap_key(OAEP, wrapped.encrypted_key).key == PLAINTEXT
show("wrapping by the service")

proof.set("keys", name="pii")
assert client(secret, version=version).unwrap_key(OAEP, wrapped.encrypted_key).key == PLAINTEXT
other = newest(secret, "other")
failure = fails(HttpResponseError, lambda: client(secret, "other", other).unwrap_key(OAEP, wrapped.encrypted_key))
assert failure.status_code == 400
failure = fails(HttpResponseError, lambda: client(secret, "pii", "0" * 32).unwrap_key(OAEP, wrapped.encrypted_key))
assert failure.status_code == 404 and failure.error.code == "KeyNotFound"
failure = fails(HttpResponseError, lambda: client(secret, "foreign", other).wrap_key(OAEP, PLAINTEXT))
assert failure.status_code == 403 and failure.error.innererror["code"] == "ForbiddenByRbac"
proof.set("keys", name="pii", enabled=False)
failure = fails(HttpResponseError, lambda: client(secret, version=version).wrap_key(OAEP, PLAINTEXT))
assert failure.status_code == 403 and failure.error.innererror["code"] == "KeyDisabled"
show("versions, permissions and what is refused")

proof.set("keys", name="pii", enabled=True)
proof.set("revoke", client=CLIENT)
# The client has its token in a cache of its own, and asks for no other.
fails(ClientAuthenticationError, lambda: remote.unwrap_key(OAEP, wrapped.encrypted_key))
fresh = ClientSecretCredential(tenant, CLIENT, application["secret"], disable_instance_discovery=True)
assert client(fresh, version=version).unwrap_key(OAEP, wrapped.encrypted_key).key == PLAINTEXT
wrong = ClientSecretCredential(tenant, CLIENT, "wrong", disable_instance_discovery=True)
fails(ClientAuthenticationError, lambda: client(wrong, version=version).wrap_key(OAEP, PLAINTEXT))
show("tokens that were taken back, and a wrong secret")
