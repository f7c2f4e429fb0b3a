"""A proxy in front of an S3 server that disturbs requests as a test tells it to.

Signatures hold: the proxy passes on the very Host header that the client signed, and every byte of the body.
"""

import http.client
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

from typing_extensions import override

from tests.servers import S3Server

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
DELAY_SECONDS = 0.05  # many times what SeaweedFS needs for an answer


class Disturbance(Enum):
    """What can happen to a request."""

    SLOW_DOWN = "the server answers 503 and does nothing"
    NEVER_HEARD = "the connection closes before the server hears of it"
    LOST_ANSWER = "the server does it, and the connection closes before the answer"
    SILENCE = "the server does it, and no answer comes until the client gives up"
    CUT_BODY = "half of the answer's body comes; of an answer without body, nothing"
    DELAY = "all is well, but slow"


@dataclass(frozen=True)
class Asked:
    """A request: `times` counts those of the same method and path, `number` all of them, both from 1."""

    method: str
    path: str
    number: int
    times: int


Plan = Callable[[Asked], Disturbance | None]


def undisturbed(_: Asked) -> None:
    """The plan of a proxy that only passes on."""


@dataclass
class Proxy:
    """A running proxy: `server` is how to reach it, `behind` what it passes on to."""

    server: S3Server
    behind: S3Server
    plan: Plan = undisturbed
    asked: list[Asked] = field(default_factory=list)
    disturbed: Counter[Disturbance] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, plan: Plan) -> None:
        """Forget what was asked, and go on by another plan."""
        with self._lock:
            self.plan = plan
            self.asked.clear()
            self.disturbed.clear()

    def disturbance_of(self, method: str, path: str) -> Disturbance | None:
        """What the plan says of the next request."""
        with self._lock:
            times = 1 + sum((each.method, each.path) == (method, path) for each in self.asked)
            asked = Asked(method, path, len(self.asked) + 1, times)
            self.asked.append(asked)
            disturbance = self.plan(asked)
            if disturbance:
                self.disturbed[disturbance] += 1
            return disturbance


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes, between which it would wait 40 ms
    proxy: Proxy  # set on a subclass, as http.server makes the objects
    stopped: Event

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        disturbance = self.proxy.disturbance_of(self.command, self.path)
        if disturbance is Disturbance.SLOW_DOWN:
            return self._say(_Answer(503, [("Content-Type", "application/xml")], SLOW_DOWN))
        if disturbance is Disturbance.NEVER_HEARD:
            return self._hang_up()
        if disturbance is Disturbance.DELAY:
            self.stopped.wait(DELAY_SECONDS)
        answer = self._ask(body)
        if disturbance is Disturbance.SILENCE:
            self.rfile.read(1)  # until the client closes the connection
            return self._hang_up()
        cut = disturbance is Disturbance.CUT_BODY
        if disturbance is Disturbance.LOST_ANSWER or (cut and not answer.body):
            return self._hang_up()
        return self._say(answer, cut=cut)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _pass_on  # noqa: N815 - as http.server calls them

    def _ask(self, body: bytes) -> _Answer:
        connection = http.client.HTTPConnection(urlsplit(self.proxy.behind.endpoint).netloc, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in {"expect", "connection"}:  # these are between neighbours
                    connection.putheader(name, value)
            connection.endheaders(body)
            with connection.getresponse() as response:
                return _Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def _say(self, answer: _Answer, *, cut: bool = False) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                self.send_header(name, value)
        if answer.status != http.client.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        self.close_connection = cut

    def _hang_up(self) -> None:
        self.close_connection = True

    @override
    def handle_one_request(self) -> None:
        with suppress(ConnectionError):  # the client has given up, or ends
            return super().handle_one_request()
        self.close_connection = True
        return None

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Tests show what they need."""


@contextmanager
def s3_proxy(behind: S3Server) -> Iterator[Proxy]:
    """A proxy on loopback; clients use `proxy.server` in place of the server behind it."""
    stopped = Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        proxy = Proxy(replace(behind, endpoint=f"http://127.0.0.1:{listening.server_address[1]}"), behind)
        listening.RequestHandlerClass = type("Handler", (_Handler,), {"proxy": proxy, "stopped": stopped})
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            stopped.set()
            listening.shutdown()
            thread.join()
