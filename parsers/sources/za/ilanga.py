"""Ilanga, https://ilanganews.co.za. Layout verified on saved pages from 2025-12."""

from parsers.page.page import Page
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_FIRST = ".et_pb_post_content > p:first-of-type > strong"


def _signed(page: Page) -> list[str]:
    """The first paragraph if it is a name in capitals: `JANE ROE`. The metadata name whoever uploaded the story."""
    return [text for text in page.texts(_FIRST) if text.isupper()]


def _leave_signature(_: Page, draft: Draft) -> None:
    draft.body = [block for block in draft.body if block.text not in draft.authors]


SOURCE = Source(
    name="ilanga",
    title="Ilanga",
    hosts=("ilanganews.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
    discovery=(Feed("https://ilanganews.co.za/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-12",
    layouts=(Layout("2025-12", body=".et_pb_post_content", authors=_signed, refine=_leave_signature),),
    generic=True,
)
