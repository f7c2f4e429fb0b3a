"""JSON-LD as pages hold it: read by a strict parser, or else by a lenient one that mends what is broken."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import orjson

from parsers.fields.characters import MAX_ESCAPES

# Real blocks have a few kB, those of live blogs hundreds; a larger one is an application's state or an attack.
MAX_JSONLD_CHARACTERS = 2_000_000
# Each mend costs a pass: 40 passes over 100,000 characters take some 30 ms. Broken blocks have one or two faults, or an
# unescaped quotation mark at both ends of some words.
MAX_MENDED_CHARACTERS = 100_000
MAX_MENDS = 40

_PREFIXES = ('"schema:', '"http://schema.org/', '"https://schema.org/')  # that some sites give every name
_LENIENT = json.JSONDecoder(strict=False)  # allows line breaks in strings
# Before the value: comments and CDATA marks for old browsers. White space is bounded, so that none is tried twice.
_WRAPPER = re.compile(r"^(?:\ufeff|\s{1,99}|<!--|//|/\*|\*/|<!\[CDATA\[)+")
_BEGINNING = re.compile(r"[{\[]")
_OBJECT = re.compile(r'\{\s*"@')
MAX_JUNK = 20  # characters before the value that belong to nothing
MAX_WARNING = 1000  # the same, before an object that says it is JSON-LD: a server's own warning may come first
_BETWEEN = re.compile(r"[\s,;]*")  # what may part values that stand one after another
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_WORD = re.compile(r"(true|false|null|[A-Za-z]\w*)\s*(?=[,}\]])", re.I)
_KEY = re.compile(r"""(['"“”„]?)([\w@$:.-]+)(['"“”]?)\s*:""")
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*+)'|[“”„]([^“”\"]*)[“”]")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_STRAY_KEY = re.compile(r'[^"\s]{1,3}(?="[\w@:.-]+"\s*:)')
_GOES_ON = re.compile(r'\s*,\s*"[\w@:.-]+"\s*:')  # after an object that a stray bracket has ended
# Characters that belong to nothing, between a value and what follows it.
_STRAY = re.compile(r'[^"\s,}\]]{1,3}\s*(?=[}\]]|,\s*"[^"]*"\s*:)')


def load_jsonld(block: str) -> Any:
    """A JSON-LD block as Python values, several values in a row as a list; None if it can't be read."""
    if len(block) > MAX_JSONLD_CHARACTERS:
        return None
    for prefix in _PREFIXES:
        block = block.replace(prefix, '"')
    try:
        found = orjson.loads(block)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        found = _load_leniently(_bare(block))
    if isinstance(found, str):  # a whole block that was encoded twice
        found = _load_leniently(_bare(found))
    return found if isinstance(found, dict | list) else None


def _bare(block: str) -> str:
    """The block without wrappers, and without the escapes of a block that is escaped as a whole."""
    text = _WRAPPER.sub("", block.strip())
    begins = _BEGINNING.search(text, 0, MAX_JUNK) or _OBJECT.search(text, 0, MAX_WARNING)
    text = text[begins.start() :] if begins else text
    for _ in range(MAX_ESCAPES):
        if '"' not in text and "&" in text:
            text = html.unescape(text)
    return text.replace('\\"', '"') if re.match(r'[\[{\s]{1,99}\\"', text) else text


def _load_leniently(text: str) -> Any:
    values = []
    start = 0
    while start < len(text) and text[start] in "{[":
        try:
            value, end = _LENIENT.raw_decode(text, start)
            if _GOES_ON.match(text, end):
                raise json.JSONDecodeError("Extra data", text, end)
        except json.JSONDecodeError:
            mended = _load_mended(text[start:]) if len(text) - start <= MAX_MENDED_CHARACTERS else None
            values += [mended] if mended is not None else []
            break
        except (ValueError, RecursionError):  # a 5,000-digit number is a ValueError, deep nesting a RecursionError
            break
        values.append(value)
        between = _BETWEEN.match(text, end)
        start = between.end() if between else end
    return values[0] if len(values) == 1 else values or None


def _load_mended(text: str) -> Any:
    for _ in range(MAX_MENDS):
        try:
            value, end = _LENIENT.raw_decode(text)
            if not _GOES_ON.match(text, end):
                return value
            text = text[: end - 1] + text[end:]
        except json.JSONDecodeError as error:
            mended = _mended(text, error.msg, error.pos)
            if mended is None:
                return None
            text = mended
        except (ValueError, RecursionError):
            return None
    return None


def _mended(text: str, fault: str, at: int) -> str | None:
    """The text with one fault mended, as the parser names it; None if there is no way to."""
    if text[at : at + 1].isspace():  # JSON knows four kinds of white space
        return f"{text[:at]} {text[at + 1 :]}"
    return next((mend(text, at) for name, mend in _MENDS.items() if fault.startswith(name)), None)


def _mended_escape(text: str, at: int) -> str:
    at = text.rfind("\\", 0, at + 1)
    return text[:at] + (text[at + 1 :] if text[at + 1] == "'" else "\\" + text[at:])


def _mended_colon(text: str, at: int) -> str:
    if text[:at].endswith(':"'):  # the quotation mark that ends the key is missing
        return f'{text[: at - 2]}":"{text[at:]}'
    return f"{text[:at]}:{text[at:]}" if at < len(text) else text + ":null"


def _mended_key(text: str, at: int) -> str | None:
    before, rest = text[:at].rstrip(), text[at:]
    if before.endswith(",") and (not rest or rest[0] in "}]"):
        return before[:-1] + rest
    if not rest:
        return before + "}"
    foreign = _COMMENT.match(rest) or _STRAY_KEY.match(rest)
    if foreign:
        return before + rest[foreign.end() :]
    key = _KEY.match(rest)
    if key:
        return f'{before}"{key[2]}":{rest[key.end() :]}'
    return before + rest[1:] if rest.startswith(",") else _with_quote_escaped(text, at)


def _mended_value(text: str, at: int) -> str | None:
    before, rest = text[:at].rstrip(), text[at:]
    if not rest or rest[0] in ",}]":
        if before.endswith(":"):
            return f"{before}null{rest}"
        return before[:-1] + rest if before.endswith(",") else before + rest[1:] if rest.startswith(",") else None
    comment, single, word = _COMMENT.match(rest), _SINGLE.match(rest), _WORD.match(rest)
    if comment:
        return before + rest[comment.end() :]
    if single:
        return before + json.dumps(single[1] or single[2] or "") + rest[single.end() :]
    if word:
        known = word[1].lower()
        return before + (known if known in ("true", "false") else "null") + rest[word.end() :]
    return f'{before}"{rest}' if rest[0].isalpha() else before + rest[1:]


def _mended_border(text: str, at: int) -> str | None:
    before, rest = text[:at].rstrip(), text[at:]
    closer = _open_closer(text[:at])
    if not rest or rest[0] in "}]":
        return before + closer + rest if closer else None
    key = _KEY.match(rest)
    if rest[0] in '"{[' and (key or rest[0] != '"' or text[at - 1] != '"'):
        return f"{before},{rest}"
    foreign = _COMMENT.match(rest) or _STRAY.match(rest)
    if foreign:
        return before + rest[foreign.end() :]
    if key and key[3] and before.endswith(',"'):  # the quotation mark that ends the value before is missing
        return f'{before[:-2]}","{rest}'
    return _with_quote_escaped(text, at)


def _with_quote_escaped(text: str, at: int) -> str | None:
    """Escape the last quotation mark before a fault: it stands inside a string."""
    quote = text.rfind('"', 0, at)
    return f"{text[:quote]}\\{text[quote:]}" if quote > 0 else None


def _open_closer(text: str) -> str:
    closers: list[str] = []
    for piece in _TOKEN.findall(text):
        if piece in ("{", "["):
            closers.append("}" if piece == "{" else "]")
        elif piece in ("}", "]") and closers:
            closers.pop()
    return closers[-1] if closers else ""


_MENDS: dict[str, Callable[[str, int], str | None]] = {  # beginning of the parser's message -> what mends it
    "Invalid \\": _mended_escape,
    "Unterminated string": lambda text, at: text[:at],
    "Illegal trailing comma": lambda text, at: text[:at] + text[at + 1 :],  # Python 3.13 and later
    "Expecting property name": _mended_key,
    "Expecting value": _mended_value,
    "Expecting ':'": _mended_colon,
    "Expecting ','": _mended_border,
}
