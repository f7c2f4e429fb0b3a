"""What saved pages say of themselves: the address that they were saved from, and when."""

import html
import re
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from infra.intake.files.addresses import of_mirror, of_web_archive
from infra.intake.files.input_types import Input
from infra.intake.files.instants import instant_of
from parsers.page.content import UTF16_MARKS
from parsers.record.capture import CapturedAtBasis

HEAD_BYTES: Final = 64 << 10  # comments of savers stand right before or after the first tags
TAIL_BYTES: Final = 4 << 10  # the footer of the Wayback Machine
# An address, a time, or both, as programs write them into the pages that they save; by what tells at once that a page
# has none of it.
STATEMENTS: Final = {
    # MS-MOTW, which browsers write too; Firefox's reader.
    b"saved from url=": rb"<!--\s*saved from url=(?:\(\d{1,5}\))?(?P<url>[a-z-]{4,20}:[^\s<>\"]{1,8192})\s*-->",
    b"reader-domain": rb"<a class=\"[^\"]{0,99}\breader-domain\" href=\"(?P<url>[^\"\s]{1,8192})\"",
    b"SingleFile": rb"<!--\s*(?:Page saved with|Archive processed by) SingleFile\s+url:\s*(?P<url>\S{1,8192})"
    rb"(?:\s+saved date:\s*(?P<at>[^\n(<]{10,60}))?",
    b"HTTrack": rb"<!-- Mirrored from (?P<url>[^\n<>]{1,8192}?) by HTTrack Website Copier/[^,\n]{1,99},"
    rb" (?P<at>[^\n<]{10,60}?) -->",
    b"monolith": rb"<!-- Saved from (?P<url>https?://\S{1,8192}) at (?P<at>\S{10,40}) using monolith",
    b"savepage-url": rb"<meta name=\"?savepage-url\"? content=\"(?P<url>[^\"]{1,8192})\"",  # Save Page WE
    b"savepage-date": rb"<meta name=\"?savepage-date\"? content=\"(?P<at>[^\"]{10,99})\"",
    b"data-scrapbook-source": rb"\bdata-scrapbook-source=\"(?P<url>[^\"]{1,8192})\"",  # WebScrapBook
    b"data-scrapbook-create": rb"\bdata-scrapbook-create=\"(?P<at>\d{14})\d{3}\"",
    # An address inside an address.
    b"/http": rb"<(?:base|link\b(?=[^>]{1,999}\bcanonical)|meta\b(?=[^>]{1,999}\bog:url))\b[^>]{1,999}"
    rb"\b(?:href|content)=[\"']?(?P<archived>[^\s\"'<>]{0,300}/\d{4}[\d.-]{0,13}(?:[a-z]{2}_)?/https?:[^\s\"'<>]{1,8192})",
    # pywb's script; the Wayback Machine's, its toolbar, and its footer of today and of old.
    b"wbinfo.url": rb"wbinfo\.url = \"(?P<url>https?://[^\s\"<>]{1,8192})\"",
    b"wbinfo.timestamp": rb"wbinfo\.timestamp = \"(?P<at>\d{14})\"",
    b"wmtbURL": rb"id=\"wmtbURL\"[^>]{0,99} value=\"(?P<url>https?://[^\s\"<>]{1,8192})\"",
    b"__wm.wombat": rb"__wm\.wombat\([\"'](?P<url>https?://[^\s\"'<>]{1,8192})[\"'],\s*[\"'](?P<at>\d{14})",
    b"FILE ARCHIVED ON": rb"FILE ARCHIVED ON (?P<at>\d{14}|\d\d?:\d\d:\d\d [A-Z][a-z]{2} \d\d?, \d{4}) AND RETRIEVED",
}
NAMES_ADDRESS: Final = re.compile(rb"\brel=[\"']?canonical\b|\bproperty=[\"']?og:url\b", re.IGNORECASE)


def with_statements(known: Input, body: bytes) -> Input:
    """A file with what its page says of itself, or its folders say; what is known from outside wins.

    Folders count for a page that names no address itself.
    """
    if encoding := UTF16_MARKS.get(body[:2]):
        body = body.decode(encoding, "replace").encode()
    url, at = _stated_in(body)
    if url is None and (named := of_mirror(known.location)) and not NAMES_ADDRESS.search(body, 0, HEAD_BYTES):
        url, at = named[0], at or named[1]
    if at and known.captured_at_basis is CapturedAtBasis.MTIME:
        known = replace(known, captured_at=at, captured_at_basis=CapturedAtBasis.SAVED)
    return replace(known, url=known.url or url)


def _stated_in(body: bytes) -> tuple[str | None, datetime | None]:
    url: str | None = None
    at: datetime | None = None
    places = (body[:HEAD_BYTES], body[HEAD_BYTES:][-TAIL_BYTES:])
    statements = ((pattern, place) for marker, pattern in STATEMENTS.items() for place in places if marker in place)
    for match in (found for pattern, place in statements if (found := re.search(pattern, place))):
        said = {name: value.decode("utf-8", "replace") for name, value in match.groupdict().items() if value}
        address = said.get("url")
        if archived := of_web_archive(html.unescape(said.get("archived", ""))):
            address, at = archived[0], at or archived[1]
        url = url or (_shown(address) if address else None)
        at = at or instant_of(said.get("at"))
    return url, at


def _shown(address: str) -> str | None:
    """The address of the page that a browser's own address shows: its reader, or its view of the source."""
    address = html.unescape(address).strip().removeprefix("view-source:")
    if re.match(r"https?://", address):
        return address
    scheme = re.match(r"[a-z-]+:", address)
    if scheme is None:
        return f"https://{address}"  # HTTrack leaves the scheme out
    return next((each for each in parse_qs(urlsplit(address).query).get("url", []) if each.startswith("http")), None)
