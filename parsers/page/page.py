"""An HTML page: its tree, its metadata, its address."""

from dataclasses import dataclass
from functools import cached_property

from parsers.fields.characters import clean_markup
from parsers.fields.urls import host_of
from parsers.page.html import Node, Tree, select, text_of, without_nested
from parsers.page.metadata import Metadata, read_metadata
from parsers.record.capture import Capture


@dataclass(frozen=True)
class Page:
    """What a layout reads."""

    capture: Capture
    tree: Tree  # reading the body removes elements from it, so the metadata is read first
    timezone: str  # IANA zone of the source, for times without one
    metadata: Metadata
    scope: Node | None = None  # the part of the page that holds the article, if known; see `select`

    @classmethod
    def of(cls, capture: Capture, tree: Tree, timezone: str) -> "Page":
        """A page with its metadata."""
        return cls(capture, tree, timezone, read_metadata(tree))

    @cached_property
    def url(self) -> str | None:
        """Address of the capture, or else the one that the page states; absolute, http(s)."""
        stated = (self.capture.url, self.metadata.canonical, self.metadata.first("og:url"))
        return next((url for url in stated if url and host_of(url)), None)

    def select(self, css: str) -> list[Node]:
        """All matches in the scope, in document order; if there are none, those in the whole page.

        The surroundings of an article are most of a page and of the time; they often have authors and pictures too.
        """
        return (select(self.scope, css) if self.scope is not None else []) or select(self.tree, css)

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
