"""What a page says about itself to machines: meta elements, canonical link, JSON-LD."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from parsers.fields.characters import clean_markup, unique
from parsers.page.html import Tree

# The subject of an article page has one of these types (schema.org/Article and below).
ARTICLE_TYPES = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "AskPublicNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "BlogPosting", "LiveBlogPosting", "Report",
    "TechArticle", "Review", "AdvertiserContentArticle", "SatiricalArticle", "ScholarlyArticle", "SocialMediaPosting",
    "DiscussionForumPosting",
})  # fmt: skip
# Real blocks have a few kB, those of live blogs hundreds; a larger one is an application's state or an attack.
MAX_JSONLD_CHARACTERS = 2_000_000
# Objects of real pages nest at most 6 deep; the bound keeps a hostile block from costing stack or time.
MAX_DEPTH = 12

_CANONICAL = 'link[rel="canonical"][href]:not([href=""])'
_COLLECTED = 'meta[content], script[type="application/ld+json"]'
# White space is bounded: a block of nothing else would take quadratic time.
_WRAPPER = re.compile(
    r"^(?:<!--|//\s{0,9}<!\[CDATA\[|/\*\s{0,9}<!\[CDATA\[\s{0,9}\*/|<!\[CDATA\[)"
    r"|(?:-->|(?://|/\*)?\s{0,9}\]\]>(?:\s{0,9}\*/)?);?$"
)
_NAMESPACE = re.compile(r".*[/:#]", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Metadata:
    """The machine-readable part of a page."""

    meta: Mapping[str, list[str]]  # name, property or itemprop in lower case -> contents in page order
    canonical: str | None  # `href` of `<link rel=canonical>`, unchanged
    blocks: tuple[str, ...]  # texts of the JSON-LD scripts

    def first(self, *names: str) -> str | None:
        """The first non-empty meta content among the names, in that order, cleaned."""
        return self.first_named(*names)[0]

    def first_named(self, *names: str) -> tuple[str | None, str]:
        """As `first`, with its origin: `meta og:title`."""
        found = ((value, f"meta {name}") for name in names if name in self.meta for value in self.all(name))
        return next(found, (None, ""))

    def all(self, name: str) -> list[str]:
        """All non-empty contents of one meta name, cleaned."""
        return [text for text in map(clean_markup, self.meta.get(name, ())) if text]

    @cached_property
    def objects(self) -> tuple[Json, ...]:
        """All JSON-LD objects of the page; lists and `@graph` are unfolded, broken blocks left out."""
        return tuple(found for block in self.blocks for found in _unfold(load_jsonld(block), 0))

    @cached_property
    def article(self) -> Json:
        """The JSON-LD object that describes the article; empty if the page has none.

        The first with a headline and a date wins: pages list teasers after their own story.
        """
        articles = [found for found in self.objects if types_of(found) & ARTICLE_TYPES]
        full = [found for found in articles if found.get("headline") and found.get("datePublished")]
        return next(iter(full or articles), {})

    @cached_property
    def types(self) -> set[str]:
        """Types of `article`, bare names."""
        return types_of(self.article)

    @cached_property
    def subject(self) -> str:
        """The name of `article` in origins, by its most exact type: `JSON-LD NewsArticle`."""
        return f"JSON-LD {max(sorted(self.types & ARTICLE_TYPES), key=len, default='article')}"

    @cached_property
    def _by_id(self) -> Mapping[str, Json]:
        return {found["@id"]: found for found in self.objects if isinstance(found.get("@id"), str)}

    def resolved(self, name: str) -> list[Any]:
        """A JSON-LD value of the article as a list, with references (`{"@id": …}`) resolved."""
        return [
            self._by_id.get(str(single.get("@id")), single)
            if isinstance(single, dict) and "name" not in single
            else single
            for single in _flat(self.article.get(name))
        ]

    def jsonld(self, name: str) -> str | None:
        """A text of the JSON-LD article, cleaned."""
        return as_text(self.article.get(name))


def read_metadata(tree: Tree) -> Metadata:
    """Collect meta elements, JSON-LD and the canonical link."""
    meta: dict[str, list[str]] = {}
    # Only the first counts, and it stands in the head, where a search ends at once.
    link = tree.css_first(_CANONICAL)
    canonical = link.attributes.get("href") if link is not None else None
    blocks = []
    for node in tree.css(_COLLECTED):
        if node.tag == "script":
            blocks.append(node.text())
            continue
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name:
            meta.setdefault(name.lower(), []).append(attributes["content"] or "")
    return Metadata(meta, canonical, tuple(blocks))


def load_jsonld(block: str) -> Any:
    """A JSON-LD block as Python values; None if it can't be read.

    A strict parser comes first, then one that allows control characters in strings, without CDATA and comment wrappers
    and at last without trailing commas. Measured: 8 of 811 real blocks fail the strict parser.
    """
    if len(block) > MAX_JSONLD_CHARACTERS:
        return None
    try:
        return orjson.loads(block)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        bare = _WRAPPER.sub("", _WRAPPER.sub("", block.strip()).strip())
    for text in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):  # a 5,000-digit number is a ValueError, deep nesting a RecursionError
            continue
    return None


def types_of(found: Json) -> set[str]:
    """The `@type` of an object as bare names: `https://schema.org/NewsArticle` gives `NewsArticle`."""
    names = (name for name in _flat(found.get("@type")) if isinstance(name, str))
    return {name if name.isalpha() else _NAMESPACE.sub("", name) for name in names}


def as_text(value: Any, depth: int = 0) -> str | None:
    """A JSON-LD value as clean text: a string, a number, the first of a list, an object's `name` or `@value`."""
    if depth > MAX_DEPTH:
        return None
    for single in _flat(value):
        if isinstance(single, Mapping):
            text = as_text(single.get("name") or single.get("@value") or single.get("url"), depth + 1)
        elif isinstance(single, bool):
            text = str(single).lower()
        elif isinstance(single, float) and not math.isfinite(single):  # NaN, which lenient parsers let through
            text = None
        else:
            text = clean_markup(str(single)) if isinstance(single, str | int | float) else None
        if text:
            return text
    return None


def as_texts(value: Any) -> tuple[str, ...]:
    """A JSON-LD value as several clean texts: the names of a list of objects, or the strings themselves."""
    return unique(text for text in map(as_text, _flat(value)) if text)


def keywords(value: Any) -> tuple[str, ...]:
    """`keywords` of JSON-LD or meta: a list, or one text with commas."""
    found = as_texts(value)
    return unique(part.strip() for part in found[0].split(",")) if len(found) == 1 else found


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _unfold(value: Any, depth: int) -> Iterator[Json]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _unfold(inner, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _unfold(value.get("@graph"), depth + 1)
        yield from _unfold(value.get("mainEntity"), depth + 1)
