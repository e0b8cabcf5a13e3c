"""Vault or OpenBao over its HTTP API, and an OpenBao server to talk to."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
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
            with urllib.request.urlopen(request, data, timeout=30, context=tls) as reply:
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

    def rotate_key(self, mount: str, key: str) -> int:
        """Gives a key a new version; its number."""
        self.request("POST", f"{mount}/keys/{key}/rotate", {})
        version: int = self.request("GET", f"{mount}/keys/{key}")["data"]["latest_version"]
        return version

    def create_app_role(self, name: str, policies: list[str], token_ttl: str) -> tuple[str, str]:
        """Makes a role of the AppRole method, mounted where it is not; its role id and a secret id."""
        if "approle/" not in self.request("GET", "sys/auth")["data"]:
            self.request("POST", "sys/auth/approle", {"type": "approle"})
        role = f"auth/approle/role/{name}"
        self.request("POST", role, {"token_policies": policies, "token_ttl": token_ttl})
        role_id: str = self.request("GET", f"{role}/role-id")["data"]["role_id"]
        secret_id: str = self.request("POST", f"{role}/secret-id", {})["data"]["secret_id"]
        return role_id, secret_id

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


class DurableOpenBao:
    """An OpenBao server with its keys on disk, so that it can be stopped and started again under the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        port, cluster_port = free_port(), free_port()
        address = f"127.0.0.1:{port}"
        (folder / "raft").mkdir()
        self._configuration = folder / "openbao.hcl"
        self._configuration.write_text(
            f"""
            storage "raft" {{
              path = "{folder / "raft"}"
              node_id = "one"
            }}
            listener "tcp" {{
              address = "{address}"
              tls_disable = true
            }}
            api_addr = "http://{address}"
            cluster_addr = "http://127.0.0.1:{cluster_port}"
            """
        )
        self.vault = Vault(f"http://{address}", "")
        self._server = self._start()
        try:
            reply = self.vault.request("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
            self._unseal_key: str = reply["keys_base64"][0]
            self.vault.token = reply["root_token"]
            self._unseal()
        except BaseException:
            self.stop()
            raise

    def restart(self) -> None:
        """Starts it again after `stop` or `kill`, and unseals it."""
        self._server = self._start()
        self._unseal()

    def stop(self) -> None:
        """Ends it in order."""
        self._server.stop()

    def kill(self) -> None:
        """Ends it as a crash would."""
        self._server.kill()

    def suspend(self) -> None:
        """Makes it silent: it takes connections and answers nothing."""
        os.kill(self._server.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Makes it answer again."""
        os.kill(self._server.pid, signal.SIGCONT)

    @contextlib.contextmanager
    def stopping(self) -> Iterator[None]:
        """Stops it at the end of a block."""
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                self.resume()
            self.stop()

    def check(self) -> None:
        """Raises ServerFailed where it no longer runs."""
        self._server.check()

    def _start(self) -> Server:
        server = Server(
            "OpenBao",
            [TOOLS / "bao", "server", f"-config={self._configuration}"],
            log=self._folder / "openbao.log",
        )
        try:
            server.await_ready(self._takes_requests)
        except BaseException:
            server.stop()
            raise
        return server

    def _takes_requests(self) -> bool:
        """Whether it answers at all, be it sealed or not set up."""
        try:
            self.vault.request("GET", "sys/seal-status")
        except VaultRefused:
            return False
        return True

    def _unseal(self) -> None:
        self.vault.request("PUT", "sys/unseal", {"key": self._unseal_key})
        self._server.await_ready(self.vault.answers)
