"""What the proofs share that a stub does as the service it stands for: the vendor's own client is led to the stub."""

import argparse
import json
import os
import urllib.request


class Proof:
    """Leads every connection of `requests` to a stub: port 80 to its plain port, 443 to the one with TLS."""

    def __init__(self, description):
        options = argparse.ArgumentParser(description=description)
        options.add_argument("plain", type=int, help="the stub's port without TLS")
        options.add_argument("secure", type=int, help="the stub's port with TLS")
        options.add_argument("authority", help="PEM file of the authority that signed its certificate")
        options.add_argument("folder", help="a folder for files")
        self.options = options.parse_args()
        os.environ["REQUESTS_CA_BUNDLE"] = self.options.authority
        import urllib3.util.connection as connection

        connect = connection.create_connection
        ports = {80: self.options.plain, 443: self.options.secure}

        def lead(address, *arguments, **options):
            return connect(("127.0.0.1", ports[address[1]]), *arguments, **options)

        connection.create_connection = lead

    def set(self, what, **fields):
        """Sets the stub up; see its own text."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.options.plain}/stub/{what}", json.dumps(fields).encode(), method="POST"
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def file(self, name, content):
        path = os.path.join(self.options.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path


def show(what):
    print("proved:", what, flush=True)


def fails(kind, action):
    """Runs `action`, which must raise `kind`, and returns the error."""
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")
