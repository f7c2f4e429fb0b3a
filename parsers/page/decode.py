"""Bytes to text by the WHATWG rules, except that bytes which can be UTF-8 are UTF-8 whatever their label says."""

import codecs
import re
from dataclasses import dataclass

import webencodings

from parsers.page.content import UTF16_MARKS

# The HTML standard's prescan looks at the first 1024 bytes (HTML, 13.2.3.2 "prescan a byte stream").
PRESCAN_BYTES = 1024
# Many real pages have a few replacement characters (a cut multi-byte tail, a mis-encoded comment); beyond one in a
# hundred the text itself is unreadable.
MAX_REPLACED_SHARE = 0.01

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
UTF8_BOM = b"\xef\xbb\xbf"
# Beginnings of documents and their encodings. UTF-16 without a BOM is valid UTF-8; the NUL beside the first `<` tells.
_BEGINNINGS = {UTF8_BOM: "utf-8", **UTF16_MARKS}
_PIECE = 16 << 10  # fits into the fastest cache, and most pieces of a page are ASCII, which is nearly free
# The default of browsers. The Encoding Standard's windows-1252 is Python's, except for five unused bytes.
_FALLBACK = webencodings.Encoding("windows-1252", codecs.lookup("cp1252"))
REPLACEMENT = "�"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text."""

    text: str
    encoding: str  # WHATWG name
    replaced: int  # number of U+FFFD, including those of the page itself

    @property
    def trustworthy(self) -> bool:
        """Whether few enough characters were lost to use the text."""
        return self.replaced <= MAX_REPLACED_SHARE * max(len(self.text), 1)


def usable_as_utf8(body: bytes, http_charset: str | None = None) -> bool:
    """Whether the bytes may go to the HTML parser, which takes UTF-8 only, without decoding.

    A label of UTF-8 is believed unless the beginning says otherwise: if it lies, the article shows it. Without a label
    all bytes must be valid.
    """
    if body.startswith(tuple(_BEGINNINGS)):
        return False
    encoding = _label(http_charset) or _prescan(body)
    return _is_whole_utf8(body) if encoding is None else encoding is webencodings.UTF8


def _is_whole_utf8(body: bytes) -> bool:
    """Whether the bytes are valid UTF-8 without a replacement character; takes a fifth of the time of decoding them."""
    start = 0
    try:
        while start < len(body):
            end = start + _PIECE
            text, used = codecs.utf_8_decode(body[start:end], "strict", end >= len(body))
            if REPLACEMENT in text:
                return False
            start += used  # the last character of a piece may be cut
    except UnicodeDecodeError:
        return False
    return True


def decode(body: bytes, http_charset: str | None = None) -> Decoded:
    """Decode a page: by its BOM, else its NULs, else as UTF-8, else by the HTTP label or `<meta>`, else windows-1252.

    Bytes count as UTF-8 if more non-ASCII characters are valid than broken: text in another encoding hardly ever is,
    and one cut character must not garble a page. Labels are those of the WHATWG, never Python's own codecs (`utf-7`,
    `hex`). Source: Encoding Standard, sections 4.2 and 6; HTML standard, 13.2.3.
    """
    for beginning, name in _BEGINNINGS.items():
        if body.startswith(beginning):
            return _decoded(body.decode(name, "replace").removeprefix("\ufeff"), name)
    encoding = _label(http_charset)
    if encoding and encoding.name.startswith("utf-16") and b"\0" in body[:PRESCAN_BYTES]:
        return _decoded(encoding.codec_info.decode(body, "replace")[0], encoding.name)
    try:
        return _decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        lenient = _decoded(body.decode("utf-8", "replace"), "utf-8")
    if len(lenient.text) - len(lenient.text.encode("ascii", "ignore")) > 2 * lenient.replaced:
        return lenient
    encoding = encoding or _prescan(body) or _FALLBACK
    return _decoded(encoding.codec_info.decode(body, "replace")[0], encoding.name)


def _decoded(text: str, encoding: str) -> Decoded:
    # Looking takes a tenth of counting, and nearly always finds nothing.
    return Decoded(text, encoding, text.count(REPLACEMENT) if REPLACEMENT in text else 0)


def _label(label: str | None) -> webencodings.Encoding | None:
    return webencodings.lookup(label) if label and label.isascii() else None


def _prescan(body: bytes) -> webencodings.Encoding | None:
    match = _META_CHARSET.search(body, 0, PRESCAN_BYTES)
    encoding = _label(match[1].decode("ascii")) if match else None
    # A meta element that could be read as ASCII cannot be in UTF-16: the standard takes UTF-8 instead.
    return webencodings.UTF8 if encoding and encoding.name.startswith("utf-16") else encoding
