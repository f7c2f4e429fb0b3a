"""An HTML page: its tree, its metadata, its address."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from parsers.fields.characters import clean_markup
from parsers.fields.urls import absolute
from parsers.page.html import Node, Tree, ancestors, inside, select, text_of, without_nested
from parsers.page.metadata import Metadata, read_metadata
from parsers.record.capture import Capture

_ARTICLE = frozenset({"article"})
# Inside these stand other stories, if not the article itself.
_LISTING = frozenset({"article", "aside", "nav", "footer", "li"})
_MOST = 200  # matches that are looked at: those of the story are among the first, and each costs a climb


@dataclass(frozen=True)
class Page:
    """What a layout reads."""

    capture: Capture
    tree: Tree  # reading the body removes elements from it, so the metadata is read first
    timezone: str  # IANA zone of the source, for times without one
    metadata: Metadata
    h1: Sequence[Node]  # of the whole page, however the tree changed since
    scope: Node | None = None  # the part of the page that holds the article, if known; see `select`

    @classmethod
    def of(cls, capture: Capture, tree: Tree, timezone: str) -> "Page":
        """A page with its metadata."""
        return cls(capture, tree, timezone, *read_metadata(tree, capture.url))

    @property
    def url(self) -> str | None:
        """Address of the capture, or else the one that the page states; absolute, http(s)."""
        return self.metadata.url

    def absolute(self, address: str | None) -> str | None:
        """An address of the page, with `<base href>` or else the page's own address applied."""
        return absolute(address, self.metadata.base or self.url)

    def select(self, css: str) -> list[Node]:
        """All matches in the scope, in document order; if there are none, those in the page outside other articles."""
        if self.scope is None:
            return select(self.tree, css)
        return select(self.scope, css) or self._outside_others(select(self.tree, css), _ARTICLE)

    @cached_property
    def headings(self) -> Sequence[Node]:
        """As `select("h1")`, without a search."""
        if self.scope is None:
            return self.h1
        place = self.scope.mem_id
        return [node for node in self.h1 if place in ancestors(node)] or self._outside_others(self.h1, _ARTICLE)

    def own(self, css: str, others: Set[str] = _LISTING, around: Node | None = None) -> list[Node]:
        """The matches that can only be of the article: of the scope, else `around` it, but not inside of `others`."""
        nodes = select(self.scope, css) if self.scope is not None else []
        nodes = nodes or select(self.tree if around is None else around, css)
        return self._outside_others(nodes[:_MOST], others)

    def _outside_others(self, nodes: Sequence[Node], tags: Set[str]) -> list[Node]:
        holding = set() if self.scope is None else {self.scope.mem_id, *ancestors(self.scope)}
        return [node for node in nodes if not inside(node, tags, holding)]

    def text(self, css: str) -> str | None:
        """The first match that isn't empty: its `content` or `datetime` attribute, or else its text."""
        return next((text for text in map(_value, self.select(css)) if text), None)

    def texts(self, css: str) -> list[str]:
        """The texts of all matches, without empty ones; a match inside another is left out."""
        return [text for text in map(_value, without_nested(self.select(css))) if text]


def _value(node: Node) -> str:
    attributes = node.attributes
    stated = attributes.get("content") or attributes.get("datetime")
    return clean_markup(stated) if stated else text_of(node)
