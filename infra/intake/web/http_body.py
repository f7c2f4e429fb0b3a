"""The body of an answer: read under a cap, unpacked under the same cap, and judged to be whole; what failures mean.

urllib3 could unpack too, but it takes a gzip stream that is cut off for complete, and knows no cap.
"""

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import Final

import urllib3.exceptions
from urllib3 import BaseHTTPResponse
from urllib3.util.ssl_match_hostname import CertificateError

from infra.base.inflate import AS_IT_IS, CODINGS, MAX_CODINGS, Inflater, content_codings
from infra.intake.web.fetching import FetchError, FetchReason

ACCEPT_ENCODING: Final = "gzip, deflate"  # Brotli would save a seventh; some send it, or zstd, unasked
CONTENT_LENGTH: Final = re.compile(r"[0-9]{1,18}")
TAIL_BYTES: Final = 4096  # scripts and comments of servers and plug-ins come after `</html>`
MAX_DETAIL: Final = 200  # characters; a server chooses some of them
DELAY_SECONDS: Final = re.compile(r"[0-9]{1,10}")  # RFC 9110, 10.2.3; ten digits are three centuries

# Everything that urllib3, http.client, ssl and the codecs raise for what a server sends.
NETWORK_ERRORS: Final = (OSError, HTTPException, urllib3.exceptions.HTTPError, ValueError)

STATUSES: Final[Mapping[int, FetchReason]] = {
    HTTPStatus.NO_CONTENT: FetchReason.EMPTY,
    HTTPStatus.RESET_CONTENT: FetchReason.EMPTY,
    HTTPStatus.PARTIAL_CONTENT: FetchReason.PARTIAL,
    HTTPStatus.NOT_MODIFIED: FetchReason.PARTIAL,
    HTTPStatus.REQUEST_TIMEOUT: FetchReason.SERVER_ERROR,
    HTTPStatus.TOO_EARLY: FetchReason.SERVER_ERROR,
    HTTPStatus.TOO_MANY_REQUESTS: FetchReason.RATE_LIMITED,
}
# Of 2xx only 200 says "here is the page": 202 is what some bot challenges answer with.
STATUS_CLASSES: Final = {
    2: FetchReason.STATUS,
    3: FetchReason.REDIRECT,
    4: FetchReason.STATUS,
    5: FetchReason.SERVER_ERROR,
}
# Statuses that are right for requests with one of these headers.
ASKED_BY: Final[Mapping[int, frozenset[str]]] = {
    HTTPStatus.NOT_MODIFIED: frozenset({"if-none-match", "if-modified-since"}),
    HTTPStatus.PARTIAL_CONTENT: frozenset({"range"}),
}

# The first line that fits any exception in the chain. Wrappers say less than what they wrap, so the order is by how
# much a type says.
MEANINGS: Final[tuple[tuple[tuple[type[BaseException], ...], FetchReason], ...]] = (
    ((ssl.SSLCertVerificationError, CertificateError), FetchReason.TLS),
    ((TimeoutError, urllib3.exceptions.TimeoutError), FetchReason.TIMEOUT),
    ((IncompleteRead, urllib3.exceptions.IncompleteRead), FetchReason.TRUNCATED),
    ((RemoteDisconnected, ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError), FetchReason.CONNECTION),
    ((ssl.SSLError,), FetchReason.TLS),
    ((HTTPException, urllib3.exceptions.InvalidHeader), FetchReason.PROTOCOL),
    ((urllib3.exceptions.LocationValueError,), FetchReason.URL),
    ((UnicodeError,), FetchReason.PROTOCOL),
    ((urllib3.exceptions.ProtocolError, OSError), FetchReason.CONNECTION),
)


def failure_of(error: BaseException) -> FetchError:
    """The reason for an exception of `NETWORK_ERRORS`, and the text of the exception that says most."""
    chain = list(_chain(error))
    for kinds, reason in MEANINGS:
        for cause in reversed(chain):  # the innermost: wrappers repeat the whole address
            if isinstance(cause, kinds):
                return FetchError(reason, printable(str(cause) or type(cause).__name__))
    return FetchError(FetchReason.PROTOCOL, printable(f"{type(error).__name__}: {error}"))


def status_failure(status: int, sent: Mapping[str, str]) -> FetchError | None:
    """What a status says, None where it says that this is the page (RFC 9110, 15). Redirects are followed before.

    A 304 or 206 may have been asked for by the headers that were `sent` beyond the client's own.
    """
    asked = {name.lower() for name in sent} & ASKED_BY.get(status, frozenset())
    if status == HTTPStatus.OK or asked:
        return None
    return FetchError(
        STATUSES.get(status) or STATUS_CLASSES.get(status // 100, FetchReason.PROTOCOL), f"status {status}"
    )


def printable(text: str) -> str:
    """A text that a server may have chosen, for logs and terminals: one line, no escape sequences, not long."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)[
        :MAX_DETAIL
    ]


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3), at least 0; None where it is not understood."""
    value = (value or "").strip()
    if DELAY_SECONDS.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)  # `-0000`: UTC without a place
        return max(0.0, (aware - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it wraps, from the outside in.

    Not by `__context__`: that also leads to what the caller was dealing with when it asked again.
    """
    yield error
    for inside in (error.__cause__, *error.args):
        if isinstance(inside, BaseException):
            yield from _chain(inside)


@dataclass(frozen=True, slots=True)
class Body:
    """What came, after content decoding, and why it is not whole, if so."""

    content: bytes = b""
    failure: FetchError | None = None
    maybe_truncated: bool = False


def read_body(response: BaseHTTPResponse, max_bytes: int, *, cut: bool = False) -> Body:
    """Read a body to its end; of what a server sends nothing raises.

    Where it is not whole, `failure` is PROTOCOL, TOO_LARGE, ENCODING, TRUNCATED, TIMEOUT or TLS. What came until then
    is kept, except for what is too large.
    """
    lengths = _listed(response.headers.getlist("Content-Length"))
    transfer = _listed(response.headers.getlist("Transfer-Encoding"))
    codings = content_codings(",".join(response.headers.getlist("Content-Encoding")))
    failure = _framing_failure(lengths, transfer, None if cut else max_bytes) or _coding_failure(codings)
    if failure:
        return Body(failure=failure)
    content = bytearray()
    received = 0

    def receive(size: int) -> bytes:
        """What has come: `read` would wait until so many bytes are there."""
        nonlocal received
        chunk = response.read1(size, decode_content=False)
        received += len(chunk)
        return chunk

    if response.status == HTTPStatus.PARTIAL_CONTENT:
        codings = [AS_IT_IS]  # a range is one of the coded bytes (RFC 9110, 14.1.2): nothing begins or ends with it
    layers = _layers(receive, codings, max_bytes)
    try:
        while piece := layers[-1].read():
            content += piece
            if max(received, *(layer.unpacked for layer in layers)) > max_bytes:
                too_large = FetchError(FetchReason.TOO_LARGE, f"more than {max_bytes:,} bytes")
                return Body(bytes(content[:max_bytes])) if cut else Body(failure=too_large)
    except NETWORK_ERRORS as error:
        return Body(bytes(content), _broken_off(failure_of(error), received))
    if any(layer.unpacked > max_bytes for layer in layers):
        return Body(failure=FetchError(FetchReason.TOO_LARGE, f"more than {max_bytes:,} bytes"))
    for layer in layers:
        if layer.damage:
            reason = FetchReason.TRUNCATED if layer.is_cut else FetchReason.ENCODING
            return Body(bytes(content), FetchError(reason, layer.damage))
    unmarked_end = not lengths and not transfer and not layers[0].is_packed
    return Body(bytes(content), maybe_truncated=unmarked_end and b"</html" not in content[-TAIL_BYTES:].lower())


def _layers(receive: Callable[[int], bytes], codings: list[str], max_bytes: int) -> list[Inflater]:
    """Inflaters one inside the other, the outermost coding first. None gives the next one more than a whole body."""
    layers = [Inflater(receive, codings[-1] if codings else None)]  # some send a .gz file and do not say so
    for coding in reversed(codings[:-1]):
        outer = layers[-1]

        def read(size: int, outer: Inflater = outer) -> bytes:
            return outer.read(size) if outer.unpacked <= max_bytes else b""

        layers.append(Inflater(read, coding))
    return layers


def _framing_failure(lengths: list[str], transfer: list[str], max_bytes: int | None) -> FetchError | None:
    """RFC 9112, 6.3: a length that is wrong or ambiguous makes the answer unusable."""
    if any(not CONTENT_LENGTH.fullmatch(length) for length in lengths) or len(set(map(int, lengths))) > 1:
        return FetchError(FetchReason.PROTOCOL, printable(f"Content-Length: {', '.join(lengths)}"))
    if transfer not in ([], ["chunked"], ["identity"]):
        return FetchError(FetchReason.PROTOCOL, printable(f"Transfer-Encoding: {', '.join(transfer)}"))
    if max_bytes is not None and lengths and "chunked" not in transfer and int(lengths[0]) > max_bytes:
        return FetchError(FetchReason.TOO_LARGE, f"Content-Length {int(lengths[0]):,}, at most {max_bytes:,} bytes")
    return None


def _coding_failure(codings: list[str]) -> FetchError | None:
    if len(codings) > MAX_CODINGS:
        return FetchError(FetchReason.ENCODING, f"{len(codings)} content codings, one inside the other")
    unknown = next((coding for coding in codings if coding not in CODINGS), None)
    return FetchError(FetchReason.ENCODING, printable(f"unknown Content-Encoding: {unknown}")) if unknown else None


def _broken_off(failure: FetchError, received: int) -> FetchError:
    if failure.reason is FetchReason.CONNECTION:
        return FetchError(FetchReason.TRUNCATED, f"after {received:,} bytes: {failure.detail}")
    return failure


def _listed(values: list[str]) -> list[str]:
    """A list header (RFC 9110, 5.6.1) in lower case."""
    return [part.strip().lower() for value in values for part in value.split(",")]
