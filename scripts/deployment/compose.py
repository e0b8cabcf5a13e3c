"""The compose file: its form, what it mounts, and the keys that it makes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from deployment import configurations
from deployment.commands import DEPLOY, output
from testbed.checks import Checks, Wrong, require
from testbed.server import TOOLS
from testbed.vault import OpenBao

COMPOSE = DEPLOY / "compose.yaml"
DIRECTIONS = ("encrypt", "decrypt")


def run(checks: Checks, program: Path, folder: Path) -> None:
    validator = [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE]
    checks.run("the compose file follows the Compose specification", lambda: output(validator))
    checks.run("its services start with images of a version and files that are there", _services)
    checks.run("its Fieldseal services can write nothing and gain nothing", _confinement)
    for direction in DIRECTIONS:
        text = _configuration(direction).read_text()
        checks.run(
            f"fieldseal check accepts the configuration that it {direction}s with",
            lambda text=text, direction=direction: configurations.check(program, text, folder / f"compose-{direction}"),
        )
    checks.run("its keys: each direction's token does its own work only", lambda: _keys(program, folder))


def _configuration(direction: str) -> Path:
    return DEPLOY / f"compose/fieldseal-{direction}.yaml"


def _all_services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
    return services


def _services() -> None:
    services = _all_services()
    for name, service in services.items():
        image = service["image"]
        require(
            "build" in service or (":" in image and not image.endswith(":latest")), f"{name}: {image} has no version"
        )
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                require((DEPLOY / source).exists(), f"{name} mounts {source}, which is not there")
        needed = service.get("depends_on", {})
        for other in needed:
            require(other in services, f"{name} needs {other}, which is not there")
            healthy = isinstance(needed, dict) and needed[other]["condition"] == "service_healthy"
            require(
                not healthy or "healthcheck" in services[other], f"{name} waits for a health that {other} never tells"
            )
        for port in service.get("ports", []):
            require(port.startswith("127.0.0.1:"), f"{name} is open to the network on {port}")


def _confinement() -> None:
    ours = {name: service for name, service in _all_services().items() if service["image"] == "fieldseal"}
    require(len(ours) == 2, "there are not two Fieldseal services")
    for name, service in ours.items():
        require(service.get("read_only") is True, f"{name} can write to its root folder")
        require(service.get("cap_drop") == ["ALL"], f"{name} keeps capabilities")
        require("no-new-privileges:true" in service.get("security_opt", []), f"{name} may gain privileges")
        require("user" not in service and "privileged" not in service, f"{name} runs as another user than the image's")


def _keys(program: Path, folder: Path) -> None:
    tokens = folder / "tokens"
    tokens.mkdir()
    bao = OpenBao(folder)
    with bao.stopping():
        environment = {
            "BAO_ADDR": bao.vault.address,
            "BAO_TOKEN": bao.vault.token,
            "POLICIES": str(DEPLOY / "vault"),
            "TOKENS": str(tokens),
            "OWNER": f"{os.getuid()}:{os.getgid()}",
            "PATH": f"{TOOLS}:{os.environ['PATH']}",
        }
        # The second time finds everything there.
        for _ in range(2):
            output(["sh", DEPLOY / "compose/make-keys"], environment)
        for direction in DIRECTIONS:
            mode = (tokens / f"{direction}-token").stat().st_mode & 0o777
            require(mode == 0o600, f"the token's file has mode {mode:o}")
            text = _configuration(direction).read_text()
            text = text.replace("openbao:8200", bao.vault.authority).replace("/run/fieldseal", str(tokens))
            written = folder / f"keys-{direction}.yaml"
            written.write_text(text)
            output([program, "keys", "test", "-c", written], configurations.ENVIRONMENT)
            other = next(d for d in DIRECTIONS if d != direction)
            written.write_text(text.replace(f"{direction}-token", f"{other}-token"))
            _expect_refusal([program, "keys", "test", "-c", written], direction, other)


def _expect_refusal(command: list[Any], direction: str, other: str) -> None:
    try:
        output(command, configurations.ENVIRONMENT)
    except Wrong:
        return
    raise Wrong(f"the token for {other}ion {direction}s too")
