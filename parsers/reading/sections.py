"""The section of its site that an article stands in."""

from collections.abc import Iterator, Mapping
from typing import Any

from parsers.fields.characters import letters
from parsers.fields.urls import canonical, identity, is_home
from parsers.page.metadata import as_text, types_of
from parsers.page.page import Page
from parsers.reading.readings import readings
from parsers.source.definition import Layout


def sections(page: Page, layout: Layout) -> Iterator[tuple[str | None, str]]:
    """Readings of the section, most trusted first."""
    yield from readings(page, layout.section, "articleSection", "article:section", "prism.section")
    yield next(_breadcrumbs(page), None), "JSON-LD BreadcrumbList"


def _breadcrumbs(page: Page) -> Iterator[str]:
    """What stands between the home page and the article, widest first."""
    trails = [found.get("itemListElement") for found in page.metadata.objects if "BreadcrumbList" in types_of(found)]
    sites = set(map(letters, page.metadata.site_names)) if trails else set()
    for step in (step for trail in trails if isinstance(trail, list) for step in trail if isinstance(step, Mapping)):
        address = canonical(page.absolute(_address(step.get("item"))))
        name = as_text(step) or as_text(step.get("item"))
        own = address and (is_home(address) or identity(address) in page.metadata.addresses)
        if name and address and not own and letters(name) not in sites:
            yield name


def _address(item: Any) -> str | None:
    return as_text(item.get("@id") or item.get("url")) if isinstance(item, Mapping) else as_text(item)
