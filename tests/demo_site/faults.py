"""What can be wrong with an answer: each function gives a fault that the demo site plays where a test says so."""

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from flows.demo.server import Document

if TYPE_CHECKING:
    from tests.demo_site.site import Exchange

_MISSING_BYTES = 500


Fault = Callable[["Exchange"], None]  # answers a request in place of the site


def slow(seconds: float) -> Fault:
    def play(exchange: "Exchange") -> None:
        exchange.wait(seconds)
        exchange.send(exchange.usual())

    return play


def drip() -> Fault:
    """A byte now and then, for longer than any client waits."""

    def play(exchange: "Exchange") -> None:
        exchange.send_raw({"Content-Type": "text/html", "Content-Length": "100000"}, b"<html>")
        for _ in range(600):
            exchange.wait(0.1)
            exchange.send_more(b" ")

    return play


def truncated() -> Fault:
    """The promised bytes without the last ones, then the end of the connection: the article itself is there."""

    def play(exchange: "Exchange") -> None:
        body = exchange.usual().body
        exchange.send_raw({"Content-Type": "text/html", "Content-Length": str(len(body))}, body[:-_MISSING_BYTES])

    return play


def server_error(status: int = 500) -> Fault:
    return _page("Internal error", "Something fell off a shelf.", status)


def challenge(status: int = 403) -> Fault:
    """The page of a service that tells people from machines."""
    form = '<form id="challenge-form"><p>Checking that you are not a teapot.</p></form>'
    return _page("Just a moment...", form, status)


def not_html() -> Fault:
    """The first bytes of a PNG image under the type of a page."""
    return _saying(Document(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(100)))


def _page(title: str, text: str, status: int = 200) -> Fault:
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    return _saying(Document(html.encode(), status=status))


def _saying(document: Document) -> Fault:
    return lambda exchange: exchange.send(document)
