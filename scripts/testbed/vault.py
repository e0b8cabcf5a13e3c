"""Vault or OpenBao over its HTTP API, and an OpenBao server to talk to."""

from __future__ import annotations

import json
import secrets
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from testbed.server import ROOT, TOOLS, Server, free_port


class VaultRefused(Exception):
    """An answer other than 2xx, or none."""


class Vault:
    """A client of one server, with one token."""

    def __init__(self, address: str, token: str, namespace: str | None = None, ca_file: str | None = None) -> None:
        self.address = address.rstrip("/")
        self.token = token
        self.namespace = namespace
        self.ca_file = ca_file

    @property
    def authority(self) -> str:
        """The host and port, as key addresses name them."""
        return urlsplit(self.address).netloc

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Calls /v1/`path`; gives the reply's members, none for an empty reply."""
        request = urllib.request.Request(f"{self.address}/v1/{path}", method=method)
        request.add_header("X-Vault-Token", self.token)
        request.add_header("X-Vault-Request", "true")
        if self.namespace:
            request.add_header("X-Vault-Namespace", self.namespace)
        data = None if body is None else json.dumps(body).encode()
        tls = ssl.create_default_context(cafile=self.ca_file) if self.address.startswith("https:") else None
        try:
            with urllib.request.urlopen(request, data, timeout=10, context=tls) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            raise VaultRefused(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from None
        except OSError as error:
            raise VaultRefused(f"{method} {path}: {error}") from None
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def answers(self) -> bool:
        try:
            self.request("GET", "sys/health")
        except VaultRefused:
            return False
        return True

    def mount_transit(self, mount: str) -> None:
        self.request("POST", f"sys/mounts/{mount}", {"type": "transit"})

    def unmount(self, mount: str) -> None:
        """Removes a mount and its keys."""
        self.request("DELETE", f"sys/mounts/{mount}")

    def create_key(self, mount: str, key: str) -> None:
        self.request("POST", f"{mount}/keys/{key}", {"type": "aes256-gcm96"})

    def write_policy(self, name: str, text: str) -> None:
        self.request("PUT", f"sys/policies/acl/{name}", {"policy": text})

    def delete_policy(self, name: str) -> None:
        self.request("DELETE", f"sys/policies/acl/{name}")

    def create_token(self, policy: str) -> str:
        """A token that may do what `policy` says and nothing else, for one hour."""
        reply = self.request(
            "POST", "auth/token/create", {"policies": [policy], "no_default_policy": True, "ttl": "1h"}
        )
        token: str = reply["auth"]["client_token"]
        return token

    def revoke(self, token: str) -> None:
        self.request("POST", "auth/token/revoke", {"token": token})


def shipped_policy(action: str, mount: str, key: str) -> str:
    """The policy of deploy/vault for `action`, encrypt or decrypt, with another mount and key."""
    text = (ROOT / f"deploy/vault/{action}.hcl").read_text()
    return text.replace(f'"transit/{action}/customers"', f'"{mount}/{action}/{key}"')


class OpenBao(Server):
    """An OpenBao server in memory on a free port of 127.0.0.1, unsealed."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        token = secrets.token_hex(16)
        self.vault = Vault(f"http://127.0.0.1:{port}", token)
        super().__init__(
            "OpenBao",
            [TOOLS / "bao", "server", "-dev", "-dev-no-store-token", f"-dev-listen-address=127.0.0.1:{port}"],
            log=folder / "openbao.log",
            environment={"BAO_DEV_ROOT_TOKEN_ID": token, "VAULT_DEV_ROOT_TOKEN_ID": token},
        )
        try:
            self.await_ready(self.vault.answers)
        except BaseException:
            self.stop()
            raise
