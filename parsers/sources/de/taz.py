"""taz, https://taz.de. Layouts verified on saved pages from 2023-04 and 2024-10."""

from dataclasses import replace

from parsers.page.page import Page
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists


def _join_initial(page: Page, draft: Draft) -> None:
    """Join the large first letter, an element of its own, to the rest of its word: `N a endlich`."""
    letter = page.text(".initial-letter")
    for index, block in enumerate(draft.body):
        if letter and block.text.startswith(f"{letter} "):
            draft.body[index] = replace(block, text=letter + block.text.removeprefix(f"{letter} "))
            return


SOURCE = Source(
    name="taz",
    title="taz",
    hosts=("taz.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://taz.de/rss.xml"), OwnLists()),
    verified="feed named on saved pages from 2023-04",
    layouts=(
        Layout(
            "2024-10",
            body=".main-article-corpus",
            lead="article > h1 ~ p.column",
            drop=".tzi-bottom-container",
            refine=_join_initial,
        ),
        Layout("2023-04", body="article.sectbody", lead=".intro", drop=".caption, h4"),
    ),
    generic=True,
)
