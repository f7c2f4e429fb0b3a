"""The bytes of a feed or sitemap as text: decoded, without what comes before the first element."""

import re
from html.entities import html5
from typing import Final

from parsers.lists.links import UnreadableError
from parsers.page.decode import REPLACEMENT, decode

MAX_LIST_BYTES: Final = 52_428_800  # the sitemap protocol's limit, uncompressed; the largest feeds have some megabytes
_ENCODING = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
DECLARATION_BYTES: Final = 4096  # of the beginning, where it is searched: comments may stand before it
_BEFORE = re.compile(r"(?:[\s\ufeff]++|<!--.{0,10000}?-->|<\?[^>]{0,1000}>)*+", re.S)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
MAX_DOCTYPE_LENGTH: Final = 100_000  # characters; the DTD of XHTML with all its entities has a third
_DOCTYPE = re.compile(
    r"<!doctype(?:\"[^\"]*+\"|'[^']*+'|[^\[>\"'])*+"
    r"(?:\[(?:<!--.{0,10000}?-->|\"[^\"]*+\"|'[^']*+'|[^\]\"'])*+\]\s*+)?>",
    re.I | re.S,
)


_DECLARED = re.compile(r"<!ENTITY\s+([\w.:-]{1,100})")
_REFERENCE = re.compile(r"&([\w.:-]{1,100});")


def list_text(body: bytes) -> tuple[str, str]:
    """The decoded text of a list, and what of it is left out; UnreadableError where it is empty, or an HTML page."""
    lacking = ""
    if len(body) > MAX_LIST_BYTES:
        body, lacking = body[:MAX_LIST_BYTES], f"more than {MAX_LIST_BYTES:,} bytes: the rest is not read"
    label = _ENCODING.search(body, 0, DECLARATION_BYTES)
    text = _after_prolog(decode(body, label[1].decode("ascii") if label else None).text.replace("\0", ""))
    if not text:
        raise UnreadableError("it is empty")
    if _HTML.match(text):
        raise UnreadableError("it is an HTML page")
    if text[:9].lower() == "<!doctype":
        declared = _DOCTYPE.match(text, 0, MAX_DOCTYPE_LENGTH)
        if declared is None:
            raise UnreadableError("its document type declaration has no end")
        text = _without_declared(_after_prolog(text[declared.end() :]), set(_DECLARED.findall(declared[0])))
    return text, lacking


def _after_prolog(text: str) -> str:
    before = _BEFORE.match(text)
    return text[before.end() if before else 0 :]


def _without_declared(text: str, names: set[str]) -> str:
    """A text with a mark for each entity that the document declares, but for HTML's: they are never expanded."""
    names -= {name.rstrip(";") for name in html5}
    return _REFERENCE.sub(lambda found: REPLACEMENT if found[1] in names else found[0], text) if names else text
