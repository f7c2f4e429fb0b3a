"""A page as a list of texts, each with the elements around it: what the search for the story works on."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from parsers.fields.characters import CJK_BYTES, clean
from parsers.generic.names import ASIDE, BODY, FURNITURE, MENU, OVERLAY, UNSEEN, names_say
from parsers.page.html import BREAK, PHRASE_MAY_BE_HIDDEN, SCREEN_READERS, Node, ancestors, is_hidden, stands_alone

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Readers see no text of these, or none that is prose.
SILENT = frozenset({
    "script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "canvas", "video", "audio", "select",
    "button", "textarea", "input", "math", "head", "title", "dialog", "datalist", "map", "option", "link", "meta",
    "source", "hr", "amp-ad", "-comment", "nav", "footer",
})  # fmt: skip
# Elements inside a line of text. All others begin a text of their own.
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_BOLD = frozenset({"b", "strong"})
_LEAVES = frozenset({"-text", "br", "img", "picture", "amp-img"})
# Elements and roles (WAI-ARIA) for what is not the main content.
_FURNITURE_TAGS = frozenset({"aside", "menu", "form", "figure", "figcaption", "address"})
_ROLES = frozenset({
    "navigation", "complementary", "contentinfo", "banner", "search", "dialog", "alert", "menu", "tablist", "toolbar",
})  # fmt: skip
_LISTS = frozenset({"ul", "ol", "li"})
_HOLDERS = frozenset({"div", "section", "aside", "ul", "ol", "header", "form", "figure"})
_PROSE = "p, br"  # furniture without these needs no look: it can't be the story under a wrong name
_UNSEEN = 25.0  # noise of what is passed over so
_WHOLE = frozenset({"html", "body", "main"})
_FRAMED = re.compile("table|quote", re.I)  # figures of WordPress that hold text
_WHOLE_TEXT = 0.9  # of the letters: punctuation after bold text often is not
_PARAGRAPHS = re.compile(rf"{BREAK}\s*{BREAK}")
_REMEMBERED = 1 << 14  # elements with the same attributes are many
_CJK_WEIGHT = 2.5  # letters that say as much as one CJK character


@dataclass(slots=True, eq=False)
class Part:
    """An element that holds texts; inline elements are none. The sums are filled in by `parsers.generic.story`."""

    node: Node
    tag: str
    parent: "Part | None"
    says: int  # flags of `parsers.generic.names`
    furniture: bool = False  # it, or a part around it, is furniture of the page
    texts: int = 0  # texts inside
    pictures: int = 0  # inside
    prose: float = 0.0  # worth of the prose inside
    noise: float = 0.0  # worth of all else inside

    def around(self) -> Iterator["Part"]:
        """The parts around this one, nearest first."""
        part = self.parent
        while part is not None:
            yield part
            part = part.parent


@dataclass(slots=True, eq=False)
class Text:
    """A text between two borders of blocks."""

    part: Part
    text: str
    size: float  # letters, with a CJK character as several
    linked: float  # share of the letters inside links
    bold: bool  # as a whole
    worth: float = 0.0  # how much it speaks for its part being the story; below zero: against

    @property
    def says(self) -> int:
        """What the names of its element and of the one around that say."""
        above = self.part.parent
        return self.part.says | (above.says if above is not None else 0)

    @property
    def is_heading(self) -> bool:
        """Whether its element is a heading, or inside one."""
        above = self.part.parent
        return self.part.tag in HEADINGS or (above is not None and above.tag in HEADINGS)


@dataclass(slots=True)
class Outline:
    """Texts and parts in document order."""

    texts: list[Text] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


class _Collector:
    def __init__(self, body: Node) -> None:
        self.part = Part(body, body.tag or "", None, 0)
        self.outline = Outline(parts=[self.part])
        self.pieces: list[str] = []  # of the text that the walk is in
        self.linked = self.bold = 0  # letters of it
        self.hidden = {node.mem_id for node in body.css(PHRASE_MAY_BE_HIDDEN) if _is_hidden_phrase(node)}
        self.holders: set[int] = set()  # `mem_id` of elements around what may be prose
        for node in body.css(_PROSE):
            self.holders.update(takewhile(lambda above: above not in self.holders, ancestors(node)))
        self.links = self.bolds = 0  # elements around the place

    def leaf(self, node: Node, tag: str) -> None:
        if tag == "-text":
            raw = node.text_content or ""
            if not raw.isspace():
                self.pieces.append(raw)
                self.linked += len(raw) if self.links else 0
                self.bold += len(raw) if self.bolds else 0
            elif self.pieces:
                self.pieces.append(" ")
        elif tag == "br":
            self.pieces.append(BREAK)
        else:
            self.part.pictures += 1

    def enter(self, node: Node, tag: str) -> bool:
        """Whether the walk goes into a block, which ends the text before it."""
        if self.pieces:
            self.end_text()
        attributes = node.attributes
        said = 0
        if attributes:
            get = attributes.get
            said = _says(tag, get("class"), get("id"), get("role"), get("itemprop"))
            may_be_hidden = "style" in attributes or "hidden" in attributes or "popover" in attributes
            if said & UNSEEN or (may_be_hidden and is_hidden(tag, attributes)):
                return False
        elif tag in _FURNITURE_TAGS:
            said = FURNITURE
        if said:
            if said & MENU and tag in _LISTS:
                return False
            if said & (FURNITURE | OVERLAY) and tag in _HOLDERS and node.mem_id not in self.holders:
                self.part.noise += _UNSEEN
                return False
        self.part = Part(node, tag, self.part, said)
        self.outline.parts.append(self.part)
        return True

    def leave(self, tag: str) -> None:
        if tag not in _INLINE:
            if self.pieces:
                self.end_text()
            self.part = self.part.parent or self.part
        elif tag == "a":
            self.links -= 1
        elif tag in _BOLD:
            self.bolds -= 1

    def end_text(self) -> None:
        raw = "".join(self.pieces)
        self.pieces.clear()
        linked = min(1.0, self.linked / len(raw)) if self.linked else 0.0
        bold = self.bold > 0 and self.bold >= _WHOLE_TEXT * len(raw.strip())
        self.linked = self.bold = 0
        for piece in _PARAGRAPHS.split(raw) if BREAK in raw else (raw,):
            text = clean(piece)
            if text[:1].isalnum() or any(map(str.isalnum, text)):
                self.outline.texts.append(Text(self.part, text, _size(text), linked, bold))


def read_outline(body: Node, silent: Set[str] = SILENT) -> Outline:
    """The texts below an element, but for `silent` ones. Walks without recursion: pages nest as deep as they like."""
    found = _Collector(body)
    entered: list[tuple[Node, str]] = []
    node = body.child
    while node is not None:
        tag = node.tag or ""
        inner = None
        if tag in _LEAVES:
            found.leaf(node, tag)
        elif tag in _INLINE or ("-" in tag[1:] and tag not in silent and not stands_alone(node)):
            tag = tag if tag in _INLINE else "span"
            inner = node.child if node.mem_id not in found.hidden else None
            if inner is not None:
                found.links += tag == "a"
                found.bolds += tag in _BOLD
        elif tag not in silent and found.enter(node, tag):
            inner = node.child
            if inner is None:
                found.leave(tag)
        if inner is not None:
            entered.append((node, tag))
            node = inner
            continue
        following = node.next
        while following is None and entered:
            node, tag = entered.pop()
            found.leave(tag)
            following = node.next
        node = following
    if found.pieces:
        found.end_text()
    return found.outline


def _is_hidden_phrase(node: Node) -> bool:
    """Whether a phrase is hidden. Signs between words do not count: they stand for a drawing, or part what is apart."""
    tag = node.tag or ""
    if (tag not in _INLINE and "-" not in tag) or not is_hidden(tag, node.attributes):
        return False
    return "-" in tag or any(map(str.isalnum, node.text()))


@lru_cache(_REMEMBERED)
def _says(tag: str, classes: str | None, identity: str | None, role: str | None, itemprop: str | None) -> int:
    names = f"{classes or ''} {identity or ''}"
    said = names_say(f"{names} {tag}" if "-" in tag else names)  # custom elements are named as classes are
    if tag in ("p", "div") and classes and not SCREEN_READERS.isdisjoint(classes.split()):
        said |= UNSEEN
    if itemprop and itemprop.lower() == "articlebody":
        said |= BODY
    if tag in _WHOLE:
        return said & ~(FURNITURE | OVERLAY | ASIDE)
    if tag == "figure" and _FRAMED.search(names):
        return said & ~FURNITURE
    return said | FURNITURE if tag in _FURNITURE_TAGS or role in _ROLES else said


def _size(text: str) -> float:
    if text.isascii() or len(text.encode()) <= CJK_BYTES * len(text):
        return len(text)
    return len(text) * _CJK_WEIGHT
