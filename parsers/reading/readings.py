"""What a page says of a field, with the origin of each reading: the layout speaks first, then the metadata."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, Final

from parsers.fields.characters import clean, clean_or_none, letters, unique
from parsers.fields.urls import address_key, canonical, identity, is_home
from parsers.fields.words import by_word
from parsers.page.html import outermost, text_of
from parsers.page.metadata import Metadata, as_text, keywords, types_of
from parsers.page.page import Page
from parsers.record.draft import by_layout
from parsers.source.definition import Layout, ListField, TextField


def text_field(page: Page, field: TextField | None) -> str | None:
    """The text that a field of a layout finds."""
    if field is None:
        return None
    return page.text(field) if isinstance(field, str) else clean_or_none(field(page))


def list_field(page: Page, field: ListField | None) -> tuple[str, ...] | None:
    """The texts that a field of a layout finds, each once; None if the layout leaves it out."""
    if field is None:
        return None
    if not isinstance(field, str):
        return unique(map(clean, field(page)))
    texts = page.texts(field)
    return unique(word for text in texts for word in keywords(text)) if field.startswith("meta") else unique(texts)


def readings(page: Page, field: TextField | None, jsonld: str, *meta: str) -> Iterator[tuple[str | None, str]]:
    """The values of a field and their origins, most trusted first: layout, JSON-LD, meta elements."""
    if field is not None:
        yield text_field(page, field), by_layout(field)
    metadata = page.metadata
    stated = metadata.jsonld(jsonld)
    if stated:
        yield stated, f"{metadata.subject}.{jsonld}"
    if meta:
        yield metadata.first_named(*meta)


def listed(page: Page, field: ListField | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """The reading of a field that only layouts have."""
    if field is not None:
        yield list_field(page, field) or (), by_layout(field)


def labelled(page: Page, css: str, label: re.Pattern[str]) -> str | None:
    """The text of the first entry of a list of facts whose label (`<strong>`, `<b>`, `<dt>`) matches, without it."""
    for entry in page.tree.css(css):
        name = entry.css_first("strong, b, dt")
        if name is not None and label.search(text_of(name)):
            return text_of(entry).removeprefix(text_of(name)).lstrip(": ")
    return None


# White space around a hyphen tells it from one in a word; bars and underscores need none.
_SEPARATOR = re.compile(r"\s+[-–—―·•:»«/]+\s+|\s*[|｜ㅣ_]+\s*|\s*(?:\s::\s)\s*")
# What may also part a headline and the name of the site, but as well parts of a headline.
_NAME_SEPARATOR = re.compile(rf"{_SEPARATOR.pattern}|\s+[›‹>⋆★~]+\s+|[,:]\s+|\s+[(\[]")
MAX_TITLE = 1_000  # characters; a longer one is none, and taking names off it would take seconds
MIN_HEADLINE = 8  # letters of a heading that can't begin a longer headline by chance


def without_site(title: str, sites: Container[str], headings: Iterable[str] = ()) -> str:
    """The title (`Boats stop - The Issue`) without `sites` (the `letters` of names), or the heading it only adds to."""
    for heading in headings:
        rest = title.removeprefix(heading)
        if len(letters(heading)) >= MIN_HEADLINE and rest != title and _SEPARATOR.match(rest):
            return heading
    if len(title) > MAX_TITLE or not _NAME_SEPARATOR.search(title):
        return title
    while (shorter := _without_end(title, sites)) != title:
        title = shorter
    return title


def _without_end(title: str, sites: Container[str]) -> str:
    for separator in _NAME_SEPARATOR.finditer(title):
        before, after = title[: separator.start()], title[separator.end() :]
        if before and letters(after) in sites:
            return before
        if after and letters(before) in sites:
            return after
    return title


_CUT = ("...", "…")
_PARTED = re.compile(r"\s\W+\s|[|｜_]|[,:]\s|\s[(\[]")  # titles that a separator may part


def titles(page: Page, layout: Layout) -> Iterator[tuple[str | None, str]]:
    """Readings of the headline, most trusted first, without the name of the site."""
    metadata = page.metadata
    of_layout = (text_field(page, layout.title), by_layout(layout.title)) if layout.title is not None else (None, "")
    stated = (metadata.jsonld("headline"), f"{metadata.subject}.headline")
    named = (metadata.jsonld("name"), f"{metadata.subject}.name")
    for title, origin in (of_layout, stated, metadata.first_named("og:title", "twitter:title"), named):
        if title:
            yield _whole(_bare(title, page), page), origin
    yield _of_heading(page), "h1"
    yield next(map(text_of, page.own('[itemprop="headline"]')), None), "itemprop headline"
    yield _bare(metadata.title, page), "title"


def _bare(title: str, page: Page) -> str:
    return without_site(title, page.metadata.site_keys, map(text_of, page.headings)) if _PARTED.search(title) else title


def _of_heading(page: Page) -> str | None:
    names = page.metadata.site_keys
    headings = ((node, text_of(node)) for node in page.headings)
    node, heading = next(((node, text) for node, text in headings if text and letters(text) not in names), (None, None))
    if node is None or heading is None:
        return None
    title = _bare(page.metadata.title, page)
    kicker = next(map(text_of, node.iter()), "")
    parted = kicker and len(letters(title)) >= MIN_HEADLINE and letters(kicker + title) == letters(heading)
    return title if parted else heading


def _whole(title: str, page: Page) -> str:
    """The title, or the heading of the page that it is the beginning of, cut for a search engine."""
    if not title.endswith(_CUT):
        return title
    beginning = title.rstrip(". …")
    longer = (heading for heading in map(text_of, page.headings) if len(heading) > len(title))
    return next((heading for heading in longer if beginning and heading.startswith(beginning)), title)


# The way from the home page to an article, as nearly every site marks it: `breadcrumb`, `Breadcrumbs_link__x1`.
_TRAIL: Final = (
    '[class*="breadcrumb" i], [id*="breadcrumb" i], [aria-label*="breadcrumb" i], [itemtype$="BreadcrumbList"]'
)


def sections(page: Page, layout: Layout) -> Iterator[tuple[str | None, str]]:
    """Readings of the section, most trusted first."""
    yield from readings(page, layout.section, "articleSection", "article:section", "prism.section")
    yield next(_between(page, _stated(page)), None), "JSON-LD BreadcrumbList"
    yield next(_between(page, _shown(page)), None), "breadcrumbs"


def _between(page: Page, trail: Iterator[tuple[str | None, str | None]]) -> Iterator[str]:
    for name, link in trail:
        address = canonical(page.absolute(link))
        own = address and (is_home(address) or identity(address) in page.metadata.addresses)
        if name and address and not own and letters(name) not in page.metadata.site_keys:
            yield name


def _stated(page: Page) -> Iterator[tuple[str | None, str | None]]:
    trails = [found.get("itemListElement") for found in page.metadata.objects if "BreadcrumbList" in types_of(found)]
    for step in (step for trail in trails if isinstance(trail, list) for step in trail if isinstance(step, Mapping)):
        yield as_text(step) or as_text(step.get("item")), _address(step.get("item"))


def _shown(page: Page) -> Iterator[tuple[str | None, str | None]]:
    trails = outermost(page.tree, _TRAIL)
    links = (link for trail in trails for link in trail.css("a[href]") if link.mem_id != trail.mem_id)
    return ((text_of(link), link.attributes["href"]) for link in links)


def _address(item: Any) -> str | None:
    return as_text(item.get("@id") or item.get("url")) if isinstance(item, Mapping) else as_text(item)


_TYPES: Final = by_word("genre_types")
_NEWS: Final = frozenset({"NewsArticle", "ReportageNewsArticle"})  # which sites call all that they write
_WORDS: Final = by_word("genres")
_PARTING: Final = str.maketrans("?#", "//")


def genres(page: Page, layout: Layout, section: str | None) -> Iterator[tuple[str | None, str]]:
    """Readings of the genre, most trusted first."""
    if isinstance(layout.genre, str):
        tags = ((text_of(node), node.attributes.get("href") or "") for node in page.select(layout.genre))
        yield next(filter(None, (_said(f"{text}/{href}/") for text, href in tags)), None), by_layout(layout.genre)
    elif layout.genre is not None:
        yield text_field(page, layout.genre), by_layout(layout.genre)
    yield "live" if live_blog(page.metadata) else None, "JSON-LD LiveBlogPosting"
    metadata = page.metadata
    origin = f"{metadata.subject}, its type"
    yield next((genre for name, genre in _TYPES.items() if name in metadata.types), None), origin
    yield _said(f"{section}/"), "section"
    yield _said(page.url or ""), "address"
    yield "news" if metadata.types & _NEWS else None, origin


def live_blog(metadata: Metadata) -> Mapping[str, Any] | None:
    """The page's own article if it is a live blog, or the one of its address: sites state it beside an article."""
    if "LiveBlogPosting" in metadata.types:
        return metadata.article
    stated = (found for found in metadata.objects if "LiveBlogPosting" in types_of(found))
    return next((found for found in stated if address_key(as_text(found.get("url"))) in metadata.addresses), None)


def _said(text: str) -> str | None:
    """The genre that a part says, but the last: of an address, that is the article's own."""
    parts = text.casefold().translate(_PARTING).split("/")
    return next(filter(None, map(_WORDS.get, parts[:-1])), None)
