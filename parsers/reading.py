"""A page and its layout to a draft: the shared reading of JSON-LD, OpenGraph and meta, under what the layout says."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from parsers.article import Access, Block, BlockType, DateBasis, Fidelity
from parsers.blocks import read_blocks, remove
from parsers.bylines import split_names, split_people, strip_prefix
from parsers.characters import clean, clean_or_none, unique
from parsers.dates import Stamp, from_machine, from_visible
from parsers.draft import Draft
from parsers.html import Node, attribute, part_of_article, text_of, without_nested
from parsers.metadata import Metadata, as_text, as_texts, keywords, types_of
from parsers.page import Page
from parsers.pictures import read_pictures
from parsers.source import Layout, ListField, TextField
from parsers.urls import absolute

# Names under which sites put the publication time; the first that holds a time wins.
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "cxenseparse:recs:publishtime", "pubdate", "date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time",
    "og:article:modified_time",
    "datemodified",
    "og:updated_time",
    "last-modified",
)
_GENRES = {
    "OpinionNewsArticle": "opinion", "AnalysisNewsArticle": "analysis", "BackgroundNewsArticle": "analysis",
    "ReviewNewsArticle": "review", "Review": "review", "LiveBlogPosting": "live", "NewsArticle": "news",
    "ReportageNewsArticle": "news", "SatiricalArticle": "satire", "AdvertiserContentArticle": "advertorial",
}  # fmt: skip
_ACCESS = {
    "true": Access.FREE,
    "false": Access.PAID,
    "free": Access.FREE,
    "metered": Access.METERED,
    "locked": Access.PAID,
}
# RFC 5646 in its common form: language, perhaps script or region; not `English`.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_page(page: Page, layout: Layout, containers: Sequence[Node]) -> Draft:
    """Read everything that the page says, by the layout where it speaks and by the shared rules where it doesn't.

    Args:
        page: the page; its tree is changed (furniture is removed), so it is read once.
        layout: the layout that matched.
        containers: the matches of `layout.body`.
    """
    page = Page(page.capture, page.tree, page.timezone, part_of_article(containers[0]))
    metadata = page.metadata  # before the tree is changed
    paid = layout.paywall is not None and page.tree.css_first(layout.paywall) is not None
    draft = Draft(Fidelity.PARTIAL if paid else Fidelity.HTML)
    draft.title = (
        _text(page, layout.title) or metadata.jsonld("headline") or metadata.first("og:title") or page.text("h1")
    )
    draft.byline = _byline(page, layout)
    draft.authors = _authors(page, layout, draft.byline)
    draft.published = _published(page, layout)
    draft.modified_at = _modified(page, layout)
    draft.section = (
        _text(page, layout.section) or metadata.jsonld("articleSection") or metadata.first("article:section")
    )
    draft.topics = _topics(page, layout)
    draft.persons = _list(page, layout.persons) or ()
    draft.regions = _list(page, layout.regions) or ()
    draft.language = _language(page, layout)
    draft.genre = _text(page, layout.genre) or _genre(metadata)
    draft.access = Access.PAID if paid else _access(page, layout)
    draft.canonical_url = metadata.canonical or metadata.first("og:url")
    read_story(page, layout, containers, draft)
    if layout.refine:
        layout.refine(page, draft)
    return draft


def read_story(page: Page, layout: Layout, containers: Sequence[Node], draft: Draft) -> None:
    """Read what the containers hold, and the pictures and the lead that may stand elsewhere: no metadata.

    Args:
        page: as for `read_page`.
        layout: as for `read_page`.
        containers: as for `read_page`.
        draft: takes pictures, their credits, related links and the body.
    """
    draft.images = read_pictures(page, layout, containers)
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)
    _read_related(page, layout, containers, draft)
    draft.body = _body(page, layout, containers)


def _text(page: Page, field: TextField | None) -> str | None:
    if field is None:
        return None
    return page.text(field) if isinstance(field, str) else clean_or_none(field(page))


def _list(page: Page, field: ListField | None) -> tuple[str, ...] | None:
    if field is None:
        return None
    return unique(page.texts(field) if isinstance(field, str) else map(clean, field(page)))


def _byline(page: Page, layout: Layout) -> str | None:
    if isinstance(layout.byline, str):
        return ", ".join(unique(page.texts(layout.byline))) or None
    return _text(page, layout.byline)


def _authors(page: Page, layout: Layout, byline: str | None) -> tuple[str, ...]:
    """Names by the layout; else of JSON-LD; else of meta elements, unless those hold an address; else of the byline."""
    named = _list(page, layout.authors)
    if named is not None:
        return unique(strip_prefix(name) for name in named)
    metadata = page.metadata
    found = as_texts(metadata.resolved("author")) or tuple(
        name for key in ("author", "article:author", "parsely-author") for name in metadata.all(key)
    )
    # One text is often a whole byline.
    names = unique(name for text in found if "://" not in text for name in split_people(text))
    return names or (split_names(byline) if byline else ())


def _published(page: Page, layout: Layout) -> Stamp | None:
    """The first reading that gives a time; else the first that at least gives a text."""
    incomplete = None
    for stamp in _published_readings(page, layout):
        if stamp.at is not None:
            return stamp
        incomplete = incomplete or stamp
    return incomplete


def _published_readings(page: Page, layout: Layout) -> Iterator[Stamp]:
    """Readings of the publication time, most trusted first."""
    shown = _text(page, layout.published)
    if shown:
        yield from_machine(shown, DateBasis.TIME_ELEMENT, page.timezone) or _visible(page, layout, shown)
    stated = page.metadata.jsonld("datePublished")
    if stated:
        yield _stated(page, stated, DateBasis.JSONLD)
    for name in _PUBLISHED_META:
        for value in page.metadata.all(name):
            stamp = from_machine(value, DateBasis.META, page.timezone)
            if stamp:
                yield stamp
    stated = attribute(page.tree, "article time[datetime]", "datetime")
    if stated:
        yield _stated(page, clean(stated), DateBasis.TIME_ELEMENT)


def _stated(page: Page, text: str, basis: DateBasis) -> Stamp:
    """What stands where a machine format belongs; some sites write `November 19, 2019, 07:47 PM EST` there."""
    return from_machine(text, basis, page.timezone) or from_visible(text, page.timezone, basis=basis)


def _visible(page: Page, layout: Layout, shown: str) -> Stamp:
    stamp = from_visible(shown, page.timezone)
    if stamp.at is None and layout.year_from_capture and page.capture.captured_at_basis.trusted:
        basis = DateBasis.VISIBLE_TEXT_YEAR_FROM_CAPTURE
        return from_visible(shown, page.timezone, not_after=page.capture.captured_at.date(), basis=basis)
    return stamp


def _modified(page: Page, layout: Layout) -> datetime | None:
    shown = _text(page, layout.modified)
    candidates = [shown, page.metadata.jsonld("dateModified"), page.metadata.first(*_MODIFIED_META)]
    for text in filter(None, candidates):
        stamp = from_machine(text, DateBasis.META, page.timezone) or from_visible(text, page.timezone)
        if stamp.at is not None:
            return stamp.at
    return None


def _topics(page: Page, layout: Layout) -> tuple[str, ...]:
    named = _list(page, layout.topics)
    if named is not None:
        return named
    metadata = page.metadata
    return keywords(metadata.article.get("keywords")) or (
        keywords(metadata.all("article:tag")) or keywords(metadata.first("news_keywords", "keywords", "parsely-tags"))
    )


def _language(page: Page, layout: Layout) -> str | None:
    root = page.tree.root
    stated = root.attributes.get("lang") if root is not None else None
    candidates = (_text(page, layout.language), page.metadata.jsonld("inLanguage"), stated)
    tags = (text.strip().replace("_", "-") for text in candidates if text)
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag)), None)


def _genre(metadata: Metadata) -> str | None:
    types = types_of(metadata.article)
    return next((genre for name, genre in _GENRES.items() if name in types), None)


def _access(page: Page, layout: Layout) -> str | None:
    stated = (
        _text(page, layout.access)
        or as_text(page.metadata.article.get("isAccessibleForFree"))
        or page.metadata.first("article:content_tier")
    )
    return _ACCESS.get(stated.lower().rsplit("/", 1)[-1]) if stated else None  # `http://schema.org/False`


def _read_related(page: Page, layout: Layout, containers: Sequence[Node], draft: Draft) -> None:
    if layout.related is None:
        return
    links = [node for container in containers for node in container.css(layout.related)]
    draft.related_titles = unique(map(text_of, links))
    hrefs = (node if node.tag == "a" else node.css_first("a") for node in links)
    addresses = (absolute(node.attributes.get("href"), page.url) for node in hrefs if node is not None)
    draft.related_urls = unique(address for address in addresses if address)


def _body(page: Page, layout: Layout, containers: Sequence[Node]) -> list[Block]:
    unwanted = ", ".join(filter(None, (layout.furniture, layout.drop, layout.related)))
    leads = page.select(layout.lead) if layout.lead else []
    if unwanted:
        for root in without_nested([*containers, *leads]):
            remove(root, unwanted)
    inside = frozenset(node.mem_id for lead in leads for node in lead.traverse())
    blocks = read_blocks(containers, layout.blocks, layout.headings, inside)
    if any(block.type is BlockType.LEAD for block in blocks):
        return blocks
    return [*(Block(BlockType.LEAD, text) for text in unique(map(text_of, leads))), *blocks]
