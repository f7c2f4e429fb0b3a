"""Robots files by RFC 9309: what a site allows newslake, how fast, and when it has to be asked again."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

import webencodings
from protego import Protego

from infra.intake.web.fetching import FetchError, FetchReason
from parsers.fields.urls import parse_url

_LOG = logging.getLogger(__name__)

PRODUCT: Final = "newslake"  # the product token that robots files address us by
PATH: Final = "/robots.txt"
MAX_CRAWL_DELAY: Final = 120.0  # news-crawl's cap: above it a day of a source takes longer than a day
MAX_BYTES: Final = 500 * 1024  # RFC 9309, 2.5: the least that must be read; the rest of a larger file is not
CACHE_SECONDS: Final = 24 * 3600.0  # RFC 9309, 2.4: a copy should not be used for longer
# A file that could not be had stops everything for its site. Asked again after that: an outage of a quarter of an hour
# should not cost a backfill of hours its site, and the site is not asked more than four times an hour.
FAILURE_SECONDS: Final = 15 * 60.0

# RFC 9309, 2.3.1.3: "unavailable", everything is allowed; by 2.3.1.2 also after more than the five redirects that
# HttpClient follows. EMPTY is a file without rules.
_UNAVAILABLE: Final = frozenset({FetchReason.STATUS, FetchReason.EMPTY, FetchReason.REDIRECT_LOOP})
_SUCCESSES: Final = range(200, 300)  # RFC 9309, 2.3.1.1: a 203, too
# What says nothing about the file: that its host, which is the page's, may not be asked or proves nothing of itself, or
# that nothing more is asked in this run.
_OF_THE_HOST: Final = frozenset({FetchReason.URL, FetchReason.ADDRESS, FetchReason.PORT, FetchReason.TLS})
_OF_THE_RUN: Final = frozenset({FetchReason.BUDGET, FetchReason.HOST_DOWN})

# Lines that open a group, in every spelling that Protego takes, and whom they address.
_GROUP: Final = re.compile(
    r"^(?:[^\S\n]|\ufeff)*(?:user-?agent|user[^\S\n]+agent)(?:[^\S\n]*:|[^\S\n])(?P<agent>[^#\n]*).*$",
    re.IGNORECASE | re.MULTILINE,
)
# RFC 9309, 2.2.1: letters, "_" and "-". What follows, such as a version, does not belong to the token.
_TOKEN: Final = re.compile(r"\*(?=\s|$)|[a-z_-]+", re.IGNORECASE)


_Refusal = tuple[FetchReason, str]


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a robots file says to newslake; `crawl_delay` in seconds, capped."""

    _file: Protego
    crawl_delay: float | None = None

    def allows(self, url: str) -> bool:
        """Whether an address of the site may be fetched; `/robots.txt` always (RFC 9309, 2.2.2)."""
        return bool(self._file.can_fetch(url, PRODUCT))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """What its Sitemap lines say, whichever group they stand in (https://www.sitemaps.org/protocol.html)."""
        return tuple(self._file.sitemaps)


def read_robots(body: bytes, site: str = "") -> RobotsRules:
    """Read the first 500 KiB of any file as a robots file; a cut delay is logged with the site's name."""
    text, _ = webencodings.decode(body[:MAX_BYTES], webencodings.UTF8, "replace")  # a byte order mark is taken off
    text = _GROUP.sub(_addressed, "\n".join(text.splitlines()))
    file = Protego.parse(text)
    delay = file.crawl_delay(PRODUCT)  # None unless a finite number of at least 0
    if delay is not None and delay > MAX_CRAWL_DELAY:
        _LOG.warning("%s asks for a Crawl-delay of %g s: %g s are kept", site or PATH, delay, MAX_CRAWL_DELAY)
        delay = MAX_CRAWL_DELAY
    return RobotsRules(file, delay)


def _addressed(line: re.Match[str]) -> str:
    """The line with the exact token of RFC 9309, 2.2.1: ours, `*`, or one that stands for all others.

    Protego takes a group for "news" as one for "newslake", and one for "newslake/1.0" as none. And it keeps the rules
    of each group for each of its names: a hostile file of 500 KiB would take gigabytes.
    """
    token = _TOKEN.match(line["agent"].strip())
    name = token[0].lower() if token else ""
    return f"User-agent: {name if name in ('*', PRODUCT) else 'another'}"


class RobotsFiles:
    """The robots files of the sites that a run asks. Each is asked for once in 24 hours; safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._sites: dict[str, _Site] = {}

    def rules(self, url: str, fetch: Callable[[str], bytes]) -> RobotsRules:
        """The rules for an address, from its site's robots file, which `fetch` gets; FetchError where there is none."""
        site = site_of(url)
        with self._lock:
            known = self._sites.setdefault(site, _Site(Lock()))
        with known.lock:
            if known.expires is None or self._clock() >= known.expires:
                known.found = self._read(site, fetch)
                fresh = CACHE_SECONDS if isinstance(known.found, RobotsRules) else FAILURE_SECONDS
                known.expires = self._clock() + fresh
            if not isinstance(known.found, RobotsRules):
                raise FetchError(*known.found)
        return known.found

    def crawl_delays(self) -> dict[str, float]:
        """Seconds that the robots files read so far ask for, by site."""
        with self._lock:
            read = [(site, known.found) for site, known in self._sites.items()]
        return {site: rules.crawl_delay for site, rules in read if isinstance(rules, RobotsRules) and rules.crawl_delay}

    def _read(self, site: str, fetch: Callable[[str], bytes]) -> RobotsRules | _Refusal:
        try:
            body = fetch(site + PATH)
        except FetchError as error:
            if error.reason in _OF_THE_RUN:
                raise
            if error.reason in _OF_THE_HOST and error.status is None:  # with a status: where the file was moved to
                return error.reason, error.detail
            if error.reason not in _UNAVAILABLE:
                return FetchReason.ROBOTS_UNREACHABLE, f"{site}{PATH}: {error}"
            body = error.answer.body if error.answer and error.status in _SUCCESSES else b""
        return read_robots(body, site)


@dataclass(slots=True)
class _Site:
    """What is known of one robots file. The lock is held while it is fetched, so that it is fetched once."""

    lock: Lock
    found: RobotsRules | _Refusal = FetchReason.ROBOTS_UNREACHABLE, "not asked for yet"
    expires: float | None = None


def site_of(url: str) -> str:
    """Scheme, host and port of an http(s) address, e.g. `https://example.com:8443`: what has one robots file."""
    parsed = parse_url(url)
    if parsed is None:
        raise FetchError(FetchReason.URL, "no http or https address")
    return f"{parsed.protocol}//{parsed.host}"
