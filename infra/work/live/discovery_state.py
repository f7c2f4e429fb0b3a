"""What discovery remembers of a source between runs: one object, `discovery/source=<name>/feeds.json.gz`.

For every list its validators (RFC 9110, 8.8) and its links: a site that has nothing new answers 304 without a body, and
a run for another day needs the links all the same. Deleting the object costs one full fetch.
"""

import gzip
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import orjson
from pydantic import TypeAdapter

from infra.store.object_store import ObjectStore, read_merge_write
from parsers.source.discovery import Link

FORMAT: Final = 3  # raised when the readers give other links or hints for the same bytes: all is then read again
# About 3 MB of state. A feed has 100 links, a monthly sitemap some thousands; a list that alone has more is fetched
# whole each time.
MAX_LINKS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """A feed, sitemap or listing as it was read last."""

    read_as: str  # the reader and its options; another reader starts afresh
    digest: str  # SHA-256 of the body in hex; empty where the list is to be fetched whole
    etag: str | None = None
    last_modified: str | None = None
    links: tuple[Link, ...] = ()
    children: tuple[Link, ...] = ()
    lacking: str = ""  # what of it was not read
    is_empty: bool = False  # it has lost all its links, and nobody knows yet whether that is right
    may_be_empty: bool = False  # it was empty before, and that was right
    is_absent: bool = False  # there is no such page: the one before it is the last of its listing
    gone_since: str = ""  # the day (ISO 8601) since which there is no such list; empty while there is one
    looked_on: str = ""  # the day on which it was looked whether it is there, and what it names; empty for lists

    @property
    def conditions(self) -> dict[str, str]:
        """Headers of a conditional request (RFC 9110, 13.1.2 and 13.1.3)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


_LISTS: Final = TypeAdapter(dict[str, Remembered])


class DiscoveryState:
    """What is remembered of the lists of one source, by address; nothing if it is damaged. Changes wait for `save`."""

    def __init__(self, store: ObjectStore, source: str) -> None:
        self._store = store
        self._key = key_of(source)
        stored = store.get(self._key)
        self._known = _decoded(stored.body) if stored else {}
        self._changed: dict[str, Remembered] = {}
        self._asked: set[str] = set()

    def get(self, url: str, read_as: str) -> Remembered | None:
        """What is remembered of a list, if it was read in the same way."""
        self._asked.add(url)
        found = self._known.get(url)
        return found if found and found.read_as == read_as else None

    def remember(self, url: str, found: Remembered) -> None:
        """Take over how a list was read just now."""
        self._asked.add(url)
        if self._known.get(url) != found:
            self._known[url] = self._changed[url] = found

    def save(self) -> bool:
        """Write what changed, beside what others wrote meanwhile; whether anything was written."""
        if not self._changed:
            return False

        def merged(body: bytes | None) -> bytes:
            lists = _pruned((_decoded(body) if body else {}) | self._changed, self._asked)
            plain = orjson.dumps({"format": FORMAT, "lists": lists}, option=orjson.OPT_SORT_KEYS)
            return gzip.compress(plain, mtime=0)

        written = read_merge_write(self._store, self._key, merged)
        self._changed.clear()
        return written


def key_of(source: str) -> str:
    """The key of a source's state."""
    return f"discovery/source={source}/feeds.json.gz"


def _pruned(known: Mapping[str, Remembered], asked: Collection[str]) -> dict[str, Remembered]:
    """What fits: first the lists that were asked just now, the shorter ones first."""
    kept, links = {}, 0
    for url, found in sorted(known.items(), key=lambda pair: (pair[0] not in asked, len(pair[1].links), pair[0])):
        links += len(found.links) + len(found.children)
        if links > MAX_LINKS:
            break
        kept[url] = found
    return kept


def _decoded(body: bytes) -> dict[str, Remembered]:
    try:
        content = orjson.loads(gzip.decompress(body))
        return _LISTS.validate_python(content["lists"]) if content["format"] == FORMAT else {}
    except (ValueError, KeyError, TypeError, OSError, EOFError, zlib.error):
        return {}
