"""Hankook Ilbo, https://www.hankookilbo.com. Layouts verified on saved pages from 2025-05, 2026-01 and 2026-07.

Discovery follows public documentation and has not been tried against the live site.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import orjson

from parsers.fields.characters import clean_or_none
from parsers.page.html import LayoutError, Tree, attribute, text_of, texts
from parsers.page.metadata import Json, as_texts
from parsers.page.page import Page
from parsers.reading.reading import read_story
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Sitemap

# Direct children of the text, and the editor's own blocks inside a box. Captions and lists of other stories sit deeper
# and have other classes. No element may match twice, or it would be read twice.
_INSIDE = ":is(.col-main, .article-view)"
_BLOCKS = (
    f"{_INSIDE} > :is(p, h2, h3, h4, blockquote), {_INSIDE} > :is(ul, ol) > li,"
    f" {_INSIDE} > :is(div, section) :is(.editor-p, .editor-tit)"
)
_DECK = "h2.sub-tit-ll"
# A caption is one or more sentences, then the photographer: `… 있다. 연합뉴스`, `… 있다. 홍길동 기자`.
_CREDIT = re.compile(r"(?<=[.?!\"”])\s+([^.?!]{2,30})$")
# The site's server leaves this between paragraphs, for a script to replace with adverts.
_ADVERT = "$$ARTICLEAD$$"


def _genre(page: Page) -> str | None:
    section = page.metadata.first("content_category", "article:section") or ""
    return "opinion" if section in ("오피니언", "사설", "칼럼") else None


# `홍길동 기자` is "reporter Hong Gildong"; `외 1명` adds "and one other", without the name.
_AFTER_NAME = re.compile(r"(?:\s\S*기자)?(?:\s외\s\d+명)?$")


def _byline(page: Page) -> str | None:
    """`홍길동 기자`, with the place they report from, without the e-mail address."""
    writer = next(iter(page.select(".writer .name")), None)
    if writer is None:
        named = page.metadata.all("author")  # the paper itself, then the reporter
        return named[-1] if len(named) > 1 else None
    return text_of(writer).removesuffix(" ".join(texts(writer, ".email")))


def _authors(page: Page) -> Sequence[str]:
    """The people that JSON-LD names; meta elements name only the first of them: `홍길동 기자 외 1명`."""
    named = as_texts(page.metadata.resolved("author"))
    return named or [_AFTER_NAME.sub("", text) for text in page.metadata.all("article:author") if "://" not in text]


_STORY = Layout(
    "2026-07",
    body="#article-view-content",
    blocks=_BLOCKS,
    lead=_DECK,
    # A boxed quotation is shown like a picture, between paragraphs that don't refer to it.
    drop=".module-quote, .writer, .ad",
    byline=_byline,
    section=lambda page: page.metadata.first("article:section", "content_category"),
    language=lambda _: "ko",  # JSON-LD of 2025 says `kr`, the tag of Kanuri
    genre=_genre,
    related=".editor-link a, .related-article a",
    figures=".editor-img-box",
    caption=".caption p",
    credit=_CREDIT,
)


def _embedded(page: Page) -> Json:
    """The story as the site's script receives it: a query result that the server pushes to `window.__RQ_...`.

    Raises:
        LayoutError: no query result of the page is a story.
    """
    for script in page.tree.css("script"):
        text = script.text().strip()
        if '"contentHtml"' not in text or not text.startswith("window["):
            continue
        try:
            pushed = orjson.loads(text[text.index(".push(") + len(".push(") : text.rindex(")")])
        except ValueError as error:
            raise LayoutError(f"the embedded query results are cut short or damaged: {error}") from error
        for query in pushed["queries"] if isinstance(pushed, dict) and isinstance(pushed.get("queries"), list) else ():
            detail = _dig(query, "state", "data", "data", "detail")
            if isinstance(_dig(detail, "contentHtml"), str):
                return cast("Json", detail)
    raise LayoutError("the page embeds no query result that is a story")


def _dig(value: object, *keys: str) -> object:
    """The value at the end of a chain of keys, None where the chain breaks."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _read_embedded(page: Page, draft: Draft) -> None:
    """Read the story's HTML, which the page holds only as text inside a script, as if it were part of the page."""
    detail = _embedded(page)
    deck = f'<h2 class="sub-tit-ll">{detail.get("subTitle") or ""}</h2>'
    tree = Tree(f'<main class="article-view">{deck}{detail["contentHtml"].replace(_ADVERT, "")}</main>')
    story, leading = Page.of(page.capture, tree, page.timezone), draft.images
    draft.byline = clean_or_none(_byline(story))  # first: reading the body removes it
    read_story(story, _STORY, tree.css("main.article-view"), draft)
    draft.images = draft.images or leading
    lines = detail.get("byLines")
    if isinstance(lines, list):
        draft.authors = as_texts([_dig(line, "writerName") or _dig(line, "manualWriterName") for line in lines])


def _embedded_title(page: Page) -> str | None:
    return attribute(page.tree, "#gtm-article-data", "data-title")


SOURCE = Source(
    name="hankookilbo",
    title="Hankook Ilbo",
    hosts=("hankookilbo.com",),
    language="ko",
    timezone="Asia/Seoul",
    version=3,
    discovery=(Sitemap("https://www.hankookilbo.com/sitemap/news"),),
    article_url=re.compile(r"^/news/(read|article)/[a-z]\d+", re.I),
    layouts=(
        replace(_STORY, authors=_authors),
        replace(
            _STORY,
            name="2026-01",
            body="#gtm-article-data",
            title=_embedded_title,
            published=lambda page: attribute(page.tree, "#gtm-article-data", "data-deploy-dt"),
            modified=lambda page: attribute(page.tree, "#gtm-article-data", "data-re-deploy-dt"),
            refine=_read_embedded,
        ),
        replace(_STORY, name="2025-05", body="div.col-main[itemprop=articleBody]"),
    ),
)
