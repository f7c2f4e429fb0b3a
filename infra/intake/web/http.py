"""The HTTP client without manners: a GET gives a whole answer, the next hop of a redirect, or why there is neither."""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib import metadata
from typing import Final, Self

import ada_url
from urllib3 import BaseHTTPResponse

from infra.base.inflate import AS_IT_IS, CODINGS, MAX_CODINGS, Inflater, content_codings
from infra.base.settings import Settings
from infra.intake.web.addresses import AddressPolicy, Target
from infra.intake.web.connections import NETWORK_ERRORS, Connections, failure_of, printable
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from parsers.fields.urls import on_hosts

ACCEPT_ENCODING: Final = "gzip, deflate"  # Brotli would save a seventh; some send it, or zstd, unasked
CONTENT_LENGTH: Final = re.compile(r"[0-9]{1,18}")
TAIL_BYTES: Final = 4096  # scripts and comments of servers and plug-ins come after `</html>`
DELAY_SECONDS: Final = re.compile(r"[0-9]{1,10}")  # RFC 9110, 10.2.3; ten digits are three centuries
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


@dataclass(frozen=True, slots=True)
class Body:
    """What came, after content decoding, and why it is not whole, if so."""

    content: bytes = b""
    failure: FetchError | None = None
    maybe_truncated: bool = False


def read_body(response: BaseHTTPResponse, max_bytes: int, *, cut: bool = False) -> Body:
    """Read a body to its end; of what a server sends nothing raises. What came is kept, unless it is too large."""
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


ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # browsers': some sites vary by it
MAX_REDIRECTS: Final = 5  # what RFC 9309, 2.3.1.2 asks of crawlers for robots files; articles take one or two
LEAST_SECONDS: Final = 0.001  # where redirects took all the time; urllib3 refuses 0
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
WITHOUT_BODY: Final = frozenset({204, 304})  # RFC 9112, 6.3, despite any lengths
IN_HEADERS: Final = re.compile(r"[\r\n\0]+[ \t]*")  # RFC 9110, 5.5: replaced by a space before use
IN_LOCATION: Final = re.compile(r"[\x00-\x1f\x7f\\]")
MAIL: Final = re.compile(r"(?:mailto:)?([^\s()/:@]+@[^\s()/:@]+)")


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way to a page: the first, or one that a redirect asks for."""

    url: str  # what the caller asked for
    target: Target  # what is asked now
    headers: Mapping[str, str]  # to send besides the client's own
    hosts: tuple[str, ...] | None  # that a redirect may lead to, and hosts below them; None: any
    max_bytes: int  # largest body, before as well as after content decoding
    cut: bool  # take the beginning of a larger one (RFC 9309, 2.5 for robots files)
    seconds: float  # left for all hops together; the time between them does not count
    asked: tuple[str, ...]  # addresses so far, this one included


def user_agent_of(settings: Settings) -> str:
    """`newslake/<version> (+<contact>)`: who asks, and where to complain (RFC 9110, 10.1.5)."""
    name = f"newslake/{metadata.version('newslake')}"
    contact = re.sub(r"([()\\])", r"\\\1", settings.contact)  # would end the comment
    return f"{name} (+{contact})" if contact else name


class HttpClient:
    """Gets pages from public hosts, hop by hop. Thread-safe; keeps connections alive; a context manager."""

    def __init__(
        self,
        settings: Settings,
        policy: AddressPolicy,
        authorities: str | None = None,  # file of certificates (PEM) to trust instead of certifi's
    ) -> None:
        self._settings = settings
        self._policy = policy
        self._connections = Connections(policy, authorities)
        self._headers = {"User-Agent": user_agent_of(settings), "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
        if mail := MAIL.fullmatch(settings.contact):
            self._headers["From"] = mail[1]  # RFC 9110, 10.1.2

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connections.close()

    def first(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        hosts: tuple[str, ...] | None = None,
        max_bytes: int | None = None,
        cut: bool = False,
    ) -> Hop:
        """Where the way to a page begins. Sends nothing; FetchError where the address may not be asked."""
        target = self._policy.target_of(url)
        limit = self._settings.max_page_bytes if max_bytes is None else max_bytes
        return Hop(url, target, headers, hosts, limit, cut, self._settings.request_deadline_seconds, (target.url,))

    def get_once(self, hop: Hop) -> Answer | Hop:
        """Send one request: a whole answer, or the next hop where a redirect leads to one; FetchError for all else."""
        started = time.monotonic()
        answer, failure, locations = self._ask(hop)
        if answer.status in REDIRECTS:
            return self._next(hop, answer, locations, hop.seconds - (time.monotonic() - started))
        _require_page(answer, failure, hop)
        return answer

    def _ask(self, hop: Hop) -> tuple[Answer, FetchError | None, list[str]]:
        """What came, why its body is not whole, and where a redirect leads, whose body is not read."""
        spelling = {name.lower(): name for name in self._headers}
        sent = self._headers | {spelling.get(name.lower(), name): value for name, value in hop.headers.items()}
        if hop.target.host_header is not None:
            sent["Host"] = hop.target.host_header
        seconds = max(hop.seconds, LEAST_SECONDS)
        try:
            with closing(self._connections.get(hop.target.request_url, sent, seconds)) as response:
                unread = response.status in REDIRECTS | WITHOUT_BODY
                body = Body() if unread else read_body(response, hop.max_bytes, cut=hop.cut)
                answer = Answer(
                    hop.url,
                    hop.target.url,
                    response.status,
                    tuple((name, IN_HEADERS.sub(" ", value)) for name, value in response.headers.items()),
                    body.content,
                    datetime.now(UTC),
                    maybe_truncated=body.maybe_truncated,
                    request_headers=tuple(sent.items()),
                )
                return answer, body.failure, response.headers.getlist("Location")
        except NETWORK_ERRORS as error:
            raise failure_of(error) from error

    def _next(self, hop: Hop, answer: Answer, locations: list[str], seconds: float) -> Hop:
        """Where a redirect leads to, if one may go there. The caller's headers go along within an origin only."""
        target = hop.target

        def refused(reason: FetchReason, detail: str) -> FetchError:
            return FetchError(reason, detail, answer=answer)

        found = _location(locations, target.url)
        if isinstance(found, FetchError):
            raise refused(found.reason, found.detail)
        try:
            following = self._policy.target_of(found)
        except FetchError as error:
            raise refused(error.reason, f"redirected: {error.detail}") from error
        if target.scheme == "https" and following.scheme == "http":
            raise refused(FetchReason.REDIRECT, f"from https to http: {following.url}")
        if hop.hosts is not None and not on_hosts(following.host, hop.hosts):
            raise refused(FetchReason.OFF_SITE, following.url)
        if following.url in hop.asked:
            raise refused(FetchReason.REDIRECT_LOOP, f"back to {following.url}")
        if len(hop.asked) > MAX_REDIRECTS:
            raise refused(FetchReason.REDIRECT_LOOP, f"more than {MAX_REDIRECTS} redirects")
        headers = hop.headers if _same_origin(target, following) else {}
        return replace(hop, target=following, headers=headers, seconds=seconds, asked=(*hop.asked, following.url))


def _require_page(answer: Answer, failure: FetchError | None, hop: Hop) -> None:
    """Raise what stands in the way of taking an answer for the page."""
    failure = status_failure(answer.status, hop.headers) or failure
    if failure is None and not answer.body and answer.status not in WITHOUT_BODY:
        failure = FetchError(FetchReason.EMPTY, f"status {answer.status} without a body")
    if failure:
        wait = retry_after_seconds(answer.header("Retry-After"), answer.fetched_at)
        raise FetchError(failure.reason, failure.detail, retry_after=wait, answer=answer)


def _location(values: list[str], base: str) -> str | FetchError:
    """The address that a redirect names (RFC 9110, 10.2.2). Its bytes are taken for UTF-8, as browsers do."""
    values = list(dict.fromkeys(value.strip(" \t") for value in values))
    if len(values) != 1 or not values[0]:
        return FetchError(FetchReason.REDIRECT, "several targets" if len(values) > 1 else "without a target")
    if IN_LOCATION.search(values[0]):
        return FetchError(FetchReason.REDIRECT, "a backslash or control character in the target")
    try:
        return str(ada_url.URL(values[0].encode("latin-1").decode("utf-8"), base).href)
    except ValueError:  # UnicodeError too
        return FetchError(FetchReason.REDIRECT, "a malformed target")  # which may hold a password anywhere


def _same_origin(target: Target, following: Target) -> bool:
    """Whether own headers may be sent on: to the same host and port, or from http to https of the same host."""
    upgraded = (target.scheme, target.port, following.scheme, following.port) == ("http", 80, "https", 443)
    same = (target.scheme, target.port) == (following.scheme, following.port)
    return target.host == following.host and (same or upgraded)


def status_failure(status: int, sent: Mapping[str, str]) -> FetchError | None:
    """What a status says; None where it says that this is the page, or was asked for by headers that were `sent`."""
    asked = {name.lower() for name in sent} & ASKED_BY.get(status, frozenset())
    if status == HTTPStatus.OK or asked:
        return None
    reason = STATUSES.get(status) or STATUS_CLASSES.get(status // 100, FetchReason.PROTOCOL)
    return FetchError(reason, f"status {status}")


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
