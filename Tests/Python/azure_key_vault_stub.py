#!/usr/bin/env python3
"""A stand-in for Azure Key Vault and for what gives its tokens, in memory, for tests. See stub_server.py for its use.

It serves the paths of the vault pii.vault.azure.net (get, wrapkey and unwrapkey of keys), of login.microsoftonline.com
(tokens for applications) and of a machine's metadata service, whatever the Host. A path may begin with /machine/CLIENT:
there, the machine's only identity is CLIENT.

Tests set it up by POST of JSON:
    /stub/clients   {"client"}               makes an application; answers its tenant and a new secret
    /stub/keys      {"name", "enabled", "type"}    makes a key, or another version; "enabled" alone changes the state
    /stub/grants    {"client", "name", "operations": ["get", "wrapkey", "unwrapkey"]}
    /stub/subjects  {"client"}               makes a token of another issuer that the application trusts
    /stub/revoke    {"client"}               takes back all tokens of an application
"""

import base64
import secrets
import threading

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from stub_server import Reply, serve

VAULT = "pii.vault.azure.net"
RESOURCE = "https://vault.azure.net"
AUTHORITY = "https://login.microsoftonline.com"
TENANT = "3f0a3b6c-5d3f-4f57-9c52-94e2c6f0a0b1"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# More than any one test uses, and fewer than all of them together: making a key takes a tenth of a second.
POOL_SIZE = 12


def refusal(status, code, message, inner=None):
    error = {"code": code, "message": message}
    if inner:
        error["innererror"] = {"code": inner}
    return Reply(status, {"error": error})


def entra_refusal(error, description, status=400):
    return Reply(status, {"error": error, "error_description": description, "error_codes": [1]})


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value):
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Key:
    """A key with its versions by their names; the last one is the newest."""

    def __init__(self, name, kind):
        self.name = name
        self.kind = kind
        self.versions = {}
        self.is_enabled = True

    def id(self, version):
        return f"https://{VAULT}/keys/{self.name}/{version}"


class Azure:
    def __init__(self):
        self.lock = threading.RLock()
        self.secrets = {}
        self.subjects = {}
        self.grants = {}
        self.tokens = {}
        self.keys = {}
        self.pool = []
        self.taken = 0

    def __call__(self, request):
        path, machine = request.path, None
        if path.startswith("/machine/"):
            machine, _, path = path.removeprefix("/machine/").partition("/")
            path = "/" + path
        with self.lock:
            if path.startswith("/stub/"):
                return getattr(self, "set_" + path.removeprefix("/stub/"))(**request.json())
            if path == "/metadata/identity/oauth2/token":
                return self.machine_token(request, machine)
            if path.endswith("/.well-known/openid-configuration"):
                return self.discovery(path.split("/")[1])
            if path.endswith("/oauth2/v2.0/token"):
                return self.application_token(path.split("/")[1], request.form())
            if path.startswith("/keys/"):
                return self.use_key(request, path)
        raise refusal(404, "NotFound", "There is nothing here.")

    # Setting up.

    def set_clients(self, client):
        self.secrets[client] = "secret~" + secrets.token_urlsafe(24)
        return Reply(200, {"tenant": TENANT, "secret": self.secrets[client]})

    def set_keys(self, name, enabled=None, type="RSA"):
        key = self.keys.setdefault(name, Key(name, type))
        if enabled is None:
            key.versions[secrets.token_hex(16)] = self.rsa_key()
        else:
            key.is_enabled = enabled
        return Reply(200, {})

    def set_grants(self, client, name, operations):
        self.grants[client, name] = operations
        return Reply(200, {})

    def set_subjects(self, client):
        self.subjects[client] = "subject-" + secrets.token_urlsafe(32)
        return Reply(200, {"token": self.subjects[client]})

    def set_revoke(self, client):
        self.tokens = {token: owner for token, owner in self.tokens.items() if owner[0] != client}
        return Reply(200, {})

    def rsa_key(self):
        if len(self.pool) < POOL_SIZE:
            self.pool.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        self.taken += 1
        return self.pool[(self.taken - 1) % POOL_SIZE]

    # Tokens.

    def issue(self, client, resource):
        token = "eyJ0." + secrets.token_urlsafe(300)
        self.tokens[token] = (client, resource)
        return token

    def discovery(self, tenant):
        base = f"{AUTHORITY}/{tenant}"
        return Reply(
            200,
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            },
        )

    def application_token(self, tenant, form):
        client = form.get("client_id")
        if tenant != TENANT:
            raise entra_refusal("invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise entra_refusal("unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
        if client not in self.secrets:
            raise entra_refusal("unauthorized_client", f"AADSTS700016: Application '{client}' was not found.")
        if "client_assertion" in form:
            is_known = form.get("client_assertion_type") == ASSERTION
            is_known = is_known and form["client_assertion"] == self.subjects.get(client)
            problem = "AADSTS700213: No matching federated identity record found for presented assertion."
        else:
            is_known = form.get("client_secret") == self.secrets[client]
            problem = "AADSTS7000215: Invalid client secret provided."
        if not is_known:
            raise entra_refusal("invalid_client", problem, 401)
        resource = form.get("scope", "").removesuffix("/.default")
        if resource != RESOURCE or not form["scope"].endswith("/.default"):
            raise entra_refusal("invalid_scope", "AADSTS70011: The provided value for scope is not valid.")
        return Reply(
            200,
            {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599}
            | {"access_token": self.issue(client, resource)},
        )

    def machine_token(self, request, machine):
        machine = machine or next(iter(self.secrets), None)
        client = request.query.get("client_id", machine)
        if request.is_secure or request.headers.get("Metadata") != "true":
            raise Reply(400, {"error": "invalid_request", "error_description": "Required metadata header missing"})
        if request.query.get("api-version") != "2018-02-01":
            raise Reply(400, {"error": "invalid_request", "error_description": "Invalid api-version"})
        if client != machine or client not in self.secrets:
            raise Reply(400, {"error": "invalid_request", "error_description": "Identity not found"})
        resource = request.query.get("resource", "").removesuffix("/")
        # Numbers are texts here.
        return Reply(
            200,
            {
                "access_token": self.issue(client, resource),
                "client_id": client,
                "expires_in": "86399",
                "expires_on": "4000000000",
                "ext_expires_in": "86399",
                "not_before": "1",
                "resource": resource,
                "token_type": "Bearer",
            },
        )

    # Keys.

    def use_key(self, request, path):
        client, resource = self.tokens.get(request.bearer, (None, None))
        if resource != RESOURCE:
            challenge = f'Bearer authorization="{AUTHORITY}/{TENANT}", resource="{RESOURCE}"'
            body = refusal(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.").body
            raise Reply(401, body, {"WWW-Authenticate": challenge})
        if not request.query.get("api-version"):
            raise refusal(400, "BadParameter", "api-version must be specified")
        name, version, operation = self.parts(request, path)
        if operation not in self.grants.get((client, name), []):
            message = (
                f"Caller is not authorized to perform action on resource. Action: "
                f"'Microsoft.KeyVault/vaults/keys/{operation.removesuffix('key')}/action'"
            )
            raise refusal(403, "Forbidden", message, "ForbiddenByRbac")
        key = self.keys.get(name)
        version = version or (key and list(key.versions)[-1])
        if not key or version not in key.versions:
            raise refusal(404, "KeyNotFound", f"A key with (name/id) {name}/{version or ''} was not found in this key vault.")
        if operation == "get":
            return self.public_key(key, version)
        if not key.is_enabled:
            raise refusal(403, "Forbidden", f"Operation {operation} is not allowed on a disabled key.", "KeyDisabled")
        return self.transform(key, version, operation, request.json())

    def parts(self, request, path):
        """Name, version (perhaps empty) and operation; a path may leave out an empty version with its slash."""
        words = path.removeprefix("/keys/").rstrip("/").split("/")
        if request.method == "GET":
            return words[0], (words + [""])[1], "get"
        if len(words) == 2:
            words.insert(1, "")
        if len(words) != 3 or words[2].lower() not in ("wrapkey", "unwrapkey"):
            raise refusal(404, "NotFound", "There is nothing here.")
        return words[0], words[1], words[2].lower()

    def public_key(self, key, version):
        numbers = key.versions[version].public_key().public_numbers()
        content = {
            "kid": key.id(version),
            "kty": "RSA",
            "key_ops": ["wrapKey", "unwrapKey"],
            "n": number(numbers.n),
            "e": number(numbers.e),
        }
        return Reply(200, {"key": content, "attributes": {"enabled": key.is_enabled, "created": 1, "updated": 1}})

    def transform(self, key, version, operation, fields):
        if key.kind != "RSA" or fields.get("alg") != "RSA-OAEP-256":
            raise refusal(400, "BadParameter", "Key and signing algorithm are incompatible.")
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        try:
            text = fields["value"] + "=" * (-len(fields["value"]) % 4)
            value = base64.b64decode(text, altchars=b"-_", validate=True)
            pair = key.versions[version]
            made = pair.public_key().encrypt(value, oaep) if operation == "wrapkey" else pair.decrypt(value, oaep)
        except (KeyError, TypeError, ValueError):
            raise refusal(400, "BadParameter", "Property value has invalid value.") from None
        return Reply(200, {"kid": key.id(version), "value": encoded(made)})


if __name__ == "__main__":
    serve(Azure(), __doc__.splitlines()[0])
