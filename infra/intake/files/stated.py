"""What saved pages say of themselves: the address that they were saved from, and when."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from infra.intake.files.addresses import of_mirror, of_web_archive
from infra.intake.files.input_types import Input
from infra.intake.files.instants import instant_of
from parsers.record.capture import CapturedAtBasis

HEAD_BYTES: Final = 64 << 10  # comments of savers stand right before or after the first tags
TAIL_BYTES: Final = 4 << 10  # the footer of the Wayback Machine
# An address, a time, or both, as programs write them into the pages that they save; by what tells at once that a page
# has none of it.
STATEMENTS: Final = {
    marker: re.compile(pattern)
    for marker, pattern in (
        (b"saved from url=", rb"<!--\s*saved from url=\(\d{4,5}\)(?P<url>https?://[^\s<>\"]{1,8192})\s*-->"),  # MS-MOTW
        (
            b"SingleFile",
            (
                rb"<!--\s*Page saved with SingleFile\s+url:\s*(?P<url>\S{1,8192})"
                rb"(?:\s+saved date:\s*(?P<at>[^\n(<]{10,60}))?"
            ),
        ),
        (
            b"HTTrack",
            (
                rb"<!-- Mirrored from (?P<url>\S{1,8192}) by HTTrack Website Copier/[^,\n]{1,99},"
                rb" (?P<at>[^\n<]{10,60}?) -->"
            ),
        ),
        (b"monolith", rb"<!-- Saved from (?P<url>https?://\S{1,8192}) at (?P<at>\S{10,40}) using monolith"),
        (b"savepage-url", rb"<meta name=\"?savepage-url\"? content=\"(?P<url>[^\"]{1,8192})\""),  # Save Page WE
        (b"savepage-date", rb"<meta name=\"?savepage-date\"? content=\"(?P<at>[^\"]{10,99})\""),
        (
            b"/http",  # an address inside an address
            rb"<link\b(?=[^>]{1,999}\bcanonical\b)[^>]{1,999}\bhref=[\"']?(?P<archived>https?://[^\s\"'<>]{1,8192})",
        ),
        (
            b"__wm.wombat",  # the Wayback Machine's script and footer
            rb"__wm\.wombat\([\"'](?P<url>https?://[^\s\"'<>]{1,8192})[\"'],\s*[\"'](?P<at>\d{14})",
        ),
        (b"FILE ARCHIVED ON", rb"FILE ARCHIVED ON (?P<at>\d\d:\d\d:\d\d [A-Z][a-z]{2} \d\d, \d{4}) AND RETRIEVED"),
    )
}
NAMES_ADDRESS: Final = re.compile(rb"\brel=[\"']?canonical\b|\bproperty=[\"']?og:url\b", re.IGNORECASE)


def with_statements(known: Input, body: bytes) -> Input:
    """A file with what its page says of itself, or its folders say; what is known from outside goes before.

    Folders count for a page that names no address itself.
    """
    url, at = _stated_in(body)
    if url is None and (named := of_mirror(known.location)) and not NAMES_ADDRESS.search(body, 0, HEAD_BYTES):
        url = named
    if at and known.captured_at_basis is CapturedAtBasis.MTIME:
        known = replace(known, captured_at=at, captured_at_basis=CapturedAtBasis.SAVED)
    return replace(known, url=known.url or url)


def _stated_in(body: bytes) -> tuple[str | None, datetime | None]:
    """Address and time, each as the first statement has it."""
    url: str | None = None
    at: datetime | None = None
    places = (body[:HEAD_BYTES], body[HEAD_BYTES:][-TAIL_BYTES:])
    statements = ((pattern, place) for marker, pattern in STATEMENTS.items() for place in places if marker in place)
    for match in (found for pattern, place in statements if (found := pattern.search(place))):
        said = {name: value.decode("utf-8", "replace") for name, value in match.groupdict().items() if value}
        address = said.get("url")
        if "archived" in said and not of_web_archive(said["archived"]):
            continue  # an ordinary canonical link, which the parsers read
        address = address or said.get("archived")
        if address and "://" not in address:
            address = f"https://{address}"  # HTTrack leaves the scheme out
        url = url or address
        at = at or instant_of(said.get("at"))
    return url, at
