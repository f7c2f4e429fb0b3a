"""Where each field of an article comes from: noted while a page is read, told by `newslake show`."""

from typing import Any

import pytest

from parsers.page.page import Page
from parsers.record.article import Block, BlockType, Fidelity
from parsers.record.draft import BODY_FIGURES, Draft, note_text_layout
from parsers.record.outcome import Parsed
from tests.captures import html_capture
from tests.unit.test_reading import outcome_of


def origins(head: str = "", body: str = "<main><p>Some text.</p></main>", **layout: Any) -> dict[str, str]:
    page = f"<html lang=en><head><title>T</title>{head}</head><body><h1>A story</h1>{body}</body></html>"
    outcome = outcome_of(html_capture(page, url="https://news.example/2024/a-story"), page, layout)
    assert isinstance(outcome, Parsed)
    return outcome.origins


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def loud(_page: Page, draft: Draft) -> None:
    draft.title = (draft.title or "").upper()
    draft.section = "News"


@pytest.mark.parametrize(
    ("head", "layout", "field", "origin"),
    [
        ("", {}, "title", "h1"),
        ("<meta property=og:title content=A>", {}, "title", "meta og:title"),
        (jsonld('{"@type": ["Article", "NewsArticle"], "headline": "A"}'), {}, "title", "JSON-LD NewsArticle.headline"),
        (jsonld('{"@type": "Article", "headline": "A"}'), {"title": "h1"}, "title", "layout: h1"),
        ("", {"refine": loud}, "title", "h1, then loud"),
        ("", {"refine": loud}, "section", "layout: function loud"),
        ("<meta name=author content='Jane Roe'>", {}, "authors", "meta author"),
        ("", {"byline": "h1"}, "authors", "names of the byline"),
        ("<meta name=date content=2024-05-01>", {}, "published_raw", "meta date"),
        ("<meta property=article:modified_time content=2024-05-01>", {}, "modified_at", "meta article:modified_time"),
        ("<meta name=keywords content='a, b'>", {}, "topics", "meta keywords"),
        ("", {}, "language", "html lang"),
        (jsonld('{"@type": "Review"}'), {}, "genre", "JSON-LD Review, its type"),
        ("<meta property=article:content_tier content=metered>", {}, "access", "meta article:content_tier"),
        ("", {"paywall": "h1"}, "access", "layout paywall: h1"),
        ("", {}, "canonical_url", "the address that was asked for"),
        ("<link rel=canonical href=/2024/a-story-2>", {}, "canonical_url", "link rel=canonical"),
        ("<meta property=og:image content=/a.jpg>", {}, "images", "meta og:image"),
    ],
)
def test_origin_is_that_of_the_reading_that_was_taken(
    head: str, layout: dict[str, Any], field: str, origin: str
) -> None:
    assert origins(head, **layout)[field] == origin


def test_pictures_of_the_metadata_and_of_the_page_are_told_apart() -> None:
    stated = '<meta property=og:image content="/leading.jpg">'
    shown = "<main><p>Some text.</p><figure><img src=/other.jpg></figure></main>"
    assert origins(body=shown)["images"] == BODY_FIGURES
    assert origins(stated, shown)["images"] == f"meta og:image; {BODY_FIGURES}"
    assert origins(stated, shown.replace("other", "leading"))["images"] == BODY_FIGURES
    assert origins(stated, shown, figures="figure")["images"] == "layout: figure"


def test_line_of_a_text_is_told_only_where_no_other_line_is_the_same() -> None:
    body = [Block(BlockType.LEAD, "What it is."), Block(BlockType.PARAGRAPH, "Some text.")]
    draft = Draft(Fidelity.TEXT, title="A story", section="News", topics=("Bays",), body=body)
    note_text_layout(draft, "text")
    assert draft.origins == {
        "title": "text layout text",
        "section": "text layout text",
        "topics": "text layout text",
        "body": "text layout text",
        "lead": "text layout text",
    }
