"""Addresses by the WHATWG URL standard (ada-url wraps Ada, the parser of Node.js)."""

import re
from functools import lru_cache

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
_REMEMBERED = 8  # addresses: many fields ask for a page's own
# Addresses that parsing leaves as they are, as nearly all are; to look takes a tenth of that. Not all others change.
_PLAIN = re.compile(
    rf"(?a)(?=.{{1,{MAX_URL_LENGTH}}}\Z)https?://(?P<host>(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{{2,}})"
    r"(?P<path>(?:/(?!\.|%2[eE])[\w~!$&'()*+,;=:@%.-]*)+)"
    r"(?:\?(?P<query>[\w~!$&()*+,;=:@%./?-]*))?"
)


def parse_url(url: str, base: str | None = None) -> ada_url.URL | None:
    """The parsed http(s) address; None for anything else. A `base` that is not an address is ignored."""
    url = url.strip()
    if not url or len(url) > MAX_URL_LENGTH:
        return None
    relative = not url.startswith(("http://", "https://"))  # these take nothing from a base
    try:
        parsed = ada_url.URL(url, base) if relative and base and ada_url.check_url(base) else ada_url.URL(url)
    except ValueError:
        return None
    return parsed if parsed.protocol in ("http:", "https:") else None  # which always have a host


@lru_cache(_REMEMBERED)
def host_of(url: str | None) -> str | None:
    """Lower-case ASCII host (IDNA) without port and final dot; None if the text is not an http(s) address."""
    if plain := _PLAIN.fullmatch(url or ""):
        return plain["host"]
    parsed = parse_url(url) if url else None
    return str(parsed.hostname).rstrip(".") if parsed else None


@lru_cache(_REMEMBERED)
def absolute(url: str | None, base: str | None) -> str | None:
    """The address with `base` applied, if it is http(s)."""
    if _PLAIN.fullmatch(url or ""):
        return url
    parsed = parse_url(url, base) if url else None
    return str(parsed.href) if parsed else None


@lru_cache(_REMEMBERED)
def canonical(url: str | None, base: str | None = None) -> str | None:
    """The address as https, without credentials, fragment and tracking parameters; None if it is not http(s)."""
    if plain := _PLAIN.fullmatch(url or ""):
        query = _without_tracking(plain["query"] or "")
        return f"https://{plain['host']}{plain['path']}" + (f"?{query}" if query else "")
    parsed = parse_url(url, base) if url else None
    if parsed is None:
        return None
    if not parsed.port:
        parsed.protocol = "https:"
    parsed.hash = parsed.username = parsed.password = ""
    query = _without_tracking(str(parsed.search)[1:])
    parsed.search = query and f"?{query}"  # which may begin with a question mark of its own
    return str(parsed.href)


def _without_tracking(query: str) -> str:
    names = ((pair.partition("=")[0].lower(), pair) for pair in query.split("&") if pair)
    kept = (pair for name, pair in names if not (name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)))
    return "&".join(kept)


def is_home(address: str) -> bool:
    """Whether a canonical address has neither path nor query; `/?p=123` is an article of WordPress."""
    return address.endswith("/") and address.count("/") == "https://host/".count("/")


@lru_cache(_REMEMBERED)
def identity(canonical_url: str) -> str:
    """The identifying part of a canonical address: no scheme, `www.` or final slash; parameters sorted."""
    if plain := _PLAIN.fullmatch(canonical_url):
        host, path, query = plain["host"], plain["path"], plain["query"] or ""
    else:
        parsed = ada_url.URL(canonical_url)
        host, path, query = str(parsed.host), str(parsed.pathname), str(parsed.search)[1:]
    host = host.removeprefix("www.").rstrip(".")
    return f"{host}{path.rstrip('/')}" + (f"?{'&'.join(sorted(query.split('&')))}" if query else "")


def on_hosts(host: str | None, hosts: tuple[str, ...]) -> bool:
    """Whether the host is one of `hosts` or below one of them."""
    return host is not None and any(host == known or host.endswith(f".{known}") for known in hosts)


def address_key(url: str | None) -> str | None:
    """A key that all spellings of an article's address share; None if it is not http(s)."""
    address = canonical(url)
    return identity(address) if address else None
