#!/usr/bin/env python3
"""A stand-in for Google Cloud KMS and for what gives its tokens, in memory, for tests. See stub_server.py for its use.

It serves the paths of cloudkms.googleapis.com (encrypt and decrypt of version 1), oauth2.googleapis.com (/token),
sts.googleapis.com (/v1/token), iamcredentials.googleapis.com (generateAccessToken) and metadata.google.internal, whatever
the Host. A path may begin with /machine/NAME: there, the metadata server's account is the one whose address
begins with NAME@.

Tests set it up by POST of JSON:
    /stub/accounts   {"email", "tokenAddress"}    makes an account, or gives it a new key; answers its credentials file
    /stub/keys       {"name", "enabled"}          makes a key, or another version of it; "enabled" alone changes the state
    /stub/grants     {"email", "name", "operations": ["encrypt", "decrypt"]}
    /stub/subjects   {"email", "audience"}        makes a token of another issuer, and takes the older ones back
    /stub/revoke     {"email"}                    takes back all tokens of an account
"""

import base64
import json
import secrets
import threading
import time

import google_crc32c
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stub_server import Reply, serve

SERVICE = "https://cloudkms.googleapis.com/"
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"
SCOPES = {"https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/cloudkms"}
# With the last of these a token gets another of a service account, and nothing else.
FEDERATED_SCOPES = SCOPES | {"https://www.googleapis.com/auth/iam"}
ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
PERMISSIONS = {"encrypt": "useToEncrypt", "decrypt": "useToDecrypt"}


def refusal(code, status, message):
    return Reply(code, {"error": {"code": code, "message": message, "status": status}})


def oauth_refusal(error, description, status=400):
    return Reply(status, {"error": error, "error_description": description})


def unauthenticated():
    return refusal(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential.",
    )


class Account:
    """A service account, its key and what it may do."""

    def __init__(self, email):
        self.email = email
        self.grants = {}
        self.new_key()

    def new_key(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(20)

    def credentials(self, token_address):
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "p",
            "private_key_id": self.key_id,
            "private_key": pem.decode(),
            "client_email": self.email,
            "client_id": "1",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_address,
            "universe_domain": "googleapis.com",
        }


class Key:
    """A symmetric key with its versions; the last one encrypts."""

    def __init__(self, name):
        self.name = name
        self.versions = []
        self.is_enabled = True

    def encrypt(self, plaintext):
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(self.versions[-1]).encrypt(nonce, plaintext, self.name.encode())
        return len(self.versions).to_bytes(4, "big") + nonce + sealed

    def decrypt(self, ciphertext):
        number = int.from_bytes(ciphertext[:4], "big")
        if not 1 <= number <= len(self.versions):
            raise InvalidTag
        return AESGCM(self.versions[number - 1]).decrypt(ciphertext[4:16], ciphertext[16:], self.name.encode())


class Cloud:
    def __init__(self):
        self.lock = threading.RLock()
        self.accounts = {}
        self.keys = {}
        self.tokens = {}
        self.subjects = {}
        self.narrow = set()

    def __call__(self, request):
        path, machine = request.path, None
        if path.startswith("/machine/"):
            machine, _, path = path.removeprefix("/machine/").partition("/")
            path = "/" + path
        with self.lock:
            if path.startswith("/stub/"):
                return getattr(self, "set_" + path.removeprefix("/stub/"))(**request.json())
            if path == "/" or path.startswith("/computeMetadata/"):
                return self.metadata(request, path, machine)
            if path == "/token":
                return self.exchange_assertion(request.form())
            if path == "/v1/token":
                return self.exchange_subject(request.form())
            if path.endswith(":generateAccessToken"):
                return self.impersonate(request, path.rpartition("/")[2].removesuffix(":generateAccessToken"))
            return self.use_key(request, path)

    # Setting up.

    def set_accounts(self, email, tokenAddress):
        account = self.accounts.get(email)
        if account:
            account.new_key()
        else:
            account = self.accounts[email] = Account(email)
        return Reply(200, account.credentials(tokenAddress))

    def set_keys(self, name, enabled=None):
        key = self.keys.setdefault(name, Key(name))
        if enabled is None:
            key.versions.append(AESGCM.generate_key(256))
        else:
            key.is_enabled = enabled
        return Reply(200, {})

    def set_grants(self, email, name, operations):
        self.accounts[email].grants[name] = operations
        return Reply(200, {})

    def set_subjects(self, email, audience):
        self.subjects = {token: subject for token, subject in self.subjects.items() if subject[0] != email}
        token = "subject-" + secrets.token_urlsafe(32)
        self.subjects[token] = (email, audience)
        return Reply(200, {"token": token})

    def set_revoke(self, email):
        self.tokens = {token: owner for token, owner in self.tokens.items() if owner != email}
        return Reply(200, {})

    # Tokens.

    def issue(self, email):
        token = "ya29." + secrets.token_urlsafe(48)
        self.tokens[token] = email
        return token

    def issued(self, email, **more):
        return Reply(200, {"access_token": self.issue(email), "expires_in": 3599, "token_type": "Bearer"} | more)

    def account_of_assertion(self, token, audience, needs_scope):
        """The account that signed a JSON Web Token, or None."""
        try:
            head, claims, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
            head, claims = json.loads(head), json.loads(claims)
            account = self.accounts[claims["iss"]]
            account.key.public_key().verify(
                signature, token.rpartition(".")[0].encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (ValueError, KeyError, TypeError, InvalidSignature):
            return None
        scopes = set(claims.get("scope", "").split())
        is_for_us = claims.get("aud") == audience and (bool(scopes & SCOPES) or not needs_scope)
        # Google's services also take a scope in place of themselves as the audience.
        is_for_us = is_for_us or (audience == SERVICE and "aud" not in claims and bool(scopes & SCOPES))
        is_timely = abs(claims["iat"] - time.time()) < 300 and 0 < claims["exp"] - claims["iat"] <= 3600
        is_ours = head == {"alg": "RS256", "typ": "JWT", "kid": account.key_id} and claims.get("sub", claims["iss"])
        return account if is_for_us and is_timely and is_ours == account.email else None

    def exchange_assertion(self, form):
        if form.get("grant_type") != ASSERTION:
            raise oauth_refusal("unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type", ""))
        account = self.account_of_assertion(form.get("assertion", ""), TOKEN_AUDIENCE, needs_scope=True)
        if not account:
            raise oauth_refusal("invalid_grant", "Invalid JWT Signature.")
        return self.issued(account.email)

    def exchange_subject(self, form):
        email, audience = self.subjects.get(form.get("subject_token"), (None, None))
        wanted = {
            "grant_type": EXCHANGE,
            "audience": audience,
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        }
        if email is None:
            raise oauth_refusal("invalid_grant", "Unable to verify the ID Token signature.")
        for name, value in wanted.items():
            if form.get(name) != value:
                raise oauth_refusal("invalid_request", f"Invalid value for \"{name}\".")
        scopes = set(form.get("scope", "").split())
        if not scopes & FEDERATED_SCOPES:
            raise oauth_refusal("invalid_scope", "Scope must be specified.")
        reply = self.issued(email, issued_token_type=wanted["requested_token_type"])
        if not scopes & SCOPES:
            self.narrow.add(reply.body["access_token"])
        return reply

    def impersonate(self, request, email):
        if request.bearer not in self.tokens or email not in self.accounts:
            raise unauthenticated()
        content = request.json()
        seconds = int(content.get("lifetime", "3600s").removesuffix("s"))
        if not set(content.get("scope", [])) & SCOPES or not 0 < seconds <= 43200:
            raise refusal(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
        expiry = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
        return Reply(200, {"accessToken": self.issue(email), "expireTime": expiry})

    def metadata(self, request, path, machine):
        flavor = {"Metadata-Flavor": "Google"}
        machine = next((email for email in self.accounts if email.startswith(f"{machine}@") or not machine), None)
        if request.is_secure or request.headers.get("Metadata-Flavor") != "Google":
            raise Reply(403, headers=flavor)
        name = path.removeprefix("/computeMetadata/v1/instance/service-accounts/default/")
        if machine not in self.accounts:
            raise Reply(404, headers=flavor)
        if name == "token":
            reply = self.issued(machine)
        elif name == "":
            reply = Reply(200, {"email": machine, "aliases": ["default"], "scopes": sorted(SCOPES)})
        else:
            reply = Reply(200 if path == "/" else 404)
        reply.headers = flavor
        return reply

    # Keys.

    def use_key(self, request, path):
        name, _, operation = path.removeprefix("/v1/").rpartition(":")
        if request.method != "POST" or operation not in PERMISSIONS or len(name.split("/")) != 8:
            raise refusal(404, "NOT_FOUND", "The requested URL was not found on this server.")
        token = request.bearer or ""
        if token in self.narrow:
            raise refusal(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")
        account = self.accounts.get(self.tokens.get(token)) or self.account_of_assertion(token, SERVICE, False)
        if not account:
            raise unauthenticated()
        if operation not in account.grants.get(name, []):
            permission = f"cloudkms.cryptoKeyVersions.{PERMISSIONS[operation]}"
            raise refusal(
                403, "PERMISSION_DENIED", f"Permission '{permission}' denied on resource '{name}' (or it may not exist)."
            )
        key = self.keys.get(name)
        if not key:
            raise refusal(404, "NOT_FOUND", f"CryptoKey {name} not found.")
        version = f"{name}/cryptoKeyVersions/{len(key.versions)}"
        if not key.is_enabled:
            raise refusal(400, "FAILED_PRECONDITION", f"{version} is not enabled, current state is: DISABLED.")
        return (self.encrypt if operation == "encrypt" else self.decrypt)(key, version, request.json())

    def content(self, fields, name):
        """The bytes in a field, checked against their checksum where there is one."""
        try:
            content = base64.b64decode(fields[name], validate=True)
        except (KeyError, TypeError, ValueError):
            raise refusal(400, "INVALID_ARGUMENT", f"Invalid value at '{name}' (TYPE_BYTES)") from None
        crc = fields.get(name + "Crc32c")
        if crc is not None and int(crc) != google_crc32c.value(content):
            raise refusal(400, "INVALID_ARGUMENT", f"The checksum in field {name}_crc32c did not match the data.")
        return content, crc is not None

    def encrypt(self, key, version, fields):
        plaintext, is_verified = self.content(fields, "plaintext")
        ciphertext = key.encrypt(plaintext)
        reply = {
            "name": version,
            "ciphertext": base64.b64encode(ciphertext).decode(),
            "ciphertextCrc32c": str(google_crc32c.value(ciphertext)),
            "protectionLevel": "SOFTWARE",
        }
        if is_verified:
            reply["verifiedPlaintextCrc32c"] = True
        return Reply(200, reply)

    def decrypt(self, key, version, fields):
        ciphertext, _ = self.content(fields, "ciphertext")
        try:
            plaintext = key.decrypt(ciphertext)
        except (InvalidTag, ValueError):
            message = "Decryption failed: verify that 'name' refers to the correct CryptoKey."
            raise refusal(400, "INVALID_ARGUMENT", message) from None
        return Reply(
            200,
            {
                "plaintext": base64.b64encode(plaintext).decode(),
                "plaintextCrc32c": str(google_crc32c.value(plaintext)),
                "usedPrimary": True,
                "protectionLevel": "SOFTWARE",
            },
        )


if __name__ == "__main__":
    serve(Cloud(), __doc__.splitlines()[0])
