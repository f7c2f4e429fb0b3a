"""What a page says of a field, with the origin of each reading: the layout speaks first, then the page's metadata."""

import re
from collections.abc import Iterator

from parsers.fields.characters import clean, clean_or_none, unique
from parsers.page.html import text_of
from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.record.origins import by_layout
from parsers.source.definition import ListField, TextField


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
