"""What can be wrong with an answer: each function gives a fault that the demo site plays where a test says so."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from flows.demo.pages import Document

_MB = 1 << 20
_BOMB_MB = 300
_MISSING_BYTES = 500


class Exchange(Protocol):
    """One request, as a fault sees it."""

    def usual(self) -> Document:
        """What the site would answer."""

    def send(self, document: Document) -> None:
        """Answer in full."""

    def send_raw(self, head: dict[str, str], body: bytes) -> None:
        """Answer 200 with these headers and bytes, whether they agree or not."""

    def wait(self, seconds: float) -> None:
        """Let time pass, but not beyond the end of the server."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Answers a request in place of the site; `times`: how many requests meet it, None for all."""

    play: Callable[[Exchange], None]
    times: int | None = None


def server_error(times: int | None = None, *, status: int = 500) -> Fault:
    return _saying(_page("Internal error", "Something fell off a shelf."), status, times)


def slow(times: int | None = None, *, seconds: float = 2.0) -> Fault:
    def play(exchange: Exchange) -> None:
        exchange.wait(seconds)
        exchange.send(exchange.usual())

    return Fault(play, times)


def truncated(times: int | None = None) -> Fault:
    """The promised bytes without the last ones, then the end of the connection: the article itself is there."""

    def play(exchange: Exchange) -> None:
        body = exchange.usual().body
        exchange.send_raw({"Content-Type": "text/html", "Content-Length": str(len(body))}, body[:-_MISSING_BYTES])

    return Fault(play, times)


def bomb(times: int | None = None) -> Fault:
    """A gzip body of some 300 KB that unpacks to 300 MB of zeros."""

    def play(exchange: Exchange) -> None:
        head = {"Content-Type": "text/html", "Content-Encoding": "gzip", "Content-Length": str(len(_packed_zeros()))}
        exchange.send_raw(head, _packed_zeros())

    return Fault(play, times)


def redirect_private(times: int | None = None) -> Fault:
    """A redirect to the metadata service of cloud machines."""
    there = Document(b"", status=302, location="http://169.254.169.254/latest/meta-data/")
    return Fault(lambda exchange: exchange.send(there), times)


def challenge(times: int | None = None, *, status: int = 403) -> Fault:
    """The page of a service that tells people from machines."""
    form = '<form id="challenge-form"><p>Checking that you are not a teapot.</p></form>'
    return _saying(_page("Just a moment...", form), status, times)


def consent(times: int | None = None) -> Fault:
    text = "We and our 1,482 partners would like to know how you take your tea."
    return _saying(_page("Before you continue", text), 200, times)


def soft_404(times: int | None = None) -> Fault:
    """An error page under status 200."""
    return _saying(_page("Page not found", "Nobody remembers a page at this address."), 200, times)


def maintenance(times: int | None = None) -> Fault:
    """A notice of maintenance under status 200."""
    return _saying(_page("Scheduled maintenance", "The presses are being oiled."), 200, times)


def not_html(times: int | None = None) -> Fault:
    """The first bytes of a PNG image under the type of a page."""
    return _saying(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(100), 200, times)


def gone(times: int | None = None) -> Fault:
    return _saying(_page("Withdrawn", "This page is gone for good."), 410, times)


def _saying(body: bytes, status: int, times: int | None) -> Fault:
    document = Document(body, status=status)
    return Fault(lambda exchange: exchange.send(document), times)


def _page(title: str, text: str) -> bytes:
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    return html.encode()


@cache
def _packed_zeros() -> bytes:
    packer = zlib.compressobj(9, wbits=31)  # 31: with the header and the checksum of gzip
    zeros = bytes(_MB)
    return b"".join([*(packer.compress(zeros) for _ in range(_BOMB_MB)), packer.flush()])
