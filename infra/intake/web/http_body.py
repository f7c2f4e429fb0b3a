"""The body of an answer: read under a cap and a deadline, inflated under the same cap, and judged to be whole.

urllib3 could inflate too, but it takes a gzip stream that is cut off for complete, and knows no cap.
"""

import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Semaphore
from typing import Final

from urllib3 import BaseHTTPResponse

from infra.intake.web.fetching import FetchReason
from infra.intake.web.http_failures import NETWORK_ERRORS, Failure, failure_of, printable
from parsers.page.content import GZIP_MAGIC

CHUNK_BYTES: Final = 64 << 10
ACCEPT_ENCODING: Final = "gzip, deflate"  # what zlib undoes; Brotli saves a seventh, and costs a library and a surface
GZIP_CODINGS: Final = frozenset({"gzip", "x-gzip"})  # RFC 9110, 8.4.1.3
NO_CODINGS: Final = frozenset({"", "identity", "none", "utf-8"})  # the last two are common slips
GZIP_WINDOW, ZLIB_WINDOW, RAW_WINDOW = 31, 15, -15  # zlib's wbits
# Files made of many members (bgzip, concatenated logs) have one per 64 KiB. A million empty ones would keep zlib busy
# for minutes without giving a byte.
MAX_GZIP_MEMBERS: Final = 1_000
CONTENT_LENGTH: Final = re.compile(r"[0-9]{1,18}")
# Of 258 news pages the median has 255 KB and the largest 2.2 MB. Of bodies above this two are read at a time: 64 hosts
# that all send as much as they may would take 640 MB.
LARGE_BYTES: Final = 1 << 20
LARGE_AT_ONCE: Final = 2
TAIL_BYTES: Final = 4096  # scripts and comments of servers and plug-ins come after `</html>`


@dataclass(frozen=True, slots=True)
class Body:
    """What came, after content decoding, and why it is not whole, if so."""

    content: bytes = b""
    failure: Failure | None = None
    maybe_truncated: bool = False


class LargeBodies:
    """Turns of answers that turn out to be large; shared by all requests of a client."""

    def __init__(self) -> None:
        """Nobody has a turn."""
        self._turns = Semaphore(LARGE_AT_ONCE)

    @contextmanager
    def turn(self, ends: float) -> Iterator[Callable[[], None]]:
        """What takes a turn, unless it has it: waits until `ends` by the monotonic clock, then raises TimeoutError."""
        taken = False

        def take() -> None:
            nonlocal taken
            taken = taken or self._turns.acquire(timeout=max(ends - time.monotonic(), 0))
            if not taken:
                raise TimeoutError("other large answers took all the time")

        try:
            yield take
        finally:
            if taken:
                self._turns.release()


def read_body(
    response: BaseHTTPResponse, max_bytes: int, *, ends: float, large: LargeBodies, cut: bool = False
) -> Body:
    """Read a body to its end; never raises for what a server sends.

    Args:
        response: of urllib3, unread; its socket keeps the deadline.
        max_bytes: largest body, before as well as after content decoding.
        ends: the deadline, by the monotonic clock; a large body waits no longer for its turn.
        large: where it waits.
        cut: whether what is beyond `max_bytes` is left out, instead of making the body too large.

    Returns:
        Body: with `failure` PROTOCOL, TOO_LARGE, ENCODING, TRUNCATED, TIMEOUT or TLS where it is not whole. What came
        until then is kept, except for what is too large.
    """
    lengths = _listed(response.headers.getlist("Content-Length"))
    transfer = _listed(response.headers.getlist("Transfer-Encoding"))
    codings = [coding for coding in _listed(response.headers.getlist("Content-Encoding")) if coding not in NO_CODINGS]
    failure = _framing_failure(lengths, transfer, None if cut else max_bytes) or _coding_failure(codings)
    if failure:
        return Body(failure=failure)
    content = bytearray()
    pieces = _Pieces(response, codings)
    try:
        with large.turn(ends) as take_turn:
            for piece in pieces:
                content += piece
                if max(pieces.received, len(content)) > max_bytes:
                    too_large = Failure(FetchReason.TOO_LARGE, f"more than {max_bytes:,} bytes")
                    return Body(bytes(content[:max_bytes])) if cut else Body(failure=too_large)
                if len(content) > LARGE_BYTES:
                    take_turn()
    except zlib.error as error:
        return Body(bytes(content), Failure(FetchReason.ENCODING, f"damaged {codings or 'gzip'}: {error}"))
    except NETWORK_ERRORS as error:
        return Body(bytes(content), _broken_off(failure_of(error), pieces.received))
    if pieces.decoder and not pieces.decoder.finished:
        return Body(bytes(content), Failure(FetchReason.TRUNCATED, "compressed data ends early"))
    unmarked_end = not lengths and not transfer and pieces.decoder is None
    return Body(bytes(content), maybe_truncated=unmarked_end and b"</html" not in content[-TAIL_BYTES:].lower())


class _Pieces:
    """A body, piece by piece, after content decoding.

    Attributes:
        received: bytes that came until now, before content decoding.
        decoder: undoes the coding; None where there is none.
    """

    def __init__(self, response: BaseHTTPResponse, codings: list[str]) -> None:
        self.received = 0
        self.decoder: Inflater | None = None
        self._response = response
        self._codings = codings

    def __iter__(self) -> Iterator[bytes]:
        for chunk in _chunks(self._response):
            if not self.received:
                self.decoder = _decoder(self._codings, chunk)
            self.received += len(chunk)
            yield from self.decoder.feed(chunk) if self.decoder else (chunk,)


class Inflater:
    """Undoes gzip, whose members may follow each other (RFC 1952, 2.2), or deflate, piece by piece."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflate = zlib.decompressobj(window)
        self._members = 1
        self._between = b""  # the first byte after a member, until the second one tells what follows
        self._trailing = False

    @property
    def finished(self) -> bool:
        """Whether the compressed data is complete, checksum included."""
        return self._inflate.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Inflate a chunk, in pieces of at most 64 KiB: it may hold a thousand times as much as it is long.

        Raises:
            zlib.error: damaged, or split into too many members.
        """
        pending, self._between = self._between + chunk, b""
        piece = b""
        # A full piece may not be all, although zlib has taken all that is pending.
        while (pending or len(piece) == CHUNK_BYTES) and not self._trailing:
            if self._inflate.eof:
                if len(pending) < len(GZIP_MAGIC):
                    self._between = pending
                    break
                if not self._next_member(pending):
                    break
            piece = self._inflate.decompress(pending, CHUNK_BYTES)
            yield piece
            pending = self._inflate.unconsumed_tail or self._inflate.unused_data

    def _next_member(self, pending: bytes) -> bool:
        """Begin another member, or take what follows for padding, as gzip itself does."""
        if self._window != GZIP_WINDOW or not pending.startswith(GZIP_MAGIC):
            self._trailing = True
            return False
        self._members += 1
        if self._members > MAX_GZIP_MEMBERS:
            raise zlib.error(f"more than {MAX_GZIP_MEMBERS:,} gzip members")
        self._inflate = zlib.decompressobj(GZIP_WINDOW)
        return True


def _chunks(response: BaseHTTPResponse) -> Iterator[bytes]:
    """Pieces as they come: `read` would wait until one is full. The first has two bytes, which tell what follows."""
    first = b""
    while chunk := response.read1(CHUNK_BYTES, decode_content=False):
        if len(first) < len(GZIP_MAGIC):
            first += chunk
            if len(first) >= len(GZIP_MAGIC):
                yield first
        else:
            yield chunk
    if len(first) == 1:
        yield first


def _decoder(codings: list[str], head: bytes) -> Inflater | None:
    if not codings:  # a .gz file as it lies on the disk, which nobody announced
        return Inflater(GZIP_WINDOW) if head.startswith(GZIP_MAGIC) else None
    if codings[0] in GZIP_CODINGS:
        return Inflater(GZIP_WINDOW)
    # RFC 9110, 8.4.1.2 wants zlib's wrapper; some servers leave it out. RFC 1950, 2.2 tells them apart.
    wrapped = len(head) > 1 and head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2], "big") % 31 == 0
    return Inflater(ZLIB_WINDOW if wrapped else RAW_WINDOW)


def _framing_failure(lengths: list[str], transfer: list[str], max_bytes: int | None) -> Failure | None:
    """RFC 9112, 6.3: a length that is wrong or ambiguous makes the answer unusable."""
    if any(not CONTENT_LENGTH.fullmatch(length) for length in lengths) or len(set(map(int, lengths))) > 1:
        return Failure(FetchReason.PROTOCOL, printable(f"Content-Length: {', '.join(lengths)}"))
    if transfer not in ([], ["chunked"], ["identity"]):
        return Failure(FetchReason.PROTOCOL, printable(f"Transfer-Encoding: {', '.join(transfer)}"))
    if max_bytes is not None and lengths and "chunked" not in transfer and int(lengths[0]) > max_bytes:
        return Failure(FetchReason.TOO_LARGE, f"Content-Length {int(lengths[0]):,}, at most {max_bytes:,} bytes")
    return None


def _coding_failure(codings: list[str]) -> Failure | None:
    if len(codings) > 1:
        return Failure(FetchReason.ENCODING, f"{len(codings)} content codings, one inside the other")
    if codings and codings[0] not in GZIP_CODINGS | {"deflate"}:
        return Failure(FetchReason.ENCODING, printable(f"Content-Encoding: {codings[0]}, which was not asked for"))
    return None


def _broken_off(failure: Failure, received: int) -> Failure:
    """A connection that breaks in mid-body has given a part."""
    if failure.reason is FetchReason.CONNECTION:
        return Failure(FetchReason.TRUNCATED, f"after {received:,} bytes: {failure.detail}")
    return failure


def _listed(values: list[str]) -> list[str]:
    """A list header (RFC 9110, 5.6.1) in lower case."""
    return [part.strip().lower() for value in values for part in value.split(",")]
