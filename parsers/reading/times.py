"""When an article was published and changed, as its layout, its metadata or its own `<time>` says."""

import re
from collections.abc import Iterator
from datetime import datetime

from parsers.fields.characters import clean
from parsers.fields.dates import DateBasis, Stamp, from_machine, from_visible
from parsers.page.html import text_of
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.reading.readings import readings, text_field
from parsers.record.draft import Draft
from parsers.record.origins import by_layout, first_said
from parsers.source.definition import Layout

# Names of the publication time in meta elements; the first that holds a time wins.
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "cxenseparse:recs:publishtime", "pubdate", "date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "datemodified", "og:updated_time", "last-modified",
)  # fmt: skip
_TIME_ELEMENT = "time[datetime]"
_CHANGED = re.compile(r"updated|modified", re.I)  # classes of the time of the last change


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
        stamp = from_machine(shown, DateBasis.TIME_ELEMENT, page.timezone) or _visible(page, layout, shown)
        yield stamp, by_layout(layout.published)
    metadata = page.metadata
    stated = metadata.jsonld("datePublished")
    if stated:
        yield _stated(page, stated, DateBasis.JSONLD), f"{metadata.subject}.datePublished"
    for name in _PUBLISHED_META:
        for value in metadata.all(name):
            yield _stated(page, value, DateBasis.META), f"meta {name}"
    for node in page.own('[itemprop="datePublished"]'):
        text = node.attributes.get("content") or node.attributes.get("datetime") or text_of(node)
        yield _stated(page, clean(text), DateBasis.TIME_ELEMENT), "itemprop datePublished"
    for node in page.own(_TIME_ELEMENT):
        if not _CHANGED.search(node.attributes.get("class") or ""):
            yield _stated(page, clean(node.attributes["datetime"] or ""), DateBasis.TIME_ELEMENT), _TIME_ELEMENT
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


def modified(page: Page, layout: Layout) -> Iterator[tuple[datetime | None, str]]:
    """Readings of the time of the last change, most trusted first."""
    for text, origin in readings(page, layout.modified, "dateModified", *_MODIFIED_META):
        if text:
            yield _stated(page, text, DateBasis.META).at, origin
