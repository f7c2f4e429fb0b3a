"""Who wrote an article: names of its layout, its metadata, its byline, or its markup."""

import re
from collections.abc import Iterable, Iterator

from parsers.fields.bylines import is_desk, people_of, split_people, strip_prefix
from parsers.fields.characters import clean, letters, unique
from parsers.fields.titles import without_site
from parsers.fields.words import words
from parsers.page.html import text_of, without_nested
from parsers.page.metadata import Metadata, as_texts
from parsers.page.page import Page
from parsers.reading.bylines import shown_people
from parsers.reading.readings import list_field, text_field
from parsers.record.draft import Draft
from parsers.record.origins import by_layout, first_said
from parsers.source.definition import Layout

_META = words("meta", "author")
_CATALOGS = ("citation_author", "dc.creator")  # where family names go first, as in library catalogs: `Doe, Jane`
_FAMILY_FIRST = re.compile(r"([^\W\d]+), ([^\W\d]+)")
_META_BYLINES = ("article:author_name", "article:author")
_MARKUP = '[itemprop="author"], [rel="author"], [property$="author"]:not(meta)'  # microdata, links, RDFa
# Profiles and numbers in place of a name.
_NO_NAME = re.compile(r"://|^@|^www\.|\.(?:com|org|net)/|^[\W\d]*$")


def read_byline(page: Page, layout: Layout, draft: Draft) -> str | None:
    """The byline that the layout finds, or else the first name in the meta elements that hold bylines."""
    field = layout.byline
    if field is None:
        return None
    shown = ", ".join(unique(page.texts(field))) if isinstance(field, str) else text_field(page, field)
    stated = ((name, text) for name in _META_BYLINES for text in page.metadata.all(name) if not _NO_NAME.search(text))
    name, text = next(stated, ("", None))
    return first_said(draft, "byline", [(shown, by_layout(field)), (text, f"meta {name}")])


def read_authors(page: Page, layout: Layout, draft: Draft) -> tuple[str, ...] | None:
    """Names of layout, JSON-LD, meta elements, byline or markup; the site or a desk only if nothing names another."""
    if layout.authors is not None:
        named = unique(map(strip_prefix, list_field(page, layout.authors) or ()))
        if named or layout.body:  # one without a body may be of other pages
            return first_said(draft, "authors", [(named, by_layout(layout.authors))])
    people, origin = _stated(page)
    sites = page.metadata.site_keys if len(people) == 1 else ()
    if not all(letters(name) in sites or is_desk(name) for name in people):
        return first_said(draft, "authors", [(people, origin)])
    return first_said(draft, "authors", _of_page(page, draft, (people, origin)))


def _of_page(page: Page, draft: Draft, stated: tuple[tuple[str, ...], str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Readings of who wrote it where the metadata names nobody, or only the site or a desk."""
    yield people_of(draft.byline) if draft.byline else (), "names of the byline"
    yield _marked(page), _MARKUP
    if all(letters(name) in page.metadata.site_keys for name in stated[0]):
        yield shown_people(page), "byline of the page"
    yield stated


def _stated(page: Page) -> tuple[tuple[str, ...], str]:
    """The people that the metadata names, and where. A single text is often a whole byline."""
    metadata = page.metadata
    property_ = "author" if metadata.resolved("author") else "creator"
    people, origin = _people(metadata, as_texts(metadata.resolved(property_))), f"{metadata.subject}.{property_}"
    if not people:
        names = [name for name in _META if name in metadata.meta]
        said = (
            _FAMILY_FIRST.sub(r"\2 \1", text) if name in _CATALOGS and _FAMILY_FIRST.fullmatch(text) else text
            for name in names
            for text in metadata.all(name)
        )
        people, origin = _people(metadata, said), f"meta {', '.join(names)}"
    # `Jane Doe` and `jane-doe`, each in a meta element of its own, are one person.
    first = {letters(name): name for name in reversed(people)}
    return unique(first[letters(name)] for name in people), origin


def _people(metadata: Metadata, texts: Iterable[str]) -> list[str]:
    """The people in the texts, without the site where a byline names it beside one."""
    sites = metadata.site_keys
    people: list[str] = []
    for text in texts:
        named = () if _NO_NAME.search(text) else split_people(without_site(text, sites))
        people += [name for name in named if letters(name) not in sites] or named
    return people


def _marked(page: Page) -> tuple[str, ...]:
    """Names that microdata or links mark as those of the authors."""
    nodes = without_nested(page.own(_MARKUP))
    named = [node.css_first('[itemprop="name"], [property$="name"]') or node for node in nodes]
    return unique(
        name for node in named for name in split_people(clean(node.attributes.get("content") or text_of(node)))
    )
