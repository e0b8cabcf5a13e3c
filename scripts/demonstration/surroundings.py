"""The broker, the registry and the KMS of the demonstration: its own, or those that the environment names."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from confluent_kafka import KafkaException

from demonstration.presentation import step
from testbed.broker import Broker
from testbed.registry import Registry
from testbed.topics import Topics, TopicsFailed
from testbed.vault import OpenBao, Vault, VaultRefused, shipped_policy

KEY = "customers"


class Unusable(Exception):
    """The environment names a server, but not how to use it."""


@dataclass(frozen=True)
class Surroundings:
    """What the demonstration runs on."""

    bootstrap_servers: str
    registry_url: str
    prefix: str
    """What the names of all its topics and groups begin with."""
    environment: dict[str, str]
    """What demonstration/fieldseal.yaml refers to."""
    servers: list[Broker | Registry | OpenBao]
    """Those that were started, to be looked after."""

    @property
    def topics(self) -> Topics:
        return Topics(self.bootstrap_servers)

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"


@contextlib.contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    """Starts what is needed; at the end stops it, and removes what was made on servers that were there before."""
    suffix = secrets.token_hex(4)
    with contextlib.ExitStack() as stack:
        servers: list[Broker | Registry | OpenBao] = []
        bootstrap_servers = os.environ.get("BOOTSTRAP_SERVERS")
        prefix = "customers"
        if bootstrap_servers:
            if not Topics(bootstrap_servers).answers():
                raise Unusable(f"no Kafka cluster answers at BOOTSTRAP_SERVERS, {bootstrap_servers}")
            prefix = f"fieldseal-demo-{suffix}"
            step(f"broker: {bootstrap_servers}, as BOOTSTRAP_SERVERS says; topics {prefix}.* are deleted at the end")
            stack.callback(_clean_up_topics, bootstrap_servers, prefix)
        else:
            broker = Broker(folder)
            stack.enter_context(broker.stopping())
            servers.append(broker)
            bootstrap_servers = broker.bootstrap_servers
            step(f"broker: noida-db on {bootstrap_servers}")

        registry = Registry(folder)
        stack.enter_context(registry.stopping())
        servers.append(registry)
        step(f"schema registry: scripts/registry-stub on {registry.url}")

        vault = _vault_of_the_environment()
        mount = "transit"
        if vault:
            mount = f"fieldseal-demo-{suffix}"
            step(f"KMS: {vault.address}, as VAULT_ADDR says; its mount {mount}/ is removed at the end")
        else:
            server = OpenBao(folder)
            stack.enter_context(server.stopping())
            servers.append(server)
            vault = server.vault
            step(f"KMS: OpenBao on {vault.address}")
        tokens = stack.enter_context(_key_and_tokens(vault, mount, suffix))

        environment = {
            "BOOTSTRAP_SERVERS": bootstrap_servers,
            "SCHEMA_REGISTRY_URL": registry.url,
            "VAULT_ADDR": vault.address,
            "VAULT_HOST": vault.authority,
            "VAULT_MOUNT": mount,
            "ALLOW_INSECURE": str(vault.address.startswith("http:")).lower(),
            "PREFIX": prefix,
            **tokens,
        }
        yield Surroundings(bootstrap_servers, registry.url, prefix, environment, servers)


def _vault_of_the_environment() -> Vault | None:
    address = os.environ.get("VAULT_ADDR")
    if not address:
        return None
    token = os.environ.get("VAULT_TOKEN")
    if not token:
        raise Unusable("VAULT_ADDR is set, but not VAULT_TOKEN: a token that may mount a transit engine is needed")
    if urlsplit(address).scheme not in ("http", "https"):
        raise Unusable(f"VAULT_ADDR is {address!r}: http:// or https:// and a host are needed")
    vault = Vault(address, token)
    if not vault.answers():
        raise Unusable(f"no unsealed Vault or OpenBao answers at VAULT_ADDR, {address}")
    return vault


@contextlib.contextmanager
def _key_and_tokens(vault: Vault, mount: str, suffix: str) -> Iterator[dict[str, str]]:
    """Makes the key, and for each direction a token that may do what deploy/vault says and nothing else."""
    with contextlib.ExitStack() as stack:
        vault.mount_transit(mount)
        stack.callback(_quietly, vault.unmount, mount)
        vault.create_key(mount, KEY)
        tokens: dict[str, str] = {}
        for action in ("encrypt", "decrypt"):
            policy = f"fieldseal-demo-{suffix}-{action}"
            vault.write_policy(policy, shipped_policy(action, mount, KEY))
            stack.callback(_quietly, vault.delete_policy, policy)
            token = vault.create_token(policy)
            stack.callback(_quietly, vault.revoke, token)
            tokens[f"{action.upper()}_TOKEN"] = token
        yield tokens


def _quietly(action: Callable[[str], None], argument: str) -> None:
    """Cleans up what can be; what can't is said, and the rest goes on."""
    try:
        action(argument)
    except VaultRefused as refusal:
        step(f"not cleaned up: {refusal}")


def _clean_up_topics(bootstrap_servers: str, prefix: str) -> None:
    try:
        Topics(bootstrap_servers).delete_all(prefix)
    except (TopicsFailed, KafkaException) as failure:
        step(f"not cleaned up: {failure}")
