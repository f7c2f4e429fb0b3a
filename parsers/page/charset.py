"""The encoding that a page states for itself, by the HTML standard (13.2.3), and what to take where it states none."""

import codecs
import re

import webencodings
from webencodings.labels import LABELS

from parsers.fields.words import by_word

# The standard's prescan looks at the first 1,024 bytes; a meta element further down makes browsers begin anew.
PRESCAN_BYTES = 1024


def _letters(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label.lower())


_LABELS = {_letters(label): label for label in LABELS}  # pages write `gb-2312` and `cp-1251`
_WINDOWS_1252 = webencodings.Encoding("windows-1252", codecs.lookup("cp1252"))

# Comments, and elements whose text is no markup; a page may lack their ends. Group 2 holds the attributes of a meta.
_PIECE = re.compile(
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
    """The encoding that the first meta element with one states, or else the XML declaration; none that is `but`.

    Comments and scripts are no markup. A charset in a meta element that is no pragma (`httpequiv`) counts last.
    """
    stray = None
    for piece in _PIECE.finditer(body):
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
