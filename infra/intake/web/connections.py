"""Connections that go to checked addresses only and end at their deadline.

The check stands where the socket is opened: a name that resolves to something else a moment later (DNS rebinding) is
not asked again. The deadline stands where bytes are received: timeouts of sockets are per read, which a server that
sends a byte now and then never meets. A watchdog that shuts sockets would race with those that go back to the pool.
"""

import io
import logging
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from http.client import HTTPException, IncompleteRead, RemoteDisconnected, parse_headers
from http.client import HTTPResponse as StandardResponse
from threading import Thread
from typing import Any, Final, cast
from urllib.parse import urlsplit

import certifi
import urllib3
import urllib3.exceptions
from typing_extensions import Buffer, override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import wait_for_read
from urllib3.util.connection import create_connection
from urllib3.util.ssl_match_hostname import CertificateError

from infra.base.stop import LOOK_SECONDS, raise_if_stopping
from infra.intake.web.addresses import AddressPolicy, ip_address_of
from infra.intake.web.fetching import FetchError, FetchReason

MAX_HOSTS: Final = 256  # hosts with idle connections; a run has some dozens of sources with a host or two each
# Connections kept to one address. One host is asked one thing at a time, but many hosts may have the same origin.
MAX_IDLE: Final = 64
INTERIM: Final = frozenset(range(100, 200)) - {101}  # 101 ends HTTP on the connection, and nobody asked for that
MAX_DETAIL: Final = 200  # characters; a server chooses some of them

# Everything that urllib3, http.client, ssl and the codecs raise for what a server sends.
NETWORK_ERRORS: Final = (OSError, HTTPException, urllib3.exceptions.HTTPError, ValueError)

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


def open_socket(policy: AddressPolicy, host: str, port: int, seconds: float) -> socket.socket:
    """Connect to a host at an address that the policy permits; `seconds` are for resolving and connecting together."""
    ends = time.monotonic() + seconds
    host = host.strip("[]")
    addresses = policy.permitted(host, port, _resolved(policy, host, seconds))
    failure: FetchError | None = None
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        share = (ends - time.monotonic()) / left  # an address that swallows everything leaves time for the next one
        if share <= 0:
            raise FetchError(FetchReason.TIMEOUT, f"no time left to connect to {host}")
        try:
            connection = create_connection((address, port), share, socket_options=HTTPConnection.default_socket_options)
        except TimeoutError:
            failure = FetchError(FetchReason.TIMEOUT, f"{host} ({address}) does not answer on port {port}")
        except OSError as error:
            failure = FetchError(FetchReason.CONNECTION, printable(f"{host} ({address}) port {port}: {error}"))
        else:
            connection.settimeout(max(ends - time.monotonic(), 0.001))  # for the TLS handshake; 0 would not block
            return connection
    raise failure or FetchError(FetchReason.DNS, f"{host} has no address")


def _resolved(policy: AddressPolicy, host: str, seconds: float) -> list[str]:
    """All addresses of a host, in a thread of their own: the system's resolver knows no timeout of ours."""
    if ip_address_of(host) is not None:
        return [host]
    found: Future[list[str]] = Future()

    def resolve() -> None:
        try:
            found.set_result(policy.resolve(host))
        except (OSError, ValueError) as error:
            found.set_exception(error)

    Thread(target=resolve, name="resolve", daemon=True).start()
    try:
        return found.result(seconds)
    except TimeoutError:
        raise FetchError(FetchReason.TIMEOUT, f"{host} was not resolved in time") from None
    except UnicodeError as error:
        raise FetchError(FetchReason.URL, printable(f"{host} is not a host name: {error}")) from error
    except (OSError, ValueError) as error:
        raise FetchError(FetchReason.DNS, printable(f"{host}: {error}")) from error


class _UntilDeadline(io.RawIOBase):
    """The receiving end of a socket; each read has only the time that is left."""

    def __init__(self, received: io.RawIOBase, connection: socket.socket, ends: float) -> None:
        self._received = received
        self._connection = connection
        self._ends = ends

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int | None:
        while (left := self._ends - time.monotonic()) > 0:
            raise_if_stopping()
            if self._has_data(min(left, LOOK_SECONDS)):
                self._connection.settimeout(left)
                return self._received.readinto(buffer)
        raise TimeoutError("the request passed its deadline")

    def _has_data(self, seconds: float) -> bool:
        unpacked = isinstance(self._connection, ssl.SSLSocket) and self._connection.pending() > 0
        return unpacked or wait_for_read(self._connection, seconds)

    @override
    def close(self) -> None:
        self._received.close()
        super().close()


class _Response(StandardResponse):
    """An answer with one deadline for its status line, headers, chunk sizes and body together."""

    def __init__(self, sock: socket.socket, *args: Any, ends: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock, ends))

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the answer itself, past all that announce it (RFC 9110, 15.2); http.client knows 100."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc] # typeshed leaves it out
            if status not in INTERIM:
                return version, status, reason
            parse_headers(self.fp)


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, policy: AddressPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self._policy = policy

    @override
    def _new_conn(self) -> socket.socket:
        # Every request of `Connections.get` has a timeout.
        return open_socket(self._policy, self._dns_host, self.port, cast("float", self.timeout))

    @override
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as urllib3 does
        ends = time.monotonic() + cast("float", self.timeout)  # urllib3 has set it to what is left of the total
        begun: list[_Response] = []

        def begin(*args: Any, **options: Any) -> _Response:
            begun.append(_Response(*args, ends=ends, **options))
            return begun[0]

        self.response_class = begin  # type: ignore[assignment] # it is only ever called
        try:
            return super().getresponse()
        except BaseException:
            for response in begun:  # urllib3 forgets it where lengths contradict each other: its socket would stay open
                response.close()
            raise


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Connections:
    """Pools of urllib3. A session of requests would follow redirects, keep cookies, and read proxies and `.netrc`."""

    def __init__(self, policy: AddressPolicy, authorities: str | None = None) -> None:
        for name in ("urllib3.connection", "urllib3.response"):  # they print a traceback for every odd header
            logging.getLogger(name).setLevel(logging.ERROR)
        # Once a client instead of once a connection: reading the authorities takes 10 ms of processor time.
        tls = ssl.create_default_context(cafile=authorities or certifi.where())
        self._pools = urllib3.PoolManager(MAX_HOSTS, maxsize=MAX_IDLE, ssl_context=tls)
        pools: Any = {"http": partial(_Pool, policy=policy), "https": partial(_TlsPool, policy=policy)}
        self._pools.pool_classes_by_scheme = pools
        self.close = self._pools.clear

    def get(self, url: str, headers: Mapping[str, str], seconds: float) -> urllib3.BaseHTTPResponse:
        """Send a GET and read the head of its answer, which the caller closes; `seconds` are for the body, too."""
        parts = urlsplit(url)
        # By the pool: the manager would write the address anew, by other rules.
        pool = self._pools.connection_from_host(parts.hostname, parts.port, parts.scheme)
        return pool.urlopen(
            "GET",
            "/" + url.partition("://")[2].partition("/")[2],
            headers=headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=urllib3.Timeout(total=seconds),
            preload_content=False,
            decode_content=False,
        )


def failure_of(error: BaseException) -> FetchError:
    """The reason for an exception of `NETWORK_ERRORS`, and the text of the exception that says most."""
    chain = list(_chain(error))
    for kinds, reason in MEANINGS:
        for cause in reversed(chain):  # the innermost: wrappers repeat the whole address
            if isinstance(cause, kinds):
                return FetchError(reason, printable(str(cause) or type(cause).__name__))
    return FetchError(FetchReason.PROTOCOL, printable(f"{type(error).__name__}: {error}"))


def printable(text: str) -> str:
    """A text that a server may have chosen, for logs and terminals: one line, no escape sequences, not long."""
    shown = (character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return "".join(shown)[:MAX_DETAIL]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it wraps, from the outside in."""
    yield error
    for inside in (error.__cause__, *error.args):  # `__context__` also leads to what the caller was dealing with
        if isinstance(inside, BaseException):
            yield from _chain(inside)
