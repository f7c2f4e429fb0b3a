"""Papers of the Chunichi Shimbun, whose texts are many elements: each `block` is a paragraph, a picture or links."""

from collections.abc import Sequence
from typing import Final

from parsers.page.metadata import as_texts
from parsers.page.page import Page
from parsers.source.definition import Layout


def _topics(page: Page) -> Sequence[str]:
    """The sections, without those that only say that it is news."""
    return [name for name in as_texts(page.metadata.resolved("articleSection")) if "ニュース" not in name]


CHUNICHI: Final = Layout(
    "2025-01",
    body="#entry > .block",
    drop=".cmp-lst003, .wrap",
    section=lambda page: next(iter(_topics(page)), None),
    topics=_topics,
    figures="#entry .wrap, #entry .thumb",
    caption=".caption, .thumb-caption",
)
