"""Which addresses may be asked at all: by how they are written, and by where their host really is.

Text alone proves nothing: `127.1` is loopback, and a public name may resolve to a private address. So hosts are parsed
as browsers do (WHATWG), and what it resolves to is judged when a connection is opened (`infra.intake.web.connections`).
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import ada_url

from infra.base.errors import UsageError
from infra.base.settings import PREFIX, Settings
from infra.intake.web.fetching import FetchError, FetchReason
from parsers.fields.urls import MAX_URL_LENGTH

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
WEB_PORTS: Final = frozenset({80, 443, 8080, 8443})  # IANA's for http and https, with their alternatives
MAX_PORT: Final = 65535
SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
# Parsers disagree about where a host ends if one of these is in the address; no published address has one.
FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029]")
WRITTEN_PORT: Final = re.compile(r"https?://(?:[^/?#]*@)?[^/?#@]*:([^/?#@:\]]+)(?:[/?#]|$)", re.IGNORECASE)

GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")  # the only block that IANA allots to hosts (RFC 4291, 2.4)
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: networks with IPv6 only reach every IPv4 host so
# Reserved, but taken for global by `ipaddress` of some Python versions that we run on.
RESERVED: Final = (
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ipaddress.IPv6Network("3fff::/20"),  # documentation, RFC 9637
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked, judged by its text."""

    url: str  # as WHATWG writes it, without fragment and credentials; goes into records
    scheme: str
    host: str  # without brackets and final dot
    port: int
    request_url: str  # what is connected to: `url`, or the same path at the origin set for the host
    host_header: str | None = None  # where `request_url` names another host


def resolve_by_system(host: str) -> list[str]:
    """All addresses of a host, in the order in which to try them (RFC 6724); OSError or UnicodeError if none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class AddressPolicy:
    """What may be asked: public hosts on web ports, and what the settings add; UsageError if they are malformed."""

    def __init__(self, settings: Settings, resolve: Resolver = resolve_by_system) -> None:
        self.origins = dict(_origin(entry) for entry in _entries(settings.origins))  # what is asked by http, by host
        # Host names or addresses that may be private, or on another port.
        self.allowed = {*map(_allowed_host, _entries(settings.allowed_private_hosts)), *self.origins.values()}
        self.resolve = resolve
        self.anonymous = not settings.contact  # then no public host may be asked

    def target_of(self, url: str) -> Target:
        """Judge an address by its text; sends nothing. FetchError where it may not be asked."""
        parsed = _parse(url)
        scheme = str(parsed.protocol).rstrip(":")
        port = int(parsed.port) if parsed.port else DEFAULT_PORTS[scheme]
        host = _bare(str(parsed.hostname))
        origin = self.origins.get(host)
        if origin is None:
            self._judge_port_and_literal(host, port)
            if (host, port) not in self.allowed and not self._some_private_host_on(port):
                self._require_contact(host)
            return Target(str(parsed.href), scheme, host, port, str(parsed.href))
        if port not in WEB_PORTS:
            raise FetchError(FetchReason.PORT, f"port {port} of {host}")
        place, place_port = origin
        shown = f"[{place}]" if ":" in place else place
        request_url = f"http://{shown}:{place_port}{parsed.pathname}{parsed.search}"
        return Target(str(parsed.href), scheme, host, port, request_url, str(parsed.host))

    def _judge_port_and_literal(self, host: str, port: int) -> None:
        """What needs no resolution. A port that some allowed host has may be right: the address will tell."""
        if (host, port) in self.allowed:
            return
        if (literal := ip_address_of(host)) is not None:
            self.permitted(host, port, [str(literal)])
        elif (host == "localhost" or host.endswith(".localhost")) and not self._some_private_host_on(port):
            raise FetchError(FetchReason.ADDRESS, f"{host} is this machine (RFC 6761)")
        elif port not in WEB_PORTS and all(port != known for _, known in self.allowed):
            raise FetchError(FetchReason.PORT, f"port {port} of {host}")

    def _some_private_host_on(self, port: int) -> bool:
        return any(known == port and ip_address_of(name) is not None for name, known in self.allowed)

    def permitted(self, host: str, port: int, addresses: list[str]) -> list[str]:
        """The addresses of a host if every one may be connected to: a private one among public ones is an attack."""
        if (_bare(host), port) in self.allowed:
            return addresses
        for text in addresses:
            address = ip_address_of(text)
            if address is not None and (str(address), port) in self.allowed:
                continue
            kind = "no IP address" if address is None else not_public(address)
            if kind:
                shown = text if text == host else f"{host} resolves to {text}"
                raise FetchError(FetchReason.ADDRESS, f"{shown}: {kind}")
            if port not in WEB_PORTS:
                raise FetchError(FetchReason.PORT, f"port {port} of {host}")
            self._require_contact(host)
        return addresses

    def _require_contact(self, host: str) -> None:
        if self.anonymous:
            raise FetchError(FetchReason.NO_CONTACT, f"{PREFIX}CONTACT is not set, and {host} is a public site")


def require_contact(urls: Iterable[str], settings: Settings) -> None:
    """Raise a UsageError, before anything is asked, if no contact is set and some address is of a public host."""
    policy = AddressPolicy(settings)
    for url in urls:
        try:
            policy.target_of(url)
        except FetchError as error:
            if error.reason is FetchReason.NO_CONTACT:
                raise UsageError(
                    error.detail,
                    "Set it to your web or mail address: publishers see it in the User-Agent, and can reach you. "
                    "`newslake demo --serve` is a site to try things on.",
                ) from error


def not_public(address: IpAddress) -> str | None:
    """Why an address is not a public host's, None if it may be one (RFC 6890); of IPv6 by the IPv4 address inside."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = _embedded(address)
        if embedded:
            return next(filter(None, map(not_public, embedded)), None)
        if address not in GLOBAL_UNICAST:
            return "not global unicast"
    if address.is_multicast:
        return "multicast"
    if not address.is_global or any(address in network for network in RESERVED):
        return "private or reserved"
    return None


def _embedded(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF),)
    return ()


def _parse(url: str) -> ada_url.URL:
    """Parse an address, without fragment. Messages quote nothing: what is malformed may hold a password anywhere."""
    scheme = SCHEME.match(url)
    if scheme and scheme[1].lower() not in DEFAULT_PORTS:
        raise FetchError(FetchReason.SCHEME, f"{scheme[1][:20]}: is not http or https")
    if not scheme or not url[scheme.end() :].startswith("//"):
        raise FetchError(FetchReason.URL, "not an absolute http or https address")
    if len(url) > MAX_URL_LENGTH:
        raise FetchError(FetchReason.URL, f"{len(url):,} characters long, at most {MAX_URL_LENGTH:,}")
    if FORBIDDEN.search(url):
        raise FetchError(FetchReason.URL, "a backslash, space or control character in the address")
    port = WRITTEN_PORT.match(url)
    if port and not (re.fullmatch(r"[0-9]{1,5}", port[1]) and int(port[1]) <= MAX_PORT):
        raise FetchError(FetchReason.PORT, "the port is not a number up to 65535")
    try:
        parsed = ada_url.URL(url)
    except ValueError:
        raise FetchError(FetchReason.URL, "the address can't be parsed") from None
    if parsed.username or parsed.password:
        raise FetchError(FetchReason.URL, "a user name or password in the address")
    parsed.hash = ""
    return parsed


def ip_address_of(text: str) -> IpAddress | None:
    """The address that a text is, None for a name."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])  # without the zone of a link-local address
    except ValueError:
        return None


def _bare(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def _entries(setting: str) -> list[str]:
    return [entry for part in setting.split(",") if (entry := part.strip())]


def _allowed_host(entry: str) -> tuple[str, int]:
    found = _host_and_port(f"http://{entry}")
    if found is None or not re.search(r":[0-9]+$", entry):
        raise UsageError(
            f"{PREFIX}ALLOWED_PRIVATE_HOSTS: {entry!r} is not host:port",
            "Write host:port or [IPv6 address]:port, several separated by commas.",
        )
    return found


def own_host(url: str) -> tuple[str, ...]:
    """Where redirects of an archive may lead: nowhere else."""
    return (urlsplit(url).hostname or "",)


def _origin(entry: str) -> tuple[str, tuple[str, int]]:
    name, _, address = entry.partition("=")
    host, place = _host_and_port(f"http://{name}"), _host_and_port(address)
    if host is None or place is None or re.search(r":[0-9]*$", name):
        raise UsageError(
            f"{PREFIX}ORIGINS: {re.sub('//.*@', '//', entry)!r} is not host=http://address:port",  # no password
            "Write for example tass.com=http://127.0.0.1:8765, several separated by commas.",
        )
    return host[0], place


def _host_and_port(url: str) -> tuple[str, int] | None:
    """Of a plain-HTTP address that has nothing else."""
    try:
        parsed = _parse(url)
    except FetchError:
        return None
    if parsed.protocol != "http:" or parsed.pathname != "/" or parsed.search:
        return None
    return _bare(str(parsed.hostname)), int(parsed.port or DEFAULT_PORTS["http"])
