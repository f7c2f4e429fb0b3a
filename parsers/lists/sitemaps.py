"""Sitemaps, sitemap indexes (https://www.sitemaps.org/protocol.html) and news sitemaps: from bytes to links with hints.

Sites exceed the limits of the protocol and cut their files short: what was read so far is kept, and the note says why
the rest is missing.
"""

from typing import Any, Final
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from typing_extensions import override

from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.lists.xml_text import xml_text

MAX_SITEMAP_BYTES: Final = 52_428_800  # the protocol's limit, uncompressed
MAX_ENTRIES: Final = 50_000  # the protocol's limit, of addresses and of sitemaps in an index
MAX_DEPTH: Final = 20  # nested elements; sitemaps and their extensions are at most 5 deep

# The elements that matter, by their names without prefix: `image:loc` has another parent than `loc`.
_LOC, _LASTMOD, _PUBLISHED = ["loc"], ["lastmod"], ["news", "publication_date"]
_ROOTS = {"urlset": "url", "sitemapindex": "sitemap"}


def read_sitemap(body: bytes, base: str, zone: str) -> Reading:
    """The links of a sitemap, or the children of an index. The hint is `news:publication_date`, or else `lastmod`.

    Args:
        body: the response after content decoding.
        base: address that relative links refer to; the protocol forbids them, but sites have them.
        zone: IANA name of the zone of times without one.

    Raises:
        UnreadableError: it is not a sitemap, or declares XML entities.
    """
    notes = []
    if len(body) > MAX_SITEMAP_BYTES:
        body = body[:MAX_SITEMAP_BYTES]
        notes.append(f"more than {MAX_SITEMAP_BYTES:,} bytes: the rest is not read")
    entries = _Entries(LinkList(base), zone)
    # Without namespaces: an undeclared prefix is no reason to lose a sitemap.
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(entries)
    try:
        parser.feed(xml_text(body).encode())
        if not notes:
            parser.close()
    except _LimitReachedError as limit:
        notes.append(str(limit))
    except DefusedXmlException as error:  # without entities it would be harmless, but no sitemap has one
        raise UnreadableError("it declares a document type, which may hold XML entities") from error
    except (SAXException, LookupError, ValueError) as error:  # the last two: a second declaration with an odd encoding
        if not len(entries.links):
            raise UnreadableError(f"it is no sitemap: {error}") from error
        notes.append(f"broken: {error}")
    return entries.links.reading("; ".join(notes))


class _LimitReachedError(Exception):
    """Enough was read."""


class _Entries(ContentHandler):
    """Collects the entries of a sitemap as the parser reads it."""

    def __init__(self, links: LinkList, zone: str) -> None:
        super().__init__()
        self.links = links
        self._zone = zone
        self._entry = ""  # the element that is an entry
        self._path: list[str] = []
        self._pieces: list[str] = []
        self._values: dict[str, str] = {}

    @override
    def startElement(self, name: str, attrs: Any) -> None:
        local = name.rpartition(":")[2]
        if not self._path:
            if local not in _ROOTS:
                raise UnreadableError(f"it is no sitemap: the root element is <{name[:50]}>")
            self._entry = _ROOTS[local]
        if len(self._path) >= MAX_DEPTH:
            raise _LimitReachedError(f"elements more than {MAX_DEPTH} deep")
        self._path.append(local)
        self._pieces = []
        if self._path[1:] == [self._entry]:
            if len(self.links) >= MAX_ENTRIES:
                raise _LimitReachedError(f"more than {MAX_ENTRIES:,} entries: the rest is not read")
            self._values = {}

    @override
    def characters(self, content: str) -> None:
        self._pieces.append(content)

    @override
    def endElement(self, name: str) -> None:
        path = self._path[1:]
        if path == [self._entry]:
            self._add()
        elif path[1:] in (_LOC, _LASTMOD, _PUBLISHED) and path[0] == self._entry:
            self._values.setdefault(path[-1], "".join(self._pieces).strip())
        self._pieces = []
        self._path.pop()

    def _add(self) -> None:
        published = hint_of(self._values.get("publication_date"), self._zone)
        hint = published or hint_of(self._values.get("lastmod"), self._zone)
        if self._entry == "sitemap":
            self.links.add_child(self._values.get("loc"), hint)
        else:
            self.links.add(self._values.get("loc"), hint, is_publication=published is not None)
