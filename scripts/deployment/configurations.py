"""Configurations of Fieldseal, with the files that they name made up."""

from __future__ import annotations

import re
from pathlib import Path

from deployment.commands import output

# Folders that exist only where Fieldseal is deployed.
_FOLDERS = ("/etc/fieldseal", "/run/fieldseal", "/var/run/secrets")
_PATHS = re.compile("|".join(rf"{folder}/[\w./-]+" for folder in _FOLDERS))
# What stands for a value that a deployment gets from its surroundings.
ENVIRONMENT = {"POD_NAME": "fieldseal-0", "ADMIN_TOKEN": "a-token-for-checking-only"}


def settle(text: str, folder: Path) -> Path:
    """Writes a configuration to `folder`, with paths of files that are there; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)

    def made(found: re.Match[str]) -> str:
        path = folder / found[0].lstrip("/")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path)
        return str(path)

    written = folder / "fieldseal.yaml"
    written.write_text(_PATHS.sub(made, text))
    return written


def check(program: Path, text: str, folder: Path) -> str:
    """What `fieldseal check` says of a configuration; raises Wrong where it refuses it."""
    return output([program, "check", "-c", settle(text, folder)], ENVIRONMENT)


def _make(path: Path) -> None:
    if path.suffix in (".crt", ".key"):
        key, certificate = path.with_suffix(".key"), path.with_suffix(".crt")
        output(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
             "-subj", "/CN=check", "-keyout", key, "-out", certificate]
        )  # fmt: skip
    else:
        path.write_text("made-up-for-checking\n")
