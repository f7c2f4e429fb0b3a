"""What an exception of the network libraries, a length, a coding or a date in a header means in our words."""

import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import Final

import urllib3.exceptions
from urllib3.util.ssl_match_hostname import CertificateError

from infra.intake.web.fetching import FetchError, FetchReason

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
