"""The demo's news sites on a port of this machine: HTTP with conditional requests, and a start page for people."""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final, Self

from typing_extensions import override

from flows.demo.pages import PER_DAY, DemoPages, Document, text_of

_POLL_SECONDS: Final = 0.02  # how soon the server notices that it is to end


class DemoHandler(BaseHTTPRequestHandler):
    """A request; each has a connection of its own, so none outlives the server."""

    server: "DemoSite"
    server_version, sys_version = "newslake-demo-site", ""
    timeout = 10  # seconds that a connection may be silent

    def do_GET(self) -> None:
        """Answer from the site that the Host header names."""
        self.send(self.server.document(self.host, self.path))

    @property
    def host(self) -> str:
        """The host that the client believes it asks."""
        return self.headers.get("Host", "").lower().partition(":")[0]

    def send(self, document: Document) -> None:
        """Answer in full, or with 304 where the client has it."""
        status, body, headers = document.status, document.body, {"Content-Type": document.media_type}
        if document.location:
            headers["Location"] = document.location
        if status == HTTPStatus.OK:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = HTTPStatus.NOT_MODIFIED, b""
        self.server.log(f"{datetime.now(UTC):%H:%M:%S} {int(status)} {self.host}{self.path}")
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `send` tells more."""


class DemoSite(ThreadingHTTPServer):
    """Serves stories of `days` UTC days up to `today` while it is entered; OSError where the port is taken."""

    request_queue_size = 128  # connections that may wait: newslake opens dozens at once
    handler = DemoHandler

    def __init__(
        self, today: date, *, days: int = 31, per_day: int = PER_DAY, port: int = 0, bind: str = "127.0.0.1",
        log: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self.pages = {site["host"]: DemoPages(site, today, days, per_day) for site in json.loads(text_of("sites.json"))}
        self.aliases = {alias: host for host, pages in self.pages.items() for alias in pages.site["aliases"]}
        self.log, self.answered = log, 0
        super().__init__((bind, port), self.handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.origins = ",".join(f"{host}={self.url}" for host in (*self.pages, *self.aliases))
        self._thread = Thread(target=self.serve_forever, args=(_POLL_SECONDS,))

    @override
    def __enter__(self) -> Self:
        self._thread.start()
        return self

    @override
    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def document(self, host: str, target: str) -> Document:
        """What stands at an address."""
        if host not in self.pages and host not in self.aliases:
            return self._local(target)
        self.answered += 1
        if host in self.aliases:
            return Document(b"", status=301, location=f"https://{self.aliases[host]}{target}")
        return self.pages[host].document(target)

    def _local(self, target: str) -> Document:
        """What people see who open the server in a browser: a start page, and each site below the name of its host."""
        host, _, rest = target.removeprefix("/").partition("/")
        if host in self.pages:
            document = self.pages[host].document(f"/{rest}")
            body = re.sub(b'="((https:)?//%s)?/' % host.encode(), b'="/%s/' % host.encode(), document.body)
            return replace(document, body=body, location=document.location.replace("https:/", ""))
        start = text_of("start.html").replace("$origins", self.origins)
        return Document(start.encode(), status=404 if host else 200)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # clients come and go
            super().handle_error(request, client_address)
