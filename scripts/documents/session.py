"""A shell in which a document's commands run, with the ports that it names moved to free ones."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import selectors
import signal
import subprocess
import time
from pathlib import Path

from testbed.server import ROOT, TOOLS, accepts_connections, free_port

# The ports that documents name, as a reader would use them.
DOCUMENTED_PORTS = ("9092", "8200", "8081", "9402", "9403")
# What a background command is waited for: its port.
_SERVERS = {"noida-db start": "9092", "bao server": "8200", "registry-stub": "8081"}


class Silent(Exception):
    """A command did not end in time."""


class Session:
    """One shell. Everything that was started in it ends with it."""

    def __init__(self, folder: Path, program: Path) -> None:
        self._ports = {port: str(free_port()) for port in DOCUMENTED_PORTS}
        self.folder = folder
        commands = folder / "bin"
        commands.mkdir()
        (commands / "fieldseal").symlink_to(program)
        # OpenBao's command stands for Vault's: they are one in what the documents do with them.
        (commands / "vault").symlink_to(TOOLS / "bao")
        work = folder / "work"
        work.mkdir()
        listen = f"127.0.0.1:{self._ports['8200']}"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("VAULT_", "BAO_", "FIELDSEAL_"))
        }
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=work,
            env={
                **kept,
                "HOME": str(folder),
                "FIELDSEAL": str(ROOT),
                "PATH": f"{commands}:{TOOLS}:{os.environ['PATH']}",
                "BAO_DEV_LISTEN_ADDRESS": listen,
                "VAULT_DEV_LISTEN_ADDRESS": listen,
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def write(self, name: str, content: str) -> None:
        """Writes a file where the shell is now."""
        place = Path(self.run("pwd")[1][0])
        path = (place / name).resolve()
        if not path.is_relative_to(self.folder):
            raise ValueError(f"{name} is outside of the session's folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._moved(content))

    def run(self, command: str, seconds: float = 60) -> tuple[int, list[str]]:
        """Runs a command to its end; its exit code and what it printed, with the documented ports in it."""
        mark = f"end-{secrets.token_hex(8)}"
        text = f"{{\n{self._moved(command)}\n}} 2>&1 </dev/null\nprintf '\\n{mark} %s\\n' $?\n"
        assert self._shell.stdin is not None
        self._shell.stdin.write(text.encode())
        self._shell.stdin.flush()
        printed, _, code = self._read(mark, seconds)
        if command.rstrip().endswith("&") or re.search(r"& \w+=\$!$", command.rstrip()):
            self._await_server(command)
        return int(code), self._documented(printed).splitlines()

    def _read(self, mark: str, seconds: float) -> tuple[str, str, str]:
        assert self._shell.stdout is not None
        deadline = time.monotonic() + seconds
        received = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._shell.stdout, selectors.EVENT_READ)
            while True:
                end = re.search(rb"\n" + mark.encode() + rb" (\d+)\n", received)
                if end:
                    return received[: end.start()].decode(errors="replace"), mark, end[1].decode()
                if not selector.select(max(0, deadline - time.monotonic())):
                    raise Silent(f"it did not end within {seconds:.0f} s; so far: {received.decode(errors='replace')}")
                data = os.read(self._shell.stdout.fileno(), 65536)
                if not data:
                    raise Silent(f"the shell ended: {received.decode(errors='replace')}")
                received += data

    def _await_server(self, command: str) -> None:
        for words, port in _SERVERS.items():
            deadline = time.monotonic() + 20
            while words in command and not accepts_connections(int(self._ports[port])):
                if time.monotonic() > deadline:
                    raise Silent(f"{words} does not listen")
                time.sleep(0.02)

    def _moved(self, text: str) -> str:
        return re.sub(rf"\b({'|'.join(self._ports)})\b", lambda found: self._ports[found[0]], text)

    def _documented(self, text: str) -> str:
        for documented, real in self._ports.items():
            text = re.sub(rf"\b{real}\b", documented, text)
        return text

    def close(self) -> None:
        """Ends the shell and everything that it started."""
        # In order first, so that servers leave nothing behind.
        for wanted in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._shell.pid, wanted)
            if wanted is signal.SIGTERM:
                time.sleep(0.2)
        self._shell.wait()
        for stream in (self._shell.stdin, self._shell.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
