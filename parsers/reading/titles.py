"""The headline of an article."""

import re
from collections.abc import Iterator

from parsers.fields.characters import letters
from parsers.fields.titles import MIN_HEADLINE, without_site
from parsers.page.html import text_of
from parsers.page.page import Page
from parsers.reading.readings import text_field
from parsers.record.origins import by_layout
from parsers.source.definition import Layout

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
    """The first heading that is not the name of the site, without a kicker in an element of its own."""
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
