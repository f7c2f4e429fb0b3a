"""When an article was published and changed, as its layout, its metadata or its own `<time>` says."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from parsers.fields.characters import clean
from parsers.fields.dates import CHANGED, DateBasis, Stamp, from_machine, from_visible
from parsers.fields.words import words
from parsers.page.html import Node, text_of, upward
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.reading.readings import readings, text_field
from parsers.record.draft import Draft
from parsers.record.origins import by_layout, first_said
from parsers.source.definition import Layout

_PUBLISHED_META = words("meta", "published")  # the first that holds a time wins
_MODIFIED_META = words("meta", "modified")
TIME_ELEMENT = "time[datetime], abbr.published[title]"  # the second is that of microformats
_MARKED = '[itemprop="datePublished"], [property$="datePublished"]:not(meta)'  # microdata, RDFa
OF_OTHERS = r"comment|related|recommend|teaser|sidebar|most-?read|popular"  # in names of what holds other stories
_OTHERS = re.compile(OF_OTHERS, re.I)
_LONGEST_LABEL = 30  # characters before a time
_NAMED_BY_LOOK = ("article", "main", "body")  # their names say how the page looks


def read_published(page: Page, layout: Layout, draft: Draft) -> Stamp | None:
    """The first reading with a time, or else the first with a text."""
    incomplete = None
    for reading in publication_times(page, layout):
        incomplete = incomplete or reading
        if reading[0].at is not None:
            return first_said(draft, "published", [reading])
    return first_said(draft, "published", [incomplete] if incomplete else [])


def publication_times(page: Page, layout: Layout) -> Iterator[tuple[Stamp, str]]:
    """Readings of the publication time, most trusted first."""
    shown = text_field(page, layout.published)
    if shown and layout.published:
        stamp = from_machine(shown, DateBasis.TIME_ELEMENT, page.timezone) or from_visible(shown, page.timezone)
        yield stamp, by_layout(layout.published)
    metadata = page.metadata
    stated = metadata.jsonld("datePublished")
    if stated:
        yield stated_time(page, stated, DateBasis.JSONLD), f"{metadata.subject}.datePublished"
    for name in _PUBLISHED_META:
        for value in metadata.all(name):
            yield stated_time(page, value, DateBasis.META), f"meta {name}"
    for node in page.own(_MARKED):
        text = node.attributes.get("content") or node.attributes.get("datetime") or text_of(node)
        yield stated_time(page, clean(text), DateBasis.TIME_ELEMENT), "itemprop datePublished"
    for node in page.own(TIME_ELEMENT):
        if not _is_of_change(node) and not is_of_others(node):
            text = clean(node.attributes.get("datetime") or node.attributes.get("title") or "")
            yield stated_time(page, text, DateBasis.TIME_ELEMENT), TIME_ELEMENT
            break
    stated = as_text(metadata.web_page.get("datePublished"))
    if stated:
        yield stated_time(page, stated, DateBasis.JSONLD), "JSON-LD WebPage.datePublished"


def _is_of_change(node: Node) -> bool:
    """Whether a time is that of the last change, by its names or by the text before it."""
    attributes, before = node.attributes, node.prev
    if "published" in (attributes.get("class") or ""):  # WordPress adds `updated` to a time that is both
        return False
    label = before.text() if before is not None and before.tag == "-text" else ""
    named = f"{attributes.get('class')} {attributes.get('itemprop')} {label[-_LONGEST_LABEL:]}"
    return CHANGED.search(named) is not None


def is_of_others(node: Node) -> bool:
    """Whether elements around a time, up to its article, are named as those of comments or of other stories."""
    parts = takewhile(lambda part: part.tag not in _NAMED_BY_LOOK, upward(node))
    return any(_OTHERS.search(f"{part.attributes.get('class')} {part.attributes.get('id')}") for part in parts)


def stated_time(page: Page, text: str, basis: DateBasis) -> Stamp:
    """A time in place of a machine format; some sites write `November 19, 2019, 07:47 PM EST` there."""
    return from_machine(text, basis, page.timezone) or from_visible(text, page.timezone, basis=basis)


def modified(page: Page, layout: Layout) -> Iterator[tuple[datetime | None, str]]:
    """Readings of the time of the last change, most trusted first."""
    for text, origin in readings(page, layout.modified, "dateModified", *_MODIFIED_META):
        if text:
            yield stated_time(page, text, DateBasis.META).at, origin
