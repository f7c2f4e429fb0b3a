"""The headline of an article."""

import re
from collections.abc import Iterator

from parsers.fields.titles import without_site
from parsers.page.html import text_of
from parsers.page.page import Page
from parsers.reading.readings import text_field
from parsers.record.origins import by_layout
from parsers.source.definition import Layout

_PARTED = re.compile(r"\s\W+\s|[|｜_]")  # titles that a separator may part


def titles(page: Page, layout: Layout) -> Iterator[tuple[str | None, str]]:
    """Readings of the headline, most trusted first, without the name of the site."""
    metadata = page.metadata
    of_layout = (text_field(page, layout.title), by_layout(layout.title)) if layout.title is not None else (None, "")
    stated = (metadata.jsonld("headline"), f"{metadata.subject}.headline")
    for title, origin in (of_layout, stated, metadata.first_named("og:title", "twitter:title")):
        if title:
            yield without_site(title, metadata.site_names, page.texts("h1")) if _PARTED.search(title) else title, origin
    yield page.text("h1"), "h1"
    yield next(map(text_of, page.own('[itemprop="headline"]')), None), "itemprop headline"
