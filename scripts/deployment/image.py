"""The image: its recipe, the packages that it names, and a root folder laid out as it lays it out."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from deployment.commands import DEPLOY, output
from testbed.checks import Checks, require
from testbed.server import ROOT, TOOLS

DOCKERFILE = DEPLOY / "docker/Dockerfile"


def run(checks: Checks, program: Path, folder: Path) -> None:
    checks.run("the Dockerfile is clean for hadolint", lambda: output([TOOLS / "hadolint", DOCKERFILE]))
    checks.run("the image starts the program itself, without a shell, as a user without rights", _starts_bare)
    checks.run("what the image is built from is sent to the builder", _context_is_complete)
    checks.run("Debian has the packages that the image installs", _packages_exist)
    checks.run("the image is built with what scripts/setup installs", _packages_are_those_of_setup)
    checks.run("the program runs in the image's root folder, alone there", lambda: _runs_alone(program, folder))


def _instructions() -> list[tuple[str, str]]:
    """The instructions in order, each with its arguments on one line."""
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text()))
    return [(word, " ".join(rest.split())) for word, rest in re.findall(r"(?m)^([A-Z]+)\s+(.*)$", text)]


def _starts_bare() -> None:
    instructions = _instructions()
    last_stage = max(i for i, (word, _) in enumerate(instructions) if word == "FROM")
    stage = instructions[last_stage:]
    require(stage[0][1] == "scratch", f"the last stage comes from {stage[0][1]}, which may have a shell")
    words = dict(stage)
    require("RUN" not in words, "the last stage runs a command")
    user = words.get("USER", "")
    require(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), f"the user is {user!r}: give numbers, which Kubernetes can check")
    for word in ("ENTRYPOINT", "CMD"):
        require(words.get(word, "").startswith("["), f"{word} goes through a shell")
    require("--static-swift-stdlib" in DOCKERFILE.read_text(), "Swift's runtime is not linked statically")


def _context_is_complete() -> None:
    ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text()
    kept = {line[1:] for line in ignored.splitlines() if line.startswith("!")}
    for word, rest in _instructions():
        if word != "COPY" or rest.startswith("--from"):
            continue
        for source in rest.split()[:-1]:
            require((ROOT / source).exists(), f"COPY {source}: there is none")
            require(source in kept, f"COPY {source}: .dockerignore leaves it out")


def _packages() -> list[list[str]]:
    found = []
    for word, rest in _instructions():
        if word == "RUN" and (installed := re.search(r"apt-get install (.*?)(&&|$)", rest)):
            found.append([name for name in installed[1].split() if not name.startswith("-")])
    require(len(found) == 2, "the packages of the Dockerfile were not found")
    return found


def _packages_exist() -> None:
    wanted = sorted({name for names in _packages() for name in names})
    known = set(re.findall(r"(?m)^Package: (\S+)", output(["apt-cache", "show", "--no-all-versions", *wanted])))
    require(set(wanted) <= known, f"there is no package {', '.join(sorted(set(wanted) - known))}")


def _packages_are_those_of_setup() -> None:
    setup = (ROOT / "scripts/setup").read_text().split()
    missing = [name for name in _packages()[0] if name not in setup]
    require(not missing, f"scripts/setup does not install {', '.join(missing)}")


def _runs_alone(program: Path, folder: Path) -> None:
    root = folder / "root"
    output([DEPLOY / "docker/collect-root", program, root])
    try:
        for shell in ("bin/sh", "usr/bin/sh", "bin/bash", "usr/bin/env"):
            require(not (root / shell).exists(), f"there is a {shell}")
        require(any((root / "var/lib/dpkg/status.d").iterdir()), "no package is named")
        configuration = root / "etc/fieldseal/fieldseal.yaml"
        configuration.write_text(
            "kafka: {bootstrap.servers: localhost:9092}\n"
            "kms: {inMemory: {random: [scratch]}}\n"
            "pairs:\n"
            "  - {name: a, source: a, target: b, encrypt: {recordValue: {payload: {keySecretId: in-memory-kms://scratch}}}}\n"
        )
        said = output([*_confined(root), "/usr/bin/fieldseal", "check", "-c", "/etc/fieldseal/fieldseal.yaml"])
        require("a -> b" in said, f"it says: {said}")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _confined(root: Path) -> list[str | Path]:
    """What runs a command as a user without rights in that root folder, with nothing but /proc mounted there."""
    (root / "proc").mkdir()
    own = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={root / 'proc'}"]
    if os.geteuid() == 0:
        return [*own, "chroot", "--userspec=65532:65532", root]
    return [*own, "--user", "--map-root-user", "chroot", root]
