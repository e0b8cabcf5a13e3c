"""What the stand-ins for cloud services share: an HTTP server on 127.0.0.1 in front of an application.

A program prints "PORT <plain> <tls>", tls being 0 without a certificate, and serves until its standard input ends.
"""

import argparse
import json
import ssl
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

MAXIMUM_BODY = 1 << 20


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: object
    body: bytes
    is_secure: bool

    def json(self):
        try:
            content = json.loads(self.body)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def form(self):
        return {name: values[0] for name, values in parse_qs(self.body.decode(errors="replace")).items()}

    @property
    def bearer(self):
        """The token in `Authorization: Bearer`, or None."""
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        return token if scheme == "Bearer" and token else None


@dataclass
class Reply(Exception):
    """An answer; it may also be raised."""

    status: int
    body: object = None
    headers: dict = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that went away, or failed its handshake, is none of the stub's business."""


def handler(application, is_secure):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # With it each reply would wait for the client's acknowledgement of its head.
        disable_nagle_algorithm = True

        def log_message(self, *arguments):
            pass

        def handle_any(self):
            length = int(self.headers.get("Content-Length") or 0)
            if length > MAXIMUM_BODY:
                self.close_connection = True
                return self.answer(Reply(413))
            body = self.rfile.read(length)
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            request = Request(self.command, unquote(parts.path), query, self.headers, body, is_secure)
            try:
                reply = application(request)
            except Reply as refusal:
                reply = refusal
            self.answer(reply)

        do_GET = do_POST = handle_any

        def answer(self, reply):
            content = b"" if reply.body is None else json.dumps(reply.body).encode()
            lines = [f"HTTP/1.1 {reply.status} X", "Content-Type: application/json; charset=utf-8"]
            lines += [f"{name}: {value}" for name, value in reply.headers.items()]
            lines += [f"Content-Length: {len(content)}", "", ""]
            self.wfile.write("\r\n".join(lines).encode() + content)

    return Handler


def serve(application, description):
    """Serves `application`, a function from a request to a reply, until the standard input ends."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--certificate", help="PEM file: serve TLS on a second port")
    options.add_argument("--key", help="PEM file of the certificate's key")
    options = options.parse_args()
    plain = Server(("127.0.0.1", 0), handler(application, False))
    servers = [plain]
    if options.certificate:
        secure = Server(("127.0.0.1", 0), handler(application, True))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
        servers.append(secure)
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    ports = [server.server_address[1] for server in servers] + [0]
    print(f"PORT {ports[0]} {ports[1]}", flush=True)
    sys.stdin.buffer.read()
