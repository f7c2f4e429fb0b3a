"""Why a page gave the record that it gave: the article that was chosen, what else the page says, what was left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from parsers.fields.characters import letters
from parsers.generic.outline import Outline, Part, read_outline
from parsers.page.decode import decode
from parsers.page.html import Tree, remove_hidden
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.parse import parse, parse_as
from parsers.reading.blocks import read_blocks, remove
from parsers.record.article import Article
from parsers.record.capture import Capture, MediaType
from parsers.record.outcome import Outcome, Parsed
from parsers.registry import by_name
from parsers.source.definition import Source


@dataclass(frozen=True, slots=True)
class Story:
    """An article that JSON-LD describes, and why it was taken for the page's own or wasn't."""

    headline: str | None
    address: str | None
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class Rival:
    """What another place of the page says of a field."""

    value: Any
    origin: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A text that readers see and the body lacks."""

    text: str
    place: str  # the elements around it
    inside: bool  # it stands in the element that holds the body; else it is prose elsewhere in the page
    field: str | None = None  # that has it; None: no field has


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of the reading of one page."""

    outcome: Outcome
    stories: tuple[Story, ...] = ()
    container: str = ""  # the elements around the body, outermost first; empty without an article
    # by field, what other places of the page say of it
    rivals: Mapping[str, tuple[Rival, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


# Fields of which a page speaks in several places.
FIELDS: Final = (
    "title", "byline", "authors", "published_at", "modified_at", "section", "topics", "language", "genre", "access",
    "canonical_url",
)  # fmt: skip
_JSONLD: Final = 'script[type*="ld+json" i]'
_META: Final = "meta[name], meta[property], meta[itemprop]"
# What each witness does not see: JSON-LD, meta elements, and what readers see, each alone.
_UNSEEN: Final = (_META, _JSONLD, f"{_META}, {_JSONLD}")
_CODE: Final = "script, style, template, noscript, svg"
_MOST_OF_BODY: Final = 0.9  # of the body's letters: a line that stands twice must not make the whole page its element
_SENTENCE: Final = 80  # letters of a text outside the body's element that may have been lost; shorter ones are labels
_LINKED: Final = 0.5  # share of a text that leads elsewhere
_NEAR: Final = 200  # letters of the body within which a short text must follow the one before it
_LONG: Final = 40  # letters of a text that occurs only once


def explain(capture: Capture, source: Source | None = None, *, generic: bool = False) -> Explanation:
    """Read a page as `parse` does, or as a `source`, registered or not, and say why the record is what it is."""
    outcome = parse_as(capture, source) if source else parse(capture, generic=generic)
    if capture.media_type is not MediaType.HTML:
        return Explanation(outcome)
    text = decode(capture.body, capture.http_charset).text
    stories = tuple(_stories(Page.of(capture, Tree(text), "UTC")))
    if not isinstance(outcome, Parsed):
        return Explanation(outcome, stories)
    source = source or by_name(outcome.article.source)
    container, left_out = _left_out(text, outcome.article)
    return Explanation(outcome, stories, container, _rivals(capture, text, outcome, source), left_out)


def _stories(page: Page) -> Iterator[Story]:
    metadata = page.metadata
    for found in metadata.articles:
        address = as_text(found.get("url")) or as_text(found.get("@id")) or as_text(found.get("mainEntityOfPage"))
        chosen = any(found is own for own in metadata.own)
        yield Story(as_text(found.get("headline")), address, chosen, metadata.why(found))


def _rivals(capture: Capture, text: str, parsed: Parsed, source: Source | None) -> dict[str, tuple[Rival, ...]]:
    """What the page says without its layout and without some of its metadata, wherever that is said elsewhere."""
    readings: dict[str, dict[str, Any]] = {}  # field -> origin -> value
    for unseen in _UNSEEN:
        tree = Tree(text)
        remove(tree, unseen)
        page = replace(capture, body=(tree.html or "").encode(), http_charset="utf-8")
        bare = replace(source, layouts=(), text_layouts=()) if source else None
        outcome = parse_as(page, bare) if bare else parse(page, generic=True)
        if isinstance(outcome, Parsed):
            for name in FIELDS:
                value, origin = getattr(outcome.article, name), outcome.origins.get(name)
                if origin and value:
                    readings.setdefault(name, {}).setdefault(origin, value)
    rivals = {}
    for name, said in readings.items():
        value, origin = getattr(parsed.article, name), parsed.origins.get(name)
        others = tuple(Rival(other, place, other == value) for place, other in said.items() if place != origin)
        if others:
            rivals[name] = others
    return rivals


def _left_out(text: str, article: Article) -> tuple[str, tuple[LeftOut, ...]]:
    body = Tree(text).body
    if body is None:
        return "", ()
    outline = read_outline(body)
    container = _container(outline, article)
    places = {letters(each.text): _place(each.part) for each in outline.texts}
    fields = list(_fields(article))
    remove(container.node, _CODE)
    remove_hidden(container.node)
    inside = [block.text for block in read_blocks([container.node], None, None, ())]
    around = {letters(each) for each in inside}
    elsewhere = [each.text for each in outline.texts if each.size >= _SENTENCE and each.linked < _LINKED]
    found = [(each, True) for each in _lacking(inside, article)]
    found += [(each, False) for each in _lacking(elsewhere, article) if letters(each) not in around]
    return _place(container), tuple(
        LeftOut(each, places.get(letters(each), ""), is_inside, _field_of(letters(each), fields))
        for each, is_inside in found
    )


def _field_of(text: str, fields: Sequence[tuple[str, str]]) -> str | None:
    """The field that says a text, or nearly all of it: a caption stands beside its credit."""
    return next((name for said, name in fields if said == text or (len(said) >= _LONG and said in text)), None)


def _container(outline: Outline, article: Article) -> Part:
    lacking = set(_lacking([each.text for each in outline.texts], article))
    held: dict[int, int] = {}
    for each in outline.texts:
        for part in (each.part, *each.part.around()) if each.text not in lacking else ():
            held[id(part)] = held.get(id(part), 0) + len(each.text)
    least = _MOST_OF_BODY * held.get(id(outline.parts[0]), 0)
    return next((part for part in reversed(outline.parts) if held.get(id(part), 0) >= least > 0), outline.parts[0])


def _lacking(texts: Sequence[str], article: Article) -> list[str]:
    """The texts that the body lacks. A short one counts as there only where it follows the one before it."""
    whole = letters("".join(block.text for block in article.body))
    lacking, at = [], 0
    for text in texts:
        sought = letters(text)
        end = None if len(sought) >= _LONG else at + len(sought) + _NEAR
        place = whole.find(sought, at, end)
        if place < 0 and len(sought) >= _LONG:
            place = whole.find(sought)
        if place < 0:
            lacking.append(text)
        elif sought:
            at = place + len(sought)
    return lacking


def _fields(article: Article) -> Iterator[tuple[str, str]]:
    for name in ("related_titles", "topics", "persons", "regions", "photo_credits", "authors"):
        yield from ((letters(value), name) for value in getattr(article, name))
    yield from ((letters(image.caption or ""), "images") for image in article.images)
    for name in ("section", "published_raw", "byline", "title"):
        yield letters(getattr(article, name) or ""), name


def _place(part: Part) -> str:
    """The elements around a text, outermost first, as selectors: `main > div.story`; without html and body."""
    parts = [each for each in reversed((part, *part.around())) if each.tag not in ("html", "body")]
    names = ((each.tag, *(each.node.attributes.get("class") or "").split()[:1]) for each in parts)
    return " > ".join(map(".".join, names)) or "body"
