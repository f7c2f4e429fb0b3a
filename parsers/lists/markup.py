"""The markup of feeds and sitemaps as tokens, whatever is wrong with it: nothing here raises or stops at a fault.

No library that was tried reads broken lists without loss: expat 2.5 stops at the first fault; libxml2 2.14 in its mode
of recovery takes `&` out of addresses and drops all that follows a bare `<`; for HTML (lexbor), `<link>` holds no text.
No entity that a document declares is expanded or fetched. Searches never go back: the time is linear, a second for the
worst megabyte.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from html.entities import html5
from typing import Final, NamedTuple

from parsers.fields.urls import absolute
from parsers.lists.links import UnreadableError
from parsers.page.decode import REPLACEMENT, decode


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


# What an entry says of its address and its times, by local name: an undeclared prefix is no reason to lose a feed.
FIELDS = frozenset({
    "loc", "lastmod", "publication_date", "link", "origlink", "guid", "id", "pubdate", "published", "issued", "date",
    "updated", "modified",
})  # fmt: skip
# A field stands in its entry or in `news:news`; `image:loc` is about a picture.
_HOLDERS: tuple[list[str], ...] = ([], ["news"])
_ABOUT_ADDRESS = frozenset({"link", "guid"})  # their attributes matter
MAX_DEPTH = 100  # of elements in an entry that are told apart; unescaped HTML has about 20


@dataclass(slots=True)
class Entry:
    """What an entry says: the first value of each field, `base` where it states one for its relative addresses."""

    base: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: str) -> None:
        """Keep a value; an empty one says nothing."""
        if value:
            self.values.setdefault(name, value)

    def first(self, *names: str) -> str | None:
        """The value of the first of these fields that has one."""
        return next((self.values[name] for name in names if name in self.values), None)

    def address(self, *names: str) -> str | None:
        """The same of an address; `xml:base` is applied."""
        found = self.first(*names)
        return (absolute(found, self.base) or found) if found and self.base else found


class XmlList:
    """A list that is read entry by entry."""

    def __init__(self, text: str, base: str, entry_names: Mapping[str, str]) -> None:
        """Begin before the first token; `entry_names` says for each root element how its entries are called."""
        self.root = ""  # its local name in lower case; known with the first entry
        self.is_closed = False  # whether its end was seen, so that nothing is cut off
        self._tokens = tokens(text)
        self._entry_names = entry_names
        self._address = base
        self._base: str | None = None
        self._prefix = ""
        self._stranger = ""  # an element before the root
        self._entry: Entry | None = None
        self._path: list[str] = []  # open elements in the entry
        self._pieces: list[str] = []  # text of the innermost one

    def entries(self) -> Iterator[Entry]:
        """The entries in order; of one that is cut off the fields that are whole. UnreadableError without a root."""
        for token in self._tokens:
            done = self._taken(token)
            if done:
                yield done
        if not self.root:
            raise UnreadableError(f"the root element is <{self._stranger}>" if self._stranger else "it has no element")
        if self._entry and self._entry.values:
            yield self._entry

    def _taken(self, token: Token) -> Entry | None:
        match token.kind:
            case Kind.START if not self.root:
                self._begin(token)
            case Kind.START if self._is_entry(token):
                done, self._entry = self._finished(), Entry(self._base_in(token, self._base))
                self._entry.put("about", attributes(token.content).get("rdf:about", ""))
                return done
            case Kind.START:
                self._open(token)
            case Kind.END if self._is_entry(token):
                return self._finished()
            case Kind.END:
                return self._close(token)
            case _ if self._path and self._path[-1] in FIELDS:
                # A bare `<` ends an address or a time: no such text holds one.
                raw = token.content
                self._pieces.append(raw if token.kind is Kind.CDATA else resolved(raw.partition("<")[0]))
        return None

    def _begin(self, token: Token) -> None:
        if token.name not in self._entry_names:  # servers print warnings of their own before a list
            self._stranger = self._stranger or token.name[:50]
            return
        self.root = token.name
        self._base = self._base_in(token, None)
        self._prefix = token.prefix

    def _is_entry(self, token: Token) -> bool:
        if token.name != self._entry_names.get(self.root):
            return False
        # `image:url` in a sitemap is no entry; only in RDF entries may have another prefix than the root.
        return token.prefix in ("", self._prefix) or self.root == "rdf"

    def _open(self, token: Token) -> None:
        if self._entry is None:
            self._base = self._base_in(token, self._base) if token.name == "channel" else self._base
            self.is_closed = self.is_closed and token.name != self.root  # one document after the other
            return
        if self._path and self._path[-1] in FIELDS:  # fields hold no elements: its end tag is missing
            self._pop()
        if token.name in _ABOUT_ADDRESS and not self._path:
            self._note_attributes(self._entry, token)
        if not token.content.endswith("/") and len(self._path) < MAX_DEPTH:
            self._path.append(token.name)
            self._pieces = []

    def _note_attributes(self, entry: Entry, token: Token) -> None:
        stated = attributes(token.content)
        if token.name == "guid":
            entry.values.setdefault("ispermalink", stated.get("ispermalink", "true").lower())
        elif stated.get("rel", "alternate").endswith("alternate") and (href := clean(stated.get("href", ""))):
            base = self._base_in(token, entry.base)
            entry.put("link", (absolute(href, base) or href) if base else href)

    def _close(self, token: Token) -> Entry | None:
        if token.name in self._path:
            while self._pop() != token.name:
                pass
        elif token.name == self.root or (token.name, self.root) == ("channel", "rss"):
            self.is_closed = True
            return self._finished()
        return None

    def _pop(self) -> str:
        name = self._path.pop()
        if self._entry and name in FIELDS and self._path in _HOLDERS:
            self._entry.put(name, clean("".join(self._pieces)))
        self._pieces = []
        return name

    def _finished(self) -> Entry | None:
        while self._path:
            self._pop()
        done, self._entry = self._entry, None
        return done

    def _base_in(self, token: Token, outer: str | None) -> str | None:
        own = attributes(token.content).get("xml:base") if "base" in token.content else None
        return absolute(own, outer or self._address) or outer if own else outer
