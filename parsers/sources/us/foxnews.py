"""Fox News, https://www.foxnews.com. Layouts verified on saved pages from 2023-04 and 2024-02."""

from parsers.page.page import Page
from parsers.record.article import BlockType
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source


def _leave_links(_: Page, draft: Draft) -> None:
    """Leave out the paragraphs in capitals, which are links to other stories and to the app."""
    draft.body = [block for block in draft.body if block.type is not BlockType.PARAGRAPH or not block.text.isupper()]


SOURCE = Source(
    name="foxnews",
    title="Fox News",
    hosts=("foxnews.com",),
    language="en",
    timezone="America/New_York",
    layouts=(
        Layout(
            "2023-04",
            body=".article-body",
            drop=".ad-container, .featured-video, .image-ct, .article-gating, .article-meta",
            lead=".article-header .sub-headline",
            figures=".image-ct",
            caption=".caption",
            topics="meta[name=classification-tags]",
            refine=_leave_links,
        ),
    ),
    generic=True,
)
