"""HTTP: sockets, conditional requests, content coding, what was asked for. HTTP/1.1 with connections that stay."""

import gzip
import hashlib
import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import Any, Final

from typing_extensions import override

from infra.demo_site.documents import Document
from infra.demo_site.faults import Fault

_WAIT_STEP_SECONDS: Final = 0.05  # how soon a wait notices that the client has left
_GZIP_FROM_BYTES: Final = 1024  # below that it saves nothing


@dataclass(slots=True)
class Request:
    """A request that came in.

    Attributes:
        host: the Host header without port, lower case.
        path: path and query.
        at: when it came, by the monotonic clock, seconds.
        user_agent: as sent.
        status: of the answer; None until there is one, or where the fault gave none.
    """

    host: str
    path: str
    at: float
    user_agent: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """What a server answers with.

    Attributes:
        document: host and path (with query) -> document.
        fault: host and path -> the fault to play, None for the usual answer. Counts it as played.
        received: told of each request before it is answered.
        answered: told of each request once it is answered.
    """

    document: Callable[[str, str], Document]
    fault: Callable[[str, str], Fault | None]
    received: Callable[[Request], None]
    answered: Callable[[Request], None]


class Server(ThreadingHTTPServer):
    """A server whose `end` leaves no thread and no connection.

    Args:
        address: host and port to listen on; port 0 takes a free one.
        answering: what it answers with.
    """

    daemon_threads = False  # so that `server_close` waits for them
    request_queue_size = 128  # connections that may wait: a load test opens dozens at once

    def __init__(self, address: tuple[str, int], answering: Answering) -> None:
        self.answering = answering
        self.ending = Event()
        self.started = datetime.now(UTC)
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, _Handler)

    def end(self) -> None:
        """Stop listening, end all connections, wait for the threads. `serve_forever` must be running."""
        self.ending.set()
        self.shutdown()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            _shut(connection)
        self.server_close()

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # clients come and go
            super().handle_error(request, client_address)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


class _Handler(BaseHTTPRequestHandler):
    """One connection; an `Exchange` for the faults."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "newslake-demo-site"
    sys_version = ""
    disable_nagle_algorithm = True  # else small answers wait 40 ms for an acknowledgement
    wbufsize = -1  # head and body go out together

    def do_GET(self) -> None:
        """Answer a GET or HEAD."""
        host = self.headers.get("Host", "").lower().partition(":")[0]
        self.request_seen = Request(host, self.path, time.monotonic(), self.headers.get("User-Agent", ""))
        answering = self.server.answering
        answering.received(self.request_seen)
        try:
            fault = answering.fault(host, self.path)
            if fault:
                fault.play(self)
            else:
                self.send(self.usual())
            self.wfile.flush()
        except ConnectionError:  # the client left, or the server ends
            self.close_connection = True
        finally:
            answering.answered(self.request_seen)

    do_HEAD = do_GET  # noqa: N815 - the name is that of http.server

    @property
    def url(self) -> str:
        """The logical address: that of the original host, which is asked for over TLS."""
        return f"https://{self.request_seen.host}{self.path}"

    def usual(self) -> Document:
        """What the site would answer."""
        return self.server.answering.document(self.request_seen.host, self.path)

    def send(self, document: Document) -> None:
        """Answer in full, or with 304 where the client has it."""
        tag = f'W/"{hashlib.sha256(document.body).hexdigest()[:16]}"'  # weak: the same for both content codings
        changed = self._last_modified(document)
        validators = [("ETag", tag), *([("Last-Modified", format_datetime(changed, usegmt=True))] if changed else [])]
        if document.status == 200 and self._unchanged(tag, changed):  # noqa: PLR2004 - RFC 9110, 15.3.1
            self._head(304, [*validators, ("Vary", "Accept-Encoding")])
            return
        headers = [("Content-Type", document.media_type), ("Vary", "Accept-Encoding"), *document.headers]
        if document.status == 200:  # noqa: PLR2004 - as above
            headers += [*validators, ("Cache-Control", "max-age=0")]
        body = document.body
        if len(body) >= _GZIP_FROM_BYTES and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        self._head(document.status, [*headers, ("Content-Length", str(len(body)))])
        if self.command != "HEAD":
            self.wfile.write(body)

    def _last_modified(self, document: Document) -> datetime | None:
        """Never later than now: RFC 9110, 8.8.2.1; the site may play a day to come."""
        if document.changed_at is None:
            return None
        return min(document.changed_at.astimezone(UTC), self.server.started).replace(microsecond=0)

    def _unchanged(self, tag: str, changed: datetime | None) -> bool:
        """Whether the client has the document: RFC 9110, 13.2.2, where the tag goes before the time."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or tag.removeprefix("W/") in (
                part.strip().removeprefix("W/") for part in tags.split(",")
            )
        since = self.headers.get("If-Modified-Since")
        if since is None or changed is None:
            return False
        try:
            return changed <= parsedate_to_datetime(since)
        except (TypeError, ValueError):  # no date, or one without zone: as if it were not there
            return False

    def _head(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.request_seen.status = status
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def begin(self, document: Document, length: int) -> None:
        """Send status and headers only."""
        headers = [("Content-Type", document.media_type), *document.headers, ("Content-Length", str(length))]
        self._head(document.status, headers)
        self.wfile.flush()

    def write(self, part: bytes) -> None:
        """Send a part of the body at once."""
        self.wfile.write(part)
        self.wfile.flush()

    def wait(self, seconds: float) -> bool:
        """Let time pass; False once the client has left or the server ends."""
        until = time.monotonic() + seconds
        while not self.server.ending.is_set() and not self._left():
            left = until - time.monotonic()
            if left <= 0:
                return True
            self.server.ending.wait(min(left, _WAIT_STEP_SECONDS))
        return False

    def _left(self) -> bool:
        """Whether the client has closed its side."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def close(self, *, reset: bool = False) -> None:
        """End the connection after this exchange."""
        self.close_connection = True
        if reset:
            # Closing with a linger time of zero sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `Answering.answered` is told."""
