"""Hankook Ilbo, https://www.hankookilbo.com. Layouts verified on saved pages from 2025-05, 2026-01 and 2026-07."""

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.fields.bylines import strip_prefix
from parsers.page.embedded import embedded
from parsers.page.html import attribute, text_of, texts
from parsers.page.metadata import as_texts
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Sitemap

# Direct children of the text, and the editor's own blocks inside a box. Captions and lists of other stories sit deeper
# and have other classes. No element may match twice, or it would be read twice.
_INSIDE = ":is(.col-main, .article-view, main)"
_AND_OTHERS = re.compile(r"\s외\s\d+명$")  # `홍길동 기자 외 1명`: "and one other", without the name


def _byline(page: Page) -> str | None:
    """`홍길동 기자`, with the place they report from, without the e-mail address."""
    writer = next(iter(page.select(".writer .name")), None)
    if writer is None:
        named = page.metadata.all("author")  # the paper itself, then the reporter
        return named[-1] if len(named) > 1 else None
    return text_of(writer).removesuffix(" ".join(texts(writer, ".email")))


def _authors(page: Page) -> Sequence[str]:
    """The people that JSON-LD names; meta elements name only the first of them."""
    named = page.metadata.all("article:author")
    stated = as_texts(page.metadata.resolved("author"))
    return stated or [strip_prefix(_AND_OTHERS.sub("", text)) for text in named if "://" not in text]


def _embedded_html(page: Page) -> str:
    """The story as the site's script receives it. The server leaves marks between paragraphs for adverts."""
    story = embedded(page, "contentHtml")
    deck = f'<h2 class="sub-tit-ll">{story.get("subTitle") or ""}</h2>'
    return deck + str(story["contentHtml"]).replace("$$ARTICLEAD$$", "")


def _embedded_authors(page: Page) -> Sequence[str]:
    lines = embedded(page, "contentHtml").get("byLines")
    known = (line for line in lines if isinstance(line, dict)) if isinstance(lines, list) else ()
    return as_texts([line.get("writerName") or line.get("manualWriterName") for line in known])


_STORY = Layout(
    "2026-07",
    body="#article-view-content",
    blocks=f"{_INSIDE} > :is(p, h2, h3, h4, blockquote), {_INSIDE} > :is(ul, ol) > li,"
    f" {_INSIDE} > :is(div, section) :is(.editor-p, .editor-tit)",
    lead="h2.sub-tit-ll",
    # A boxed quotation is shown like a picture, between paragraphs that don't refer to it.
    drop=".module-quote, .writer",
    byline=_byline,
    section=lambda page: page.metadata.first("article:section", "content_category"),
    language=lambda _: "ko",  # JSON-LD of 2025 says `kr`, the tag of Kanuri
    related=".editor-link a, .related-article a",
    figures=".editor-img-box",
    caption=".caption p",
    # A caption is one or more sentences, then the photographer: `… 있다. 연합뉴스`, `… 있다. 홍길동 기자`.
    credit=re.compile(r"(?<=[.?!\"”])\s+([^.?!]{2,30})$"),
)
_EMBEDDED = replace(
    _STORY,
    name="2026-01",
    body="#gtm-article-data",
    title=lambda page: attribute(page.tree, "#gtm-article-data", "data-title"),
    authors=_embedded_authors,
    published=lambda page: attribute(page.tree, "#gtm-article-data", "data-deploy-dt"),
    modified=lambda page: attribute(page.tree, "#gtm-article-data", "data-re-deploy-dt"),
    html=_embedded_html,
)

SOURCE = Source(
    name="hankookilbo",
    title="Hankook Ilbo",
    hosts=("hankookilbo.com",),
    language="ko",
    timezone="Asia/Seoul",
    version=5,
    discovery=(Sitemap("https://www.hankookilbo.com/sitemap/news"),),
    article_url=re.compile(r"^/news/(read|article)/[a-z]\d+", re.I),
    layouts=(
        replace(_STORY, authors=_authors),
        _EMBEDDED,
        replace(_STORY, name="2025-05", body="div.col-main[itemprop=articleBody]"),
    ),
    generic=True,
)
