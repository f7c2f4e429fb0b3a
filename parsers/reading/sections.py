"""The section of its site that an article stands in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from parsers.fields.characters import letters
from parsers.fields.urls import canonical, identity, is_home
from parsers.page.html import outermost, text_of
from parsers.page.metadata import as_text, types_of
from parsers.page.page import Page
from parsers.reading.readings import readings
from parsers.source.definition import Layout

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
    """What stands between the home page and the article, widest first."""
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
