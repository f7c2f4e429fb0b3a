"""What can be wrong with an answer: each function gives a fault that a demo site plays where it is told to."""

import gzip
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Protocol

from infra.demo_site.documents import HTML, Document, moved

_MB: Final = 1 << 20
_BOMB_MB: Final = 300
_HOPELESS_SECONDS: Final = 3600.0  # longer than any client's deadline


class Exchange(Protocol):
    """One request, as a fault sees it."""

    @property
    def url(self) -> str:
        """The logical address that is asked for."""

    def usual(self) -> Document:
        """What the site would answer."""

    def send(self, document: Document) -> None:
        """Answer in full."""

    def begin(self, document: Document, length: int) -> None:
        """Send status and headers, with that Content-Length, and no body."""

    def write(self, part: bytes) -> None:
        """Send a part of the body at once."""

    def wait(self, seconds: float) -> bool:
        """Let time pass; False once the client has left or the server ends."""

    def close(self, *, reset: bool = False) -> None:
        """End the connection after this exchange; with `reset` at once and without the farewell of TCP."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Attributes:
        name: of the function that makes it.
        play: answers a request.
        times: how many requests meet it; None: all.
    """

    name: str
    play: Callable[[Exchange], None]
    times: int | None = None


def rate_limited(times: int | None = None, *, retry_after: str | None = "1") -> Fault:
    """429, with a Retry-After of seconds or an HTTP date."""
    headers = (("Retry-After", retry_after),) if retry_after is not None else ()
    return _saying("rate_limited", times, 429, _page("Too many requests", "Please knock more gently."), headers)


def server_error(times: int | None = None, *, status: int = 500) -> Fault:
    """A failure of the server."""
    return _saying("server_error", times, status, _page("Internal error", "Something fell off a shelf."))


def slow(times: int | None = None, *, seconds: float = 2.0) -> Fault:
    """The usual answer, later."""

    def play(exchange: Exchange) -> None:
        if exchange.wait(seconds):
            exchange.send(exchange.usual())

    return Fault("slow", play, times)


def drip(times: int | None = None, *, seconds: float = 0.5, octets: int = 1) -> Fault:
    """The usual answer, a few bytes at a time."""

    def play(exchange: Exchange) -> None:
        document = exchange.usual()
        exchange.begin(document, len(document.body))
        for start in range(0, len(document.body), octets):
            exchange.write(document.body[start : start + octets])
            if not exchange.wait(seconds):
                return exchange.close()
        return None

    return Fault("drip", play, times)


def hang(times: int | None = None) -> Fault:
    """No answer at all; the connection stays."""

    def play(exchange: Exchange) -> None:
        exchange.wait(_HOPELESS_SECONDS)
        exchange.close()

    return Fault("hang", play, times)


def truncated(times: int | None = None) -> Fault:
    """Half of the promised bytes, then the end of the connection."""

    def play(exchange: Exchange) -> None:
        document = exchange.usual()
        exchange.begin(document, len(document.body))
        exchange.write(document.body[: len(document.body) // 2])
        exchange.close()

    return Fault("truncated", play, times)


def gzip_truncated(times: int | None = None) -> Fault:
    """A gzip body without its end, under a Content-Length that agrees."""

    def play(exchange: Exchange) -> None:
        document = exchange.usual()
        packed = gzip.compress(document.body)
        _send_gzip(exchange, document, packed[: len(packed) // 2])

    return Fault("gzip_truncated", play, times)


def bomb(times: int | None = None) -> Fault:
    """A gzip body of some 300 KB that unpacks to 300 MB of zeros."""

    def play(exchange: Exchange) -> None:
        _send_gzip(exchange, exchange.usual(), _packed_zeros())

    return Fault("bomb", play, times)


def too_large(times: int | None = None, *, megabytes: int = 32) -> Fault:
    """A page that is larger than any real one."""

    def play(exchange: Exchange) -> None:
        document = exchange.usual()
        exchange.begin(document, megabytes * _MB)
        piece = (b"<p>" + b"and so on " * 100 + b"</p>\n") * 1100
        for _ in range(megabytes):
            exchange.write(piece[:_MB])

    return Fault("too_large", play, times)


def redirect_private(times: int | None = None, *, to: str = "http://169.254.169.254/latest/meta-data/") -> Fault:
    """A redirect to the metadata service of cloud machines."""
    return Fault("redirect_private", lambda exchange: exchange.send(moved(to, 302)), times)


def redirect_loop(times: int | None = None) -> Fault:
    """A redirect to a second address, which leads back."""

    def play(exchange: Exchange) -> None:
        mark = "?again"
        there = exchange.url.endswith(mark)
        exchange.send(moved(exchange.url.removesuffix(mark) if there else exchange.url + mark, 302))

    return Fault("redirect_loop", play, times)


def challenge(times: int | None = None, *, status: int = 403) -> Fault:
    """The page of a service that tells people from machines."""
    form = '<form id="challenge-form"><p>Checking that you are not a teapot.</p></form>'
    return _saying("challenge", times, status, _page("Just a moment...", form))


def consent(times: int | None = None) -> Fault:
    """A consent wall instead of the page."""
    text = "We and our 1,482 partners would like to know how you take your tea."
    return _saying("consent", times, 200, _page("Before you continue", text))


def soft_404(times: int | None = None) -> Fault:
    """An error page under status 200."""
    return _saying("soft_404", times, 200, _page("Page not found", "Nobody remembers a page at this address."))


def maintenance(times: int | None = None) -> Fault:
    """A notice of maintenance under status 200."""
    return _saying("maintenance", times, 200, _page("Scheduled maintenance", "The presses are being oiled."))


def empty(times: int | None = None) -> Fault:
    """Status 200 and not a byte."""
    return _saying("empty", times, 200, b"")


def not_html(times: int | None = None) -> Fault:
    """A PNG image under the type of a page."""
    return _saying("not_html", times, 200, _png())


def gone(times: int | None = None) -> Fault:
    """410."""
    return _saying("gone", times, 410, _page("Withdrawn", "This page is gone for good."))


def reset(times: int | None = None) -> Fault:
    """The connection is reset."""
    return Fault("reset", lambda exchange: exchange.close(reset=True), times)


FAULTS: Final[Mapping[str, Callable[..., Fault]]] = {
    fault.__name__: fault
    for fault in (
        *(rate_limited, server_error, slow, drip, hang, truncated, gzip_truncated, bomb, too_large, redirect_private),
        *(redirect_loop, challenge, consent, soft_404, maintenance, empty, not_html, gone, reset),
    )
}


def _saying(name: str, times: int | None, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Fault:
    document = Document(status, body, HTML, headers=headers)
    return Fault(name, lambda exchange: exchange.send(document), times)


def _page(title: str, text: str) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>".encode()
    )


def _send_gzip(exchange: Exchange, document: Document, packed: bytes) -> None:
    headers = (*document.headers, ("Content-Encoding", "gzip"))
    exchange.begin(replace(document, headers=headers), len(packed))
    exchange.write(packed)


@cache
def _packed_zeros() -> bytes:
    packer = zlib.compressobj(9, wbits=31)  # 31: with the header and the checksum of gzip
    zeros = bytes(_MB)
    return b"".join([*(packer.compress(zeros) for _ in range(_BOMB_MB)), packer.flush()])


def _png() -> bytes:
    """A grey picture of 64 by 64 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    rows = zlib.compress((b"\0" + b"\x80" * 64) * 64)
    head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
