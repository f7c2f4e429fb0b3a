"""The entries of a feed or sitemap, found in its markup by their names alone, so that no fault loses the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from parsers.fields.urls import absolute
from parsers.lists.links import UnreadableError
from parsers.lists.markup import Kind, Token, attributes, clean, resolved, tokens

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
