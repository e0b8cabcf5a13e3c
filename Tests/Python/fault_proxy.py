#!/usr/bin/env python3
"""HTTP proxies that stand before test servers and make trouble on demand.

It prints "PORT <number>" of its control address on 127.0.0.1 and ends when its standard input ends. The control address
takes JSON:

    POST   /proxies                {"upstream": "http://127.0.0.1:1234", "certificate": FILE, "key": FILE,
                                    "authority": FILE, "upstreamAuthority": FILE, "upstreamCertificate": FILE,
                                    "upstreamKey": FILE}                    answers {"port": number}
    POST   /proxies/PORT/faults    [{"match": REGEX, "times": number, ...}, ...]
    DELETE /proxies/PORT/faults    forgets them
    GET    /proxies/PORT/requests  the heads of the requests so far: the request line and the headers, lower-cased names
    DELETE /proxies/PORT           ends that proxy

A proxy serves TLS where it has a certificate, and asks for a client's certificate where it has an authority. It hands
each request on as it came, Host included, so that signatures still hold; to an https upstream with a client's
certificate of its own.

A fault is for the requests whose head its regular expression finds something in, "times" times (default: always):
    status, headers, body    answer with these instead; headers is a list of [name, value]
    raw                      send this base64 as it is, then end the connection
    do                       "silence": nothing, until the client goes away; "drip": a body that never ends;
                             "close": end the connection; "pass": hand it on as if there were no fault
"""

import base64
import functools
import http.client
import json
import re
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

MAXIMUM_BODY = 16 << 20


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that went away, or failed its handshake, is none of the proxy's business."""


class Fault:
    def __init__(self, fields):
        self.match = re.compile(fields.get("match", ""))
        self.left = fields.get("times")
        self.fields = fields


class Proxy:
    """One proxy: its upstream, its faults and what it saw."""

    def __init__(self, settings):
        self.upstream = urlsplit(settings["upstream"])
        self.upstream_context = None
        if self.upstream.scheme == "https":
            self.upstream_context = ssl.create_default_context(cafile=settings["upstreamAuthority"])
            if settings.get("upstreamCertificate"):
                self.upstream_context.load_cert_chain(settings["upstreamCertificate"], settings["upstreamKey"])
        self.lock = threading.Lock()
        self.faults = []
        self.requests = []
        handler = type("Handler", (ProxyHandler,), {"proxy": self})
        self.server = Server(("127.0.0.1", 0), handler)
        if settings.get("certificate"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(settings["certificate"], settings["key"])
            if settings.get("authority"):
                context.load_verify_locations(settings["authority"])
                context.verify_mode = ssl.CERT_REQUIRED
            # The handshake takes place in the connection's own thread, with its first byte.
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def see(self, head):
        """Notes a request and gives the fault that is for it, or None."""
        with self.lock:
            self.requests.append(head)
            for fault in self.faults:
                if fault.match.search(head) and fault.left != 0:
                    if fault.left is not None:
                        fault.left -= 1
                    return fault.fields
        return None

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ProxyHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def log_message(self, *arguments):
        pass

    def handle_any(self):
        length = min(int(self.headers.get("Content-Length") or 0), MAXIMUM_BODY)
        body = self.rfile.read(length)
        lines = [self.requestline] + [f"{name.lower()}: {value}" for name, value in self.headers.items()]
        fault = self.proxy.see("\n".join(lines))
        if fault is None or fault.get("do") == "pass":
            self.pass_on(body)
        elif "status" in fault:
            self.answer(fault["status"], fault.get("headers", []), fault.get("body", "").encode())
        else:
            self.close_connection = True
            self.make_trouble(fault)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_LIST = do_PATCH = handle_any

    def answer(self, status, headers, body):
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.wfile.write("\r\n".join(lines + ["", ""]).encode("latin-1") + body)

    def make_trouble(self, fault):
        if "raw" in fault:
            self.wfile.write(base64.b64decode(fault["raw"]))
        elif fault["do"] == "silence":
            while self.connection.recv(4096):
                pass
        elif fault["do"] == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
            for _ in range(60000):
                self.wfile.write(b" ")
                time.sleep(0.005)

    def pass_on(self, body):
        upstream = self.proxy.upstream
        context = self.proxy.upstream_context
        kind = functools.partial(http.client.HTTPSConnection, context=context) if context else http.client.HTTPConnection
        connection = kind(upstream.hostname, upstream.port, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "keep-alive"):
                    connection.putheader(name, value)
            connection.putheader("Connection", "close")
            connection.endheaders(body)
            reply = connection.getresponse()
            content = reply.read()
        except OSError as error:
            return self.answer(502, [], str(error).encode())
        finally:
            connection.close()
        dropped = ("content-length", "transfer-encoding", "connection", "keep-alive")
        headers = [(name, value) for name, value in reply.getheaders() if name.lower() not in dropped]
        self.answer(reply.status, headers, content)


class ControlHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxies: dict = {}

    def log_message(self, *arguments):
        pass

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, _, *words = self.path.split("/")
        answer = None
        if not words:
            proxy = Proxy(json.loads(body))
            self.proxies[proxy.port] = proxy
            answer = {"port": proxy.port}
        else:
            proxy = self.proxies[int(words[0])]
            answer = self.tell(proxy, words[1:], body)
        content = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)

    do_GET = do_POST = do_DELETE = handle_any

    def tell(self, proxy, words, body):
        match (self.command, words):
            case ("POST", ["faults"]):
                with proxy.lock:
                    proxy.faults = [Fault(fields) for fields in json.loads(body)]
            case ("DELETE", ["faults"]):
                with proxy.lock:
                    proxy.faults = []
            case ("GET", ["requests"]):
                with proxy.lock:
                    return list(proxy.requests)
            case ("DELETE", []):
                proxy.stop()
                del self.proxies[proxy.port]
        return {}


def main():
    control = Server(("127.0.0.1", 0), ControlHandler)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    print(f"PORT {control.server_address[1]}", flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
