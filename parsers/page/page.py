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
    """What a layout reads.

    Attributes:
        capture: where the page comes from.
        tree: the parsed document; dropping body furniture changes it, so metadata is read first.
        timezone: IANA zone of the source, for times without one.
        scope: the part of the page that the article stands in, where that is known; see `select`.
    """

    capture: Capture
    tree: Tree
    timezone: str
    scope: Node | None = None

    @cached_property
    def metadata(self) -> Metadata:
        """Meta elements, canonical link and JSON-LD."""
        return read_metadata(self.tree)

    def within(self, scope: Node | None) -> "Page":
        """The same page with another scope; its metadata is not read again."""
        page = Page(self.capture, self.tree, self.timezone, scope)
        page.__dict__["metadata"] = self.metadata  # where `cached_property` keeps it
        return page

    @cached_property
    def url(self) -> str | None:
        """Address of the capture, else the one that the page gives itself; absolute, http(s)."""
        stated = (self.capture.url, self.metadata.canonical, self.metadata.first("og:url"))
        return next((url for url in stated if url and host_of(url)), None)

    def select(self, css: str) -> list[Node]:
        """All matches in the scope, in document order; only if there is none, those in the whole page.

        What surrounds an article is most of a page, costs most of the time, and often has authors and pictures too.
        """
        return (select(self.scope, css) if self.scope is not None else []) or select(self.tree, css)

    def text(self, css: str) -> str | None:
        """The first match that says something: its `content` or `datetime` attribute, else its text."""
        return next((text for text in map(_value, self.select(css)) if text), None)

    def texts(self, css: str) -> list[str]:
        """The texts of all matches, without empty ones; a match inside another is part of it."""
        return [text for text in map(_value, without_nested(self.select(css))) if text]


def _value(node: Node) -> str:
    attributes = node.attributes
    stated = attributes.get("content") or attributes.get("datetime")
    return clean_markup(stated) if stated else text_of(node)
