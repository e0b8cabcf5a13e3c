"""A Kafka broker: noida-db, one small program with Kafka's protocol."""

from __future__ import annotations

from pathlib import Path

from testbed.server import TOOLS, Server, accepts_connections, free_port


class Broker(Server):
    """A broker of one node on a free port of 127.0.0.1, with its data in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._folder = folder
        self._start()

    def restart(self) -> None:
        """Starts it again after `stop`, with its data and its address."""
        self._start()

    def _start(self) -> None:
        super().__init__(
            "the broker",
            [
                TOOLS / "noida-db",
                "start",
                "--only",
                "kafka",
                "--kafka-port",
                str(self._port),
                "--data-dir",
                self._folder / "broker",
            ],
            log=self._folder / "broker.log",
        )
        try:
            self.await_ready(lambda: accepts_connections(self._port))
        except BaseException:
            self.stop()
            raise

    @property
    def bootstrap_servers(self) -> str:
        return f"127.0.0.1:{self._port}"
