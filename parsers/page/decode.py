"""Bytes to text by the WHATWG rules, except that bytes which can be UTF-8 are UTF-8 whatever their label says."""

import codecs
import re
from dataclasses import dataclass

import webencodings
from webencodings.labels import LABELS

from parsers.fields.words import by_word
from parsers.page.content import UTF16_MARKS

# The standard's prescan looks at the first 1,024 bytes; a meta element further down makes browsers begin anew.
PRESCAN_BYTES = 1024


def _letters(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label.lower())


_LABELS = {_letters(label): label for label in LABELS}  # pages write `gb-2312` and `cp-1251`
_WINDOWS_1252 = webencodings.Encoding("windows-1252", codecs.lookup("cp1252"))

# Comments, and elements whose text is no markup; a page may lack their ends. Group 2 holds the attributes of a meta.
_MARKUP_PIECE = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style|title|textarea|xmp)\b.*?(?:</\1|\Z)"
    rb"|<meta[\s/]((?:\"[^\"]*+\"|'[^']*+'|[^>\"'])*+)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([^\s=/\"'>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s;\"',>]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([^\"'>]{1,40})[\"']")
_LANGUAGE = re.compile(rb"<html\b[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})(?:-([A-Za-z]{2,4}))?", re.IGNORECASE)
_BY_LANGUAGE = by_word("encodings")
_TRADITIONAL = frozenset({b"tw", b"hk", b"mo", b"hant"})  # regions and scripts of Chinese that Big5 is for


def encoding_of(label: str | None) -> webencodings.Encoding | None:
    """The encoding of a label of the WHATWG; Python's own codecs (`utf-7`, `hex`) are none."""
    return webencodings.lookup(label) if label and label.isascii() else None


def stated_encoding(body: bytes, but: webencodings.Encoding | None = None) -> webencodings.Encoding | None:
    """That of the first meta element, else the XML declaration, else a meta that is no pragma; never `but`."""
    stray = None
    for piece in _MARKUP_PIECE.finditer(body):
        if piece[2] is None:
            continue
        attributes = {
            name.lower(): double or single or bare for name, double, single, bare in _ATTRIBUTE.findall(piece[2])
        }
        label = attributes.get(b"charset")
        content = _CHARSET.search(attributes.get(b"content", b""))
        if label is None and content and attributes.get(b"http-equiv", b"").lower() == b"content-type":
            label = content[1]
        encoding = _of_markup(label)
        if encoding and encoding is not but:
            return encoding
        named = attributes.get(b"name", attributes.get(b"http-equiv", b"")).lower() == b"charset"
        stray = stray or _of_markup(content[1] if content else attributes.get(b"content") if named else None)
    declared = _XML.match(body)
    last = _of_markup(declared[1] if declared else None) or stray
    return None if last is but else last


def likely_encoding(body: bytes) -> webencodings.Encoding:
    """What browsers take for a page that states nothing, by its language: a guess."""
    language = _LANGUAGE.search(body, 0, 4 * PRESCAN_BYTES)
    name = _BY_LANGUAGE.get(language[1].decode().lower(), "windows-1252") if language else "windows-1252"
    if name == "gb18030" and language and (language[2] or b"").lower() in _TRADITIONAL:
        name = "big5"
    return encoding_of(name) or _WINDOWS_1252


def _of_markup(label: bytes | None) -> webencodings.Encoding | None:
    """The encoding of a label that could be read as ASCII, so that it can't be UTF-16: the standard takes UTF-8."""
    encoding = encoding_of(label.decode("latin-1").strip()) if label else None
    if label and encoding is None:
        encoding = encoding_of(_LABELS.get(_letters(label.decode("latin-1"))))
    if encoding and encoding.name.startswith("utf-16"):
        return webencodings.UTF8
    return _WINDOWS_1252 if encoding and encoding.name == "x-user-defined" else encoding


# Many real pages have a few replacement characters (a cut multi-byte tail, a mis-encoded comment); beyond one in a
# hundred the text itself is unreadable.
MAX_REPLACED_SHARE = 0.01

UTF8_BOM = b"\xef\xbb\xbf"
# Beginnings of documents and their encodings. UTF-16 without a BOM is valid UTF-8; the NUL beside the first `<` tells.
_BEGINNINGS = {UTF8_BOM: "utf-8", **UTF16_MARKS}
_PIECE = 16 << 10  # fits into the fastest cache, and most pieces of a page are ASCII, which is nearly free
# The Encoding Standard's encodings of these names have the additions of vendors (`①`, `㈱`), which Python's lack.
_PYTHON = {"shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs", "gbk": "gb18030"}
_ESCAPE = b"\x1b"  # begins Japanese text in ISO-2022-JP, the one encoding of the web that is valid UTF-8
REPLACEMENT = "�"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text."""

    text: str
    encoding: str  # WHATWG name
    replaced: int  # number of U+FFFD, including those of the page itself
    guessed: bool = False  # nothing states the encoding

    @property
    def trustworthy(self) -> bool:
        """Whether few enough characters were lost to use the text."""
        return self.replaced <= MAX_REPLACED_SHARE * max(len(self.text), 1)


def usable_as_utf8(body: bytes, http_charset: str | None = None) -> bool:
    """Whether bytes may go to the parser undecoded: labelled UTF-8 (a lie shows in the article), else all valid."""
    if body.startswith(tuple(_BEGINNINGS)):
        return False
    encoding = encoding_of(http_charset) or stated_encoding(body[:PRESCAN_BYTES])
    if _ESCAPE in body:
        return False
    return is_whole_utf8(body) if encoding is None else encoding is webencodings.UTF8


def is_whole_utf8(body: bytes) -> bool:
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
    """Decode a page: by its BOM, else its NULs, else as UTF-8, else by the HTTP label or its markup, else by a guess.

    Bytes count as UTF-8 if more non-ASCII characters are valid than broken: text in another encoding hardly ever is,
    and one cut character must not garble a page. Source: Encoding Standard, sections 4.2 and 6; HTML standard, 13.2.3.
    """
    for beginning, name in _BEGINNINGS.items():
        if body.startswith(beginning):
            return _decoded(body.decode(name, "replace").removeprefix("\ufeff"), name)
    encoding = encoding_of(http_charset)
    if encoding and encoding.name.startswith("utf-16") and b"\0" in body[:PRESCAN_BYTES]:
        return _decoded_as(encoding, body)
    if _ESCAPE in body:
        encoding = encoding or stated_encoding(body)
        if encoding and encoding.name == "iso-2022-jp":
            return _decoded_as(encoding, body)
    try:
        return _decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        lenient = _decoded(body.decode("utf-8", "replace"), "utf-8")
    if len(lenient.text) - len(lenient.text.encode("ascii", "ignore")) > 2 * lenient.replaced:
        return lenient
    if encoding in (None, webencodings.UTF8):  # a label of UTF-8 is false
        encoding = stated_encoding(body, but=webencodings.UTF8)
    return _decoded_as(encoding, body) if encoding else _decoded_as(likely_encoding(body), body, guessed=True)


def _decoded_as(encoding: webencodings.Encoding, body: bytes, *, guessed: bool = False) -> Decoded:
    codec = codecs.lookup(_PYTHON[encoding.name]) if encoding.name in _PYTHON else encoding.codec_info
    return _decoded(codec.decode(body, "replace")[0], encoding.name, guessed=guessed)


def _decoded(text: str, encoding: str, *, guessed: bool = False) -> Decoded:
    # Looking takes a tenth of counting, and nearly always finds nothing.
    return Decoded(text, encoding, text.count(REPLACEMENT) if REPLACEMENT in text else 0, guessed)
