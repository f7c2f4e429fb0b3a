"""Addresses by the WHATWG URL standard (ada-url wraps Ada, the parser of Node.js)."""

from functools import lru_cache
from typing import Final

import ada_url

# Parameters that say where a reader came from, not what to show. Documented by Google Analytics, Google Ads, Meta,
# Microsoft Ads, Mailchimp, HubSpot, Matomo, AT Internet, Chartbeat and Webtrekk.
TRACKING_PREFIXES = ("utm_", "at_", "mtm_", "pk_", "wt_", "hsa_", "mc_", "ns_")
TRACKING_PARAMETERS = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "msclkid", "igshid", "yclid", "_hsenc", "_hsmi", "cmpid", "cmp", "ocid",
    "maca", "smid", "ito", "ncid", "cid", "taid", "xtor", "__twitter_impression", "guccounter", "outputtype",
})  # fmt: skip
# RFC 9110, 4.1 asks for support of 8,000 octets; a longer address is a tracking or session blob.
MAX_URL_LENGTH = 8000
_REMEMBERED: Final = 8  # addresses: many fields ask for a page's own, and parsing one takes 3 to 25 µs


def parse_url(url: str, base: str | None = None) -> ada_url.URL | None:
    """The parsed http(s) address; None for anything else. A `base` that is not an address is ignored."""
    found = _parse(url, base)
    return found[0] if found else None


def _parse(url: str | None, base: str | None) -> tuple[ada_url.URL, str] | None:
    """The parsed address and its text."""
    url = url.strip() if url else ""
    if not url or len(url) > MAX_URL_LENGTH:
        return None
    relative = not url.startswith(("http://", "https://"))  # these take nothing from a base
    try:
        parsed = ada_url.URL(url, base) if relative and base and ada_url.check_url(base) else ada_url.URL(url)
    except ValueError:
        return None
    href = str(parsed.href)
    return (parsed, href) if href.startswith(("http://", "https://")) else None  # which always have a host


@lru_cache(_REMEMBERED)
def host_of(url: str | None) -> str | None:
    """Lower-case ASCII host (IDNA) without port and final dot; None if the text is not an http(s) address."""
    parsed = parse_url(url) if url else None
    return str(parsed.hostname).rstrip(".") if parsed else None


@lru_cache(_REMEMBERED)
def absolute(url: str | None, base: str | None) -> str | None:
    """The address with `base` applied, if it is http(s)."""
    found = _parse(url, base)
    return found[1] if found else None


@lru_cache(_REMEMBERED)
def canonical(url: str | None, base: str | None = None) -> str | None:
    """The address as https, without credentials, fragment and tracking parameters; None if it is not http(s)."""
    found = _parse(url, base)
    if found is None:
        return None
    parsed, href = found
    if href.startswith("https:") and not set(href) & {"?", "#", "@"}:  # nearly every canonical link
        return href
    if href.startswith("http:") and not parsed.port:
        parsed.protocol = "https:"
    if "#" in href:
        parsed.hash = ""
    if "@" in href:
        parsed.username = ""
        parsed.password = ""
    if "?" in href:  # removes an empty query too
        parsed.search = "&".join(pair for pair in str(parsed.search)[1:].split("&") if pair and not _is_tracking(pair))
    return str(parsed.href)


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def is_home(address: str) -> bool:
    """Whether a canonical address has neither path nor query; `/?p=123` is an article of WordPress."""
    return address.endswith("/") and address.count("/") == "https://host/".count("/")


@lru_cache(_REMEMBERED)
def identity(canonical_url: str) -> str:
    """The identifying part of a canonical address: no scheme, `www.` or final slash; parameters sorted."""
    parsed = ada_url.URL(canonical_url)
    host = str(parsed.host).removeprefix("www.").rstrip(".")
    search = str(parsed.search)
    query = "&".join(sorted(search[1:].split("&"))) if search else ""
    return f"{host}{str(parsed.pathname).rstrip('/')}" + (f"?{query}" if query else "")


def on_hosts(host: str | None, hosts: tuple[str, ...]) -> bool:
    """Whether the host is one of `hosts` or below one of them."""
    return host is not None and any(host == known or host.endswith(f".{known}") for known in hosts)


def address_key(url: str | None) -> str | None:
    """A key that all spellings of an article's address share; None if it is not http(s)."""
    address = canonical(url)
    return identity(address) if address else None
