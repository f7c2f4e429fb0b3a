"""From a page to a draft: by its layout, or else by the shared reading of JSON-LD, OpenGraph and meta elements."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from parsers.fields.bylines import split_names, split_people, strip_prefix
from parsers.fields.characters import clean, clean_or_none, unique
from parsers.fields.dates import DateBasis, Stamp, from_machine, from_visible
from parsers.fields.titles import without_site
from parsers.fields.urls import absolute, host_of
from parsers.page.html import Node, part_of_article, remove_hidden, text_of, without_nested
from parsers.page.metadata import Metadata, as_text, as_texts, keywords
from parsers.page.page import Page
from parsers.reading.access import access_of, access_of_parts, mark_stub, missing_part
from parsers.reading.blocks import read_blocks, remove
from parsers.reading.own_story import own_containers
from parsers.reading.pictures import read_pictures
from parsers.record.article import Access, Block, BlockType, Fidelity
from parsers.record.draft import Draft
from parsers.record.origins import by_layout, first_said, note_changes, values_of
from parsers.source.definition import Layout, ListField, TextField

# Names of the publication time in meta elements; the first that holds a time wins.
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "cxenseparse:recs:publishtime", "pubdate", "date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "datemodified", "og:updated_time", "last-modified",
)  # fmt: skip
_GENRES = {
    "OpinionNewsArticle": "opinion", "AnalysisNewsArticle": "analysis", "BackgroundNewsArticle": "analysis",
    "ReviewNewsArticle": "review", "Review": "review", "LiveBlogPosting": "live", "NewsArticle": "news",
    "ReportageNewsArticle": "news", "SatiricalArticle": "satire", "AdvertiserContentArticle": "advertorial",
}  # fmt: skip
_PARTED = re.compile(r"\s\W+\s|[|｜_]")  # titles that a separator may part
_AUTHOR_META = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "citation_author")
_AUTHOR_MARKUP = '[itemprop="author"], [rel="author"]'
_ADDRESS = re.compile(r"://|^@|^www\.|\.(?:com|org|net)/")  # profiles in place of a name
_TIME_ELEMENT = "time[datetime]"
_CHANGED = re.compile(r"updated|modified", re.I)  # classes of the time of the last change
# The common form of RFC 5646: language, perhaps script or region; not `English`.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_page(page: Page, layout: Layout, containers: Sequence[Node]) -> Draft:
    """Read the whole page; `containers` are the matches of `layout.body`. Changes the tree, so it can't be repeated."""
    containers = own_containers(page, containers)
    page = replace(page, scope=part_of_article(containers[0]))
    metadata = page.metadata
    paid = layout.paywall is not None and page.tree.css_first(layout.paywall) is not None
    missing = None if paid else missing_part(metadata, page.tree)
    draft = Draft(Fidelity.PARTIAL if paid or missing else Fidelity.HTML)
    if paid or missing:
        wall = f"layout paywall: {layout.paywall}" if paid else f"{metadata.subject}.hasPart: no {missing} in the page"
        draft.origins["fidelity"] = wall
    draft.title = first_said(draft, "title", _titles(page, layout))
    draft.byline = _byline(page, layout, draft)
    draft.authors = _authors(page, layout, draft) or ()
    draft.published = _published(page, layout, draft)
    draft.modified_at = first_said(draft, "modified_at", _modified(page, layout))
    sections = _readings(page, layout.section, "articleSection", "article:section")
    draft.section = first_said(draft, "section", sections)
    draft.topics = first_said(draft, "topics", _topics(page, layout)) or ()
    draft.persons = first_said(draft, "persons", _listed(page, layout.persons)) or ()
    draft.regions = first_said(draft, "regions", _listed(page, layout.regions)) or ()
    draft.language = first_said(draft, "language", _languages(page, layout))
    draft.genre = first_said(draft, "genre", _genres(page, layout))
    draft.access = first_said(draft, "access", _access(page, layout, paid=paid))
    draft.canonical_url = first_said(draft, "canonical_url", _addresses(metadata))
    read_story(page, layout, containers, draft)
    if layout.refine:
        before = values_of(draft)
        layout.refine(page, draft)
        note_changes(draft, before, layout.refine)
    mark_stub(draft)
    return draft


def read_story(page: Page, layout: Layout, containers: Sequence[Node], draft: Draft) -> None:
    """Read pictures, their credits, related links and the body with its lead; no metadata but the leading picture."""
    draft.images, draft.origins["images"] = read_pictures(page, layout, containers)
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)
    draft.origins["photo_credits"] = "credits of the pictures"
    _read_related(page, layout, containers, draft)
    draft.body = _body(page, layout, containers)
    draft.origins["body"] = by_layout(layout.body)
    if layout.lead:
        draft.origins["lead"] = by_layout(layout.lead)


def _text(page: Page, field: TextField | None) -> str | None:
    if field is None:
        return None
    return page.text(field) if isinstance(field, str) else clean_or_none(field(page))


def _list(page: Page, field: ListField | None) -> tuple[str, ...] | None:
    if field is None:
        return None
    return unique(page.texts(field) if isinstance(field, str) else map(clean, field(page)))


def _readings(page: Page, field: TextField | None, jsonld: str, *meta: str) -> Iterator[tuple[str | None, str]]:
    """The values of a field and their origins, most trusted first: layout, JSON-LD, meta elements."""
    if field is not None:
        yield _text(page, field), by_layout(field)
    metadata = page.metadata
    stated = metadata.jsonld(jsonld)
    if stated:
        yield stated, f"{metadata.subject}.{jsonld}"
    if meta:
        yield metadata.first_named(*meta)


def _titles(page: Page, layout: Layout) -> Iterator[tuple[str | None, str]]:
    if layout.title is not None:
        yield _text(page, layout.title), by_layout(layout.title)
    metadata = page.metadata
    stated = (metadata.jsonld("headline"), f"{metadata.subject}.headline")
    for title, origin in (stated, metadata.first_named("og:title", "twitter:title")):
        if title:
            yield without_site(title, _site_names(page), page.texts("h1")) if _PARTED.search(title) else title, origin
    yield page.text("h1"), "h1"
    yield next(map(text_of, page.own('[itemprop="headline"]')), None), "itemprop headline"


def _site_names(page: Page) -> list[str | None]:
    """What the site calls itself, and the names in its host: `theissue` of `www.theissue.com`."""
    metadata = page.metadata
    publishers = as_texts(metadata.resolved("publisher"))
    host = host_of(page.url) or ""
    named = (metadata.first("og:site_name"), metadata.first("application-name"))
    return [*named, *publishers, host, host.removeprefix("www."), *host.split(".")]


def _addresses(metadata: Metadata) -> Iterator[tuple[str | None, str]]:
    yield absolute(metadata.canonical, metadata.base) or metadata.canonical, "link rel=canonical"
    yield metadata.first_named("og:url")


def _listed(page: Page, field: ListField | None) -> Iterator[tuple[tuple[str, ...], str]]:
    if field is not None:
        yield _list(page, field) or (), by_layout(field)


def _byline(page: Page, layout: Layout, draft: Draft) -> str | None:
    field = layout.byline
    if field is None:
        return None
    draft.origins["byline"] = by_layout(field)
    if isinstance(field, str):
        return ", ".join(unique(page.texts(field))) or None
    return _text(page, field)


def _authors(page: Page, layout: Layout, draft: Draft) -> tuple[str, ...] | None:
    """Names from the layout, or else from JSON-LD, meta elements (except addresses), or the byline."""
    if layout.authors is not None:
        named = _list(page, layout.authors) or ()
        return first_said(draft, "authors", [(unique(map(strip_prefix, named)), by_layout(layout.authors))])
    metadata = page.metadata
    found, origin = as_texts(metadata.resolved("author")), f"{metadata.subject}.author"
    if not found:
        names = [name for name in _AUTHOR_META if name in metadata.meta]
        found, origin = tuple(text for name in names for text in metadata.all(name)), f"meta {', '.join(names)}"
    # A single text is often a whole byline.
    people = unique(name for text in found if not _ADDRESS.search(text) for name in split_people(text))
    of_byline = split_names(draft.byline) if draft.byline and not people else ()
    marked = _people_of_markup(page) if not people and not of_byline else ()
    readings = [(people, origin), (of_byline, "names of the byline"), (marked, _AUTHOR_MARKUP)]
    return first_said(draft, "authors", readings)


def _people_of_markup(page: Page) -> tuple[str, ...]:
    """Names that microdata or links mark as those of the authors."""
    nodes = without_nested(page.own(_AUTHOR_MARKUP))
    names = (node.css_first('[itemprop="name"]') or node for node in nodes)
    return unique(
        name for node in names for name in split_people(clean(node.attributes.get("content") or text_of(node)))
    )


def _published(page: Page, layout: Layout, draft: Draft) -> Stamp | None:
    """The first reading with a time, or else the first with a text."""
    incomplete = None
    for reading in _published_readings(page, layout):
        incomplete = incomplete or reading
        if reading[0].at is not None:
            return first_said(draft, "published", [reading])
    return first_said(draft, "published", [incomplete] if incomplete else [])


def _published_readings(page: Page, layout: Layout) -> Iterator[tuple[Stamp, str]]:
    """Readings of the publication time, most trusted first."""
    shown = _text(page, layout.published)
    if shown and layout.published:
        stamp = from_machine(shown, DateBasis.TIME_ELEMENT, page.timezone) or _visible(page, layout, shown)
        yield stamp, by_layout(layout.published)
    metadata = page.metadata
    stated = metadata.jsonld("datePublished")
    if stated:
        yield _stated(page, stated, DateBasis.JSONLD), f"{metadata.subject}.datePublished"
    for name in _PUBLISHED_META:
        for value in metadata.all(name):
            machine = from_machine(value, DateBasis.META, page.timezone)
            if machine:
                yield machine, f"meta {name}"
    for shown in page.own('[itemprop="datePublished"]'):
        stated = shown.attributes.get("content") or shown.attributes.get("datetime") or text_of(shown)
        yield _stated(page, clean(stated), DateBasis.TIME_ELEMENT), "itemprop datePublished"
    for shown in page.own(_TIME_ELEMENT):
        if not _CHANGED.search(shown.attributes.get("class") or ""):
            yield _stated(page, clean(shown.attributes["datetime"] or ""), DateBasis.TIME_ELEMENT), _TIME_ELEMENT
            break
    stated = as_text(metadata.web_page.get("datePublished"))
    if stated:
        yield _stated(page, stated, DateBasis.JSONLD), "JSON-LD WebPage.datePublished"


def _stated(page: Page, text: str, basis: DateBasis) -> Stamp:
    """A time in place of a machine format; some sites write `November 19, 2019, 07:47 PM EST` there."""
    return from_machine(text, basis, page.timezone) or from_visible(text, page.timezone, basis=basis)


def _visible(page: Page, layout: Layout, shown: str) -> Stamp:
    stamp = from_visible(shown, page.timezone)
    if stamp.at is None and layout.year_from_capture and page.capture.captured_at_basis.trusted:
        basis = DateBasis.VISIBLE_TEXT_YEAR_FROM_CAPTURE
        return from_visible(shown, page.timezone, not_after=page.capture.captured_at.date(), basis=basis)
    return stamp


def _modified(page: Page, layout: Layout) -> Iterator[tuple[datetime | None, str]]:
    for text, origin in _readings(page, layout.modified, "dateModified", *_MODIFIED_META):
        if text:
            stamp = from_machine(text, DateBasis.META, page.timezone) or from_visible(text, page.timezone)
            yield stamp.at, origin


def _topics(page: Page, layout: Layout) -> Iterator[tuple[tuple[str, ...], str]]:
    if layout.topics is not None:  # even if it finds none
        yield from _listed(page, layout.topics)
        return
    metadata = page.metadata
    yield keywords(metadata.article.get("keywords")), f"{metadata.subject}.keywords"
    yield keywords(metadata.all("article:tag")), "meta article:tag"
    stated, origin = metadata.first_named("news_keywords", "keywords", "parsely-tags")
    yield keywords(stated), origin


def _languages(page: Page, layout: Layout) -> Iterator[tuple[str, str]]:
    root = page.tree.root
    stated = root.attributes.get("lang") if root is not None else None
    for text, origin in (*_readings(page, layout.language, "inLanguage"), (stated, "html lang")):
        tag = text.strip().replace("_", "-") if text else ""
        if _LANGUAGE.fullmatch(tag):
            yield tag, origin


def _genres(page: Page, layout: Layout) -> Iterator[tuple[str | None, str]]:
    if layout.genre is not None:
        yield _text(page, layout.genre), by_layout(layout.genre)
    types = page.metadata.types
    yield next((genre for name, genre in _GENRES.items() if name in types), None), f"{page.metadata.subject}, its type"


def _access(page: Page, layout: Layout, *, paid: bool) -> Iterator[tuple[Access | None, str]]:
    if paid:
        yield Access.PAID, f"layout paywall: {layout.paywall}"
    for stated, origin in _readings(page, layout.access, "isAccessibleForFree", "article:content_tier"):
        if stated:
            yield access_of(stated), origin
            return
    yield access_of_parts(page.metadata), f"{page.metadata.subject}.hasPart"


def _read_related(page: Page, layout: Layout, containers: Sequence[Node], draft: Draft) -> None:
    if layout.related is None:
        return
    links = [node for container in containers for node in container.css(layout.related)]
    draft.origins["related_titles"] = draft.origins["related_urls"] = by_layout(layout.related)
    draft.related_titles = unique(map(text_of, links))
    hrefs = (node if node.tag == "a" else node.css_first("a") for node in links)
    addresses = (page.absolute(node.attributes.get("href")) for node in hrefs if node is not None)
    draft.related_urls = unique(address for address in addresses if address)


def _body(page: Page, layout: Layout, containers: Sequence[Node]) -> list[Block]:
    unwanted = ", ".join(filter(None, (layout.furniture, layout.drop, layout.related)))
    leads = page.select(layout.lead) if layout.lead else []
    if unwanted:
        for root in without_nested([*containers, *leads]):
            remove(root, unwanted)
            remove_hidden(root)
    inside = frozenset(node.mem_id for lead in leads for node in lead.traverse())
    blocks = read_blocks(containers, layout.blocks, layout.headings, inside)
    if any(block.type is BlockType.LEAD for block in blocks):
        return blocks
    return [*(Block(BlockType.LEAD, text) for text in unique(map(text_of, leads))), *blocks]
