"""The body of an answer: read under a cap, unpacked under the same cap, and judged to be whole.

urllib3 could unpack too, but it takes a gzip stream that is cut off for complete, and knows no cap.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from urllib3 import BaseHTTPResponse

from infra.base.inflate import AS_IT_IS, CODINGS, MAX_CODINGS, Inflater, content_codings
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.http_failures import NETWORK_ERRORS, failure_of, printable

ACCEPT_ENCODING: Final = "gzip, deflate"  # Brotli would save a seventh; some send it, or zstd, unasked
CONTENT_LENGTH: Final = re.compile(r"[0-9]{1,18}")
TAIL_BYTES: Final = 4096  # scripts and comments of servers and plug-ins come after `</html>`


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
    """A connection that breaks in mid-body has given a part."""
    if failure.reason is FetchReason.CONNECTION:
        return FetchError(FetchReason.TRUNCATED, f"after {received:,} bytes: {failure.detail}")
    return failure


def _listed(values: list[str]) -> list[str]:
    """A list header (RFC 9110, 5.6.1) in lower case."""
    return [part.strip().lower() for value in values for part in value.split(",")]
