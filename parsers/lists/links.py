"""The result of reading a feed, sitemap or listing: links with hints, and what was unusable."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from parsers.fields.dates import DateBasis, Precision, from_machine, from_visible, in_utc
from parsers.fields.urls import MAX_URL_LENGTH, absolute, canonical
from parsers.page.decode import REPLACEMENT
from parsers.source.discovery import Link

MAX_HINT_LENGTH = 100  # characters; the longest spelling of a time has about 60
NOON = time(12)


class UnreadableError(Exception):
    """The bytes are not what the source declares, or not safe to read; the message says why, for people."""


class Unusable(StrEnum):
    """Why an entry gives no link."""

    NO_ADDRESS = "no_address"  # the entry holds none
    TOO_LONG = "too_long"  # longer than any address of an article
    NOT_HTTP = "not_http"  # mailto:, javascript: and the like, or malformed
    GARBLED = "garbled"  # bytes in it are no text: another address than the publisher's


@dataclass(frozen=True, slots=True)
class Reading:
    """What a feed, sitemap or listing says."""

    links: tuple[Link, ...] = ()  # to articles, in order, perhaps repeated
    children: tuple[Link, ...] = ()  # the sitemaps of an index, with absolute but otherwise unchanged addresses
    unusable: Mapping[str, int] = field(default_factory=dict)  # entries without a usable address, by `Unusable`
    lacking: str = ""  # what of it was not read, or may be lost; empty where it was read whole


class LinkList:
    """Collects the links that a reader finds; `base` is the address that they are relative to."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._links: list[Link] = []
        self._children: list[Link] = []
        self._unusable: Counter[str] = Counter()

    def __len__(self) -> int:
        """Number of entries added, usable or not."""
        return len(self._links) + len(self._children) + self._unusable.total()

    def add(self, address: str | None, hint: datetime | None = None, *, is_publication: bool = True) -> None:
        """Add a link to an article."""
        if address and REPLACEMENT in address:
            self._unusable[Unusable.GARBLED] += 1
            return
        url = canonical(address, self._base)
        if url is None:
            self._unusable[_why_not(address)] += 1
        elif len(url) > MAX_URL_LENGTH:  # after percent-encoding
            self._unusable[Unusable.TOO_LONG] += 1
        else:
            self._links.append(Link(url, hint, is_publication or hint is None))

    def add_dated(self, address: str | None, published: str | None, changed: str | None, zone: str) -> None:
        """Add a link with the time of publication that a text states, or else with that of the last change."""
        at = hint_of(published, zone)
        self.add(address, at or hint_of(changed, zone), is_publication=at is not None)

    def add_child(self, address: str | None, changed: datetime | None) -> None:
        """Add another sitemap. Its address keeps its query, which may say which sitemap is meant."""
        url = absolute(address, self._base)
        if url is None:
            self._unusable[_why_not(address)] += 1
        else:
            self._children.append(Link(url.partition("#")[0], changed, hint_is_publication=False))

    def reading(self, lacking: str = "") -> Reading:
        """All that was added."""
        if garbled := self._unusable[Unusable.GARBLED]:
            lacking = "; ".join(filter(None, (lacking, f"garbled addresses: {garbled:,}")))
        return Reading(tuple(self._links), tuple(self._children), dict(+self._unusable), lacking)

    def reading_of(self, *, is_closed: bool, lacking: str) -> Reading:
        """All that was added from a document, whose end was seen or not; UnreadableError where it has no entry."""
        if is_closed or lacking:
            return self.reading(lacking)
        if not len(self):
            raise UnreadableError("it breaks off before its first entry")
        return self.reading("it breaks off: what follows is missing")


def _why_not(address: str | None) -> Unusable:
    if not (address and address.strip()):
        return Unusable.NO_ADDRESS
    return Unusable.TOO_LONG if len(address.strip()) > MAX_URL_LENGTH else Unusable.NOT_HTTP


def hint_of(text: str | None, zone: str) -> datetime | None:
    """The time that a text states, in UTC; a bare date means noon in `zone`."""
    text = text.strip() if text else ""
    if not text or len(text) > MAX_HINT_LENGTH:
        return None
    stamp = from_machine(text, DateBasis.VISIBLE_TEXT, zone) or from_visible(text, zone)
    if stamp.at is None or stamp.precision is not Precision.DAY:
        return stamp.at
    return in_utc(datetime.combine(stamp.at.date(), NOON, ZoneInfo(zone)), zone)
