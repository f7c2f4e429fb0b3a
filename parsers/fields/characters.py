"""Clean text: NFC, white space folded, no control characters, no lone surrogates, no markup."""

import html
import re
import unicodedata
from collections.abc import Iterable

# C0 and C1 controls except white space; BOM; bidi embeddings, overrides and isolates (they reorder what a reader sees,
# "Trojan Source"); lone surrogates (one makes a whole Arrow table fail). Soft hyphens, joiners and zero-width spaces
# stay: they belong to the spelling of German headlines, Persian, Hindi and Thai.
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UNWANTED = re.compile(f"[{_CONTROL}]")
# No script puts more than eight combining marks on a letter: more attack renderers ("Zalgo") and normalisation, which
# is quadratic in their number. These are the marks of the larger scripts that normalisation sorts.
_MARK = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
MAX_MARKS = 8
_MARKED = re.compile(f"[{_MARK}]")
_ODD = re.compile(f"[{_CONTROL}{_MARK}]")
_MARKS = re.compile(f"([{_MARK}]{{{MAX_MARKS}}})[{_MARK}]+")
# With its semicolon: `?a=1&copy=2` is an address.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});")
MAX_ESCAPES = 2  # pages escape values twice, never more
_NO_LETTERS = re.compile(r"[\W_]+")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
# UTF-8 bytes per character: 1.0 to 1.1 in Latin scripts, about 1.8 in Cyrillic, 2.3 and more in CJK. Searching for CJK
# characters takes longer than the rest of counting.
CJK_BYTES = 2.1
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


def clean(text: str) -> str:
    """One line of clean text: NFC, runs of white space (NBSP too) folded to one space, ends stripped."""
    # The only printable white space is the space: most texts need no folding, and looking is faster than splitting.
    folded = text.isprintable() and "  " not in text
    text = text.strip(" ") if folded else " ".join(text.split())
    printable = folded or text.isprintable()  # then there are no control characters either
    if printable and text.isascii():
        return text
    # Every ninth character shows whether there are nine marks in a row.
    if printable and not _MARKED.search(text[:: MAX_MARKS + 1]) and unicodedata.is_normalized("NFC", text):
        return text
    if not _ODD.search(text):
        return unicodedata.normalize("NFC", text)
    text = _MARKS.sub(r"\1", _UNWANTED.sub("", text))
    # Twice, since a letter such as U+0344 decomposes into several marks.
    text = _MARKS.sub(r"\1", unicodedata.normalize("NFC", text))
    # A removed character may have stood between two spaces, and cleaning twice must change nothing.
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_or_none(text: str | None) -> str | None:
    """`clean`, with None for an empty text."""
    return (clean(text) or None) if text else None


def clean_markup(text: str) -> str:
    """`clean` for values of JSON-LD and meta elements, which often hold tags or entities that were escaped twice."""
    for _ in range(MAX_ESCAPES):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "<" in text:
        text = _TAG.sub("", text)
    return clean(text)


def letters(text: str) -> str:
    """The letters and digits of a text in one case, to compare names by: `The Issue.` and `the-issue` are one."""
    return _NO_LETTERS.sub("", text).casefold()


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values in order, each once, without empty ones."""
    return tuple(dict.fromkeys(filter(None, values)))


def word_count(text: str) -> int:
    """Words of clean blocks, between lines or blank lines; in CJK texts, which have no spaces, each CJK character."""
    if text.isascii() or len(text.encode()) <= CJK_BYTES * len(text):
        return text.count(" ") + text.count("\n") - text.count("\n\n") + 1 if text else 0
    rest, runs = _CJK.subn(" ", text)
    return len(text) - len(rest) + runs + len(rest.split())
