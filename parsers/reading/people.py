"""Who wrote an article: names of its layout, its metadata, its markup, or the byline that the page shows."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice, takewhile

from parsers.fields.bylines import is_desk, people_of, split_people, strip_prefix
from parsers.fields.characters import clean, letters, unique
from parsers.fields.words import words
from parsers.page.html import Node, ancestors, text_of, upward, without_nested
from parsers.page.metadata import Metadata, as_texts
from parsers.page.page import Page
from parsers.reading.readings import list_field, text_field, without_site
from parsers.reading.times import OF_OTHERS
from parsers.record.draft import Draft, by_layout, first_said
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
    sites = metadata.site_keys
    people: list[str] = []
    for text in texts:
        named = () if _NO_NAME.search(text) else split_people(without_site(text, sites))
        people += [name for name in named if letters(name) not in sites] or named
    return people


def _marked(page: Page) -> tuple[str, ...]:
    nodes = without_nested(page.own(_MARKUP))
    named = [node.css_first('[itemprop="name"], [property$="name"]') or node for node in nodes]
    return unique(
        name for node in named for name in split_people(clean(node.attributes.get("content") or text_of(node)))
    )


# Without the first letter, which may be a capital: to look for both takes longer. What microdata marks is read before.
_BYLINES = (
    '[class*="yline"], [class*="uthor"], [class*="utor"], [class*="eporter"], [class*="riter"],'
    ' a[href*="/author"], a[href*="/autor"]'
)
_STORIES = rf"{OF_OTHERS}|promo|(?<![hv]-)(?<!v)card"  # `vcard` and `h-card` are of microformats
_OTHER_STORY = re.compile(_STORIES, re.I)
# Names of elements that hold no byline of this story.
_NO_BYLINE = re.compile(
    rf"{_STORIES}|bio|desc|social|date|time|contact|collection|image|avatar|reply|caption|credit|role|job", re.I
)
_APART = frozenset({"article", "aside", "nav", "figure", "li"})
_MOST = 24  # elements that are looked at: further down are those of other stories
_LONGEST = 200  # characters of a byline with the posts of a few people; a longer text is prose or a list
_LONGEST_RAW = 5_000  # of one with its white space and scripts; cleaning a whole page is slow
_LEVELS = 6  # elements around a headline, in which a byline outside of the article may stand
_BESIDE = 3  # elements around a name, in which those of others may stand
# What links beside names say: `About the author`, `Zur Artikelübersicht`, `Email Jane Doe`, `Google Scholar`.
_NO_PERSON = re.compile(
    r"[\d:/@]|^(?:about|all|email|follow|google|more|read|view|watch|alle|mehr|zu[mr]|todos|tous|toutes)\b", re.I
)
_MOST_WORDS = 4
_LONGEST_INITIAL = 3  # with its full stop; a longer word with one ends a sentence
_UNCASED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,12}")  # a name without a space


def shown_people(page: Page) -> tuple[str, ...]:
    """The people of the first byline that the page shows with its article, by the usual names of such elements."""
    above = list(upward(next(iter(page.headings), page.scope)))
    if not above:
        return ()
    nodes = page.own(_BYLINES, _APART, above[:_LEVELS][-1])[:_MOST]
    holding = {part.mem_id for part in above}
    named = [(node, names) for node in nodes if not _is_of_others(node, holding) and (names := _names(node))]
    around = {part for node, _ in named for part in ancestors(node)}
    innermost = [(node, names) for node, names in named if node.mem_id not in around]
    if not innermost:
        return ()
    first = innermost[0][0]
    beside = {first.mem_id, *(part.mem_id for part in islice(upward(first.parent), _BESIDE) if _is_short(part))}
    byline = [(node, names) for node, names in innermost if not beside.isdisjoint((node.mem_id, *ancestors(node)))]
    linked = [names for node, names in byline if node.tag == "a" or node.css_first("a") is not None]
    # Unlike people, posts and houses have no links.
    people = unique(name for names in linked or [names for _, names in byline] for name in names)
    return tuple(name for name in people if not is_desk(name)) or people


def _is_of_others(node: Node, holding: Collection[int]) -> bool:
    """Whether an element, or one around it that does not hold the headline, is named as one of other stories."""
    parts = takewhile(lambda part: part.mem_id not in holding, upward(node.parent))
    around = any(_OTHER_STORY.search(part.attributes.get("class") or "") for part in parts)
    return around or _NO_BYLINE.search(node.attributes.get("class") or "") is not None


def _is_short(node: Node) -> bool:
    """Whether an element may be a byline. Unlike `text_of`, it leaves the tree as it is: the body may be inside."""
    text = node.text()
    return len(text) <= _LONGEST_RAW and len(clean(text)) <= _LONGEST


def _names(node: Node) -> tuple[str, ...]:
    if not _is_short(node):
        return ()
    pieces = [clean(inner.text_content or "") for inner in node.traverse(include_text=True) if inner.tag == "-text"]
    tries = (map(text_of, node.css("a")), pieces, (text_of(node),))
    return next(filter(None, (unique(_names_in(texts)) for texts in tries)), ())


def _names_in(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        bare = strip_prefix(text)
        if bare and not _NO_PERSON.search(bare):
            yield from filter(_is_name, split_people(bare))


def _is_name(text: str) -> bool:
    """Whether a text is of two to four words that begin with capitals, or a name in a script without spaces."""
    words = text.split()
    if len(words) == 1:
        return _UNCASED.fullmatch(text) is not None
    if not 1 < len(words) <= _MOST_WORDS or (words[-1].endswith(".") and len(words[-1]) > _LONGEST_INITIAL):
        return False
    return not words[0][0].islower() and not words[-1][0].islower()
