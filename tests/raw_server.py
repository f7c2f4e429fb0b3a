"""A server on loopback that sends exactly the bytes it is told, right or wrong, and counts what reaches it."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

# What is sent for a request: these bytes, then the end of the connection; or whatever the function does.
Reply = bytes | Callable[[socket.socket, "RawServer"], None]


@dataclass
class RawServer:
    """What a client of it needs, and what it saw."""

    port: int
    replies: Mapping[str, Reply]
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)  # set at the end: for replies that hang until then

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allowed(self) -> str:
        """For the setting `allowed_private_hosts`."""
        return f"127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [request.split(" ", 2)[1] for request in self.requests]

    def header(self, name: str, request: int = -1) -> str | None:
        lines = self.requests[request].split("\r\n")[1:]
        return next((line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name.lower()}:")), None)


def answer(body: bytes = b"<html>page</html>", *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    """A well-formed answer; `length=False` leaves the Content-Length out."""
    lengths = [f"Content-Length: {len(body)}"] if length else []
    ends = [] if "Connection: keep-alive" in headers else ["Connection: close"]
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, *lengths, *ends, "", ""]).encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect; the location goes out as latin-1, one byte a character."""
    return answer(b"", f"Location: {location}", status=status)


def drip(beginning: bytes, piece: bytes, interval_seconds: float) -> Reply:
    """The beginning at once, then a piece every interval until the client goes away."""

    def send(connection: socket.socket, server: RawServer) -> None:
        connection.sendall(beginning)
        while not server.over.wait(interval_seconds):
            connection.sendall(piece)

    return send


def hang(beginning: bytes = b"") -> Reply:
    """The beginning, then nothing, on an open connection."""
    return drip(beginning, b"", 60)


@contextmanager
def raw_server(replies: Mapping[str, Reply] | Reply, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Serve replies by path (with query), or one for all; a path without one is answered 404.

    A connection stays open after bytes that have `keep-alive` in them.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        by_path = replies if isinstance(replies, Mapping) else {"*": replies}
        server = RawServer(listener.getsockname()[1], by_path)
        threads: list[Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                if server.over.is_set():
                    connection.close()
                    return
                server.connections += 1
                threads.append(Thread(target=_serve, args=(connection, server, tls)))
                threads[-1].start()

        acceptor = Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            server.over.set()
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", server.port)).close()  # wakes the acceptor
            for thread in [acceptor, *threads]:
                thread.join(10)


def _serve(connection: socket.socket, server: RawServer, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):  # the client may go away at any time
        connection.settimeout(20)
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        while head := _head(connection, server):
            server.requests.append(head)
            path = head.split(" ", 2)[1]
            reply = server.replies.get(path, server.replies.get("*", answer(b"no such page", status="404 Not Found")))
            if not isinstance(reply, bytes):
                reply(connection, server)
                break
            connection.sendall(reply)
            if b"keep-alive" not in reply:
                break
    connection.close()


def _head(connection: socket.socket, server: RawServer) -> str:
    head = b""
    while b"\r\n\r\n" not in head and not server.over.is_set():
        received = connection.recv(65536)
        if not received:
            return ""
        head += received
    return head.decode("latin-1")
