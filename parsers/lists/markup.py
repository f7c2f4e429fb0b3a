"""The markup of feeds and sitemaps as tokens, whatever is wrong with it: nothing here raises or stops at a fault.

No library that was tried reads broken lists without loss: expat 2.5 stops at the first fault; libxml2 2.14 in its mode
of recovery takes `&` out of addresses and drops all that follows a bare `<`; for HTML (lexbor), `<link>` holds no text.
No entity that a document declares is expanded or fetched. Searches never go back: the time is linear, a second for the
worst megabyte.
"""

import html
import re
from collections.abc import Iterator
from enum import Enum
from html.entities import html5
from typing import Final, NamedTuple


class Kind(Enum):
    """What a token is."""

    START = "start"  # or an empty element, whose attributes end with `/`
    END = "end"
    TEXT = "text"  # entities in it are not resolved
    CDATA = "cdata"


class Token(NamedTuple):
    """A piece of markup: of tags the prefix, the local name in lower case and the attributes, else the content."""

    kind: Kind
    content: str
    prefix: str = ""
    name: str = ""


# A tag that has lost its `>` ends where the next markup begins. A `<` before anything but a name is text.
_MARKUP: Final = re.compile(
    r"<(?:(?P<open>!--|!\[CDATA\[|\?)"
    r"|(?P<end>/?)(?:(?P<prefix>[^\W\d][\w.-]*+):)?(?P<name>[^\W\d][\w.-]*+)"
    r"(?P<rest>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)(?:>|(?=<)|\Z))",
    re.I,
)
_CLOSERS: Final = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}
_ATTRIBUTE: Final = re.compile(r"([^\W\d][\w.:-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_ENTITY: Final = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9._-]{0,40});")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def tokens(text: str) -> Iterator[Token]:
    """The tags and texts of a document in order, without comments and processing instructions."""
    at = searched = 0
    ends: dict[str, int] = {}  # where the next closer of each kind is, so that no stretch is searched twice
    while match := _MARKUP.search(text, searched):
        opener = match["open"]
        closer = _CLOSERS[opener.upper()] if opener else ""
        end = _end_of(text, match, closer, ends) if closer else match.end()
        if end is None:
            searched = match.end()
            continue
        if match.start() > at:
            yield Token(Kind.TEXT, text[at : match.start()])
        if closer == "]]>":
            yield Token(Kind.CDATA, text[match.end() : end - len(closer)])
        elif not closer:
            kind = Kind.END if match["end"] else Kind.START
            yield Token(kind, match["rest"], match["prefix"] or "", match["name"].lower())
        at = searched = end
    if at < len(text):
        yield Token(Kind.TEXT, text[at:])


def _end_of(text: str, match: re.Match[str], closer: str, ends: dict[str, int]) -> int | None:
    """Where a comment or the like ends; None where it has no end of its own: the next one begins before."""
    known = ends.get(closer, 0)
    if 0 <= known < match.end():
        known = ends[closer] = text.find(closer, match.end())
    if known < 0 or text.find(match[0], match.end(), known) >= 0:
        return None
    return known + len(closer)


def attributes(content: str) -> dict[str, str]:
    """The attributes of a tag, by their names in lower case; of a name that is repeated the first."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(content):
        found.setdefault(name.lower(), resolved("".join(values)).strip())
    return found


def resolved(text: str) -> str:
    """A text with the entities of XML and HTML in it replaced; others, and any other `&`, stay as they are."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def clean(text: str) -> str:
    """A text without control characters and white space around it."""
    return _CONTROLS.sub("", text).strip()


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0]) if entity[1].startswith("#") else html5.get(f"{entity[1]};", entity[0])
