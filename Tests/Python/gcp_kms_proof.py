#!/usr/bin/env python3
"""Proves gcp_kms_stub.py by Google's own clients."""

import json

from stub_proof import Proof, fails, show

proof = Proof(__doc__)

import google.auth.transport.requests
import google_crc32c
from google.api_core import exceptions
from google.auth import compute_engine, identity_pool
from google.auth.exceptions import RefreshError
from google.cloud import kms_v1
from google.oauth2 import credentials as oauth2_credentials
from google.oauth2 import service_account

SCOPES = ["https://www.googleapis.com/auth/cloudkms"]
AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/own"
RING = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/"
EMAIL = "fieldseal@p.iam.gserviceaccount.com"
PLAINTEXT = bytes(range(32))

account = proof.set("accounts", email=EMAIL, tokenAddress="https://oauth2.googleapis.com/token")
for name in ("pii", "other"):
    proof.set("keys", name=RING + name)
for name in ("pii", "other", "absent"):
    proof.set("grants", email=EMAIL, name=RING + name, operations=["encrypt", "decrypt"])


def client(credentials):
    return kms_v1.KeyManagementServiceClient(credentials=credentials, transport="rest")


def encrypt(kms, name="pii", **fields):
    return kms.encrypt(request={"name": RING + name, "plaintext": PLAINTEXT} | fields, retry=None, timeout=20)


def decrypt(kms, ciphertext, name="pii", **fields):
    return kms.decrypt(request={"name": RING + name, "ciphertext": ciphertext} | fields, retry=None, timeout=20)


def prove_round_trip(credentials, what):
    kms = client(credentials)
    wrapped = encrypt(kms, plaintext_crc32c=google_crc32c.value(PLAINTEXT))
    assert wrapped.verified_plaintext_crc32c
    assert wrapped.ciphertext_crc32c == google_crc32c.value(wrapped.ciphertext)
    assert wrapped.name == RING + "pii/cryptoKeyVersions/1", wrapped.name
    opened = decrypt(kms, wrapped.ciphertext, ciphertext_crc32c=google_crc32c.value(wrapped.ciphertext))
    assert opened.plaintext == PLAINTEXT and opened.plaintext_crc32c == google_crc32c.value(PLAINTEXT)
    show(what)


own = service_account.Credentials.from_service_account_info(account)
prove_round_trip(own, "a service account signs its own tokens")

exchanged = service_account.Credentials.from_service_account_info(account, scopes=SCOPES)
exchanged.refresh(google.auth.transport.requests.Request())
assert exchanged.token.startswith("ya29.")
prove_round_trip(oauth2_credentials.Credentials(exchanged.token), "a service account exchanges its assertions")

machine = compute_engine.Credentials()
machine.refresh(google.auth.transport.requests.Request())
prove_round_trip(oauth2_credentials.Credentials(machine.token), "the metadata server")

federated = {
    "type": "external_account",
    "audience": AUDIENCE,
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
    "credential_source": {"file": proof.file("subject", proof.set("subjects", email=EMAIL, audience=AUDIENCE)["token"])},
}
prove_round_trip(identity_pool.Credentials.from_info(federated, scopes=SCOPES), "workload identity federation")

federated["service_account_impersonation_url"] = (
    f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
)
federated["credential_source"]["file"] = proof.file(
    "subject.json", json.dumps({"access_token": proof.set("subjects", email=EMAIL, audience=AUDIENCE)["token"]})
)
federated["credential_source"]["format"] = {"type": "json", "subject_token_field_name": "access_token"}
prove_round_trip(identity_pool.Credentials.from_info(federated, scopes=SCOPES), "workload identity federation with a service account")

kms = client(own)
ciphertext = encrypt(kms).ciphertext
assert not encrypt(kms).verified_plaintext_crc32c
fails(exceptions.BadRequest, lambda: encrypt(kms, plaintext_crc32c=1))
fails(exceptions.BadRequest, lambda: decrypt(kms, ciphertext, ciphertext_crc32c=1))
fails(exceptions.BadRequest, lambda: decrypt(kms, ciphertext, "other"))
fails(exceptions.BadRequest, lambda: decrypt(kms, ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])))
fails(exceptions.NotFound, lambda: encrypt(kms, "absent"))
denied = fails(exceptions.Forbidden, lambda: encrypt(kms, "foreign"))
assert "cloudkms.cryptoKeyVersions.useToEncrypt" in str(denied)
proof.set("keys", name=RING + "pii")
assert encrypt(kms).name.endswith("/2") and decrypt(kms, ciphertext).plaintext == PLAINTEXT
proof.set("keys", name=RING + "pii", enabled=False)
fails(exceptions.BadRequest, lambda: encrypt(kms))
show("checksums, permissions, versions and what is refused")

proof.set("revoke", email=EMAIL)
# At a 401 the client wants to renew the token, for which this one lacks the means.
fails(RefreshError, lambda: encrypt(client(oauth2_credentials.Credentials(exchanged.token))))
proof.set("accounts", email=EMAIL, tokenAddress="https://oauth2.googleapis.com/token")
fails(exceptions.Unauthorized, lambda: encrypt(client(service_account.Credentials.from_service_account_info(account))))
fails(RefreshError, lambda: exchanged.refresh(google.auth.transport.requests.Request()))
show("tokens and keys that were taken back")
