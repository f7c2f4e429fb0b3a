"""What a page says about itself to machines: meta elements, canonical link, JSON-LD."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from parsers.fields.characters import clean, clean_markup, letters, unique
from parsers.fields.urls import absolute, canonical, host_of, identity, is_home
from parsers.page.html import Node, Tree
from parsers.page.jsonld import load_jsonld

# The subject of an article page has one of these types (schema.org/Article and below).
ARTICLE_TYPES = frozenset({
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "AskPublicNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "BlogPosting", "LiveBlogPosting", "Report",
    "TechArticle", "Review", "AdvertiserContentArticle", "SatiricalArticle", "ScholarlyArticle", "SocialMediaPosting",
    "DiscussionForumPosting",
})  # fmt: skip
# Objects of real pages nest at most 6 deep; the bound keeps a hostile block from costing stack or time.
MAX_DEPTH = 12

# One search: each is a walk over the whole page.
_COLLECTED = 'meta[content], script[type*="ld+json" i], title, base[href], link[rel="canonical"][href], h1'
_NAMESPACE = re.compile(r".*[/:#]", re.DOTALL)
_COMMAS = re.compile("[,，、،﹐]")
_SEMICOLONS = re.compile("[;；؛]")
_SPACED = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff])[\s\u3000]+(?=[\u3040-\u30ff\u3400-\u9fff])")
_CJK = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
_OWN = 2  # how well an object fits that is certainly of the page's article
MIN_HEADLINE = 8  # letters of a headline that a title can't hold by chance

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Metadata:
    """The machine-readable part of a page."""

    meta: Mapping[str, list[str]]  # name, property or itemprop in lower case -> contents in page order
    canonical: str | None  # `href` of `<link rel=canonical>`, unchanged
    blocks: tuple[str, ...]  # texts of the JSON-LD scripts
    asked: str | None = None  # address of the capture
    base: str | None = None  # what the page's relative addresses begin from
    title: str = ""  # text of `<title>`

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
    def loaded(self) -> tuple[Any, ...]:
        """The JSON-LD blocks as Python values; None for one that nobody can read."""
        return tuple(load_jsonld(block) for block in self.blocks if block.strip())

    @cached_property
    def objects(self) -> tuple[Json, ...]:
        """All JSON-LD objects of the page; lists and `@graph` are unfolded, broken blocks left out."""
        return tuple(found for value in self.loaded for found in _unfold(value, 0))

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Keys of the page's own addresses: as asked for, canonical link, og:url; a home page is no article."""
        stated = (self.asked, absolute(self.canonical, self.base), absolute(self.first("og:url"), self.base))
        return frozenset(filter(None, map(_article_key, stated)))

    @cached_property
    def url(self) -> str | None:
        """Address of the capture, or else the one that the page states; absolute, http(s)."""
        stated = (self.asked, self.canonical, self.first("og:url"))
        return next((url for url in stated if url and host_of(url)), None)

    @cached_property
    def site_keys(self) -> frozenset[str]:
        """The `letters` of what the site calls itself, and of the names in its host: `theissue` of `theissue.com`."""
        host = host_of(self.url) or ""
        named = (self.first("og:site_name"), self.first("application-name"), *as_texts(self.resolved("publisher")))
        names = (*named, host, host.removeprefix("www."), *host.split("."))
        return frozenset(key for name in names if name and (key := letters(name)))

    @cached_property
    def articles(self) -> tuple[Json, ...]:
        """The JSON-LD objects of articles, the page's own and others."""
        return tuple(found for found in self.objects if types_of(found) & ARTICLE_TYPES)

    @cached_property
    def own(self) -> tuple[Json, ...]:
        """The JSON-LD objects that describe the page's own article, best first.

        The best has an address of the page (or no address and its headline), then both headline and date; of equals the
        first. An article of another address is another story, unless it has the headline of the page.
        """
        full = ("headline", "datePublished")
        ranked = [(self._fit(found), all(map(found.get, full)), found) for found in self.articles]
        best = max((rank for rank in ranked if rank[0]), key=itemgetter(0, 1), default=None)
        if best is None:
            return ()
        # A plugin for search engines often describes the same article once more.
        return (best[2], *(found for fit, _, found in ranked if fit == best[0] == _OWN and found is not best[2]))

    @cached_property
    def article(self) -> Json:
        """What JSON-LD says of the page's own article; empty if it describes none."""
        return {name: value for found in reversed(self.own) for name, value in found.items()}

    def why(self, found: Json) -> str:
        """Why an object is taken for the page's own article or isn't, in words."""
        stated = set(filter(None, map(_article_key, _addresses_of(found))))
        if stated & self.addresses:
            return "states an address of the page"
        headline = "has the page's headline" if self._has_headline(found) else "has another headline than the page"
        if not stated:
            return f"states no address, {headline}"
        return f"states another address, {headline}" if self.addresses else f"the page has no address; {headline}"

    @cached_property
    def web_page(self) -> Json:
        """The JSON-LD object of the page itself, which some sites date in place of the article; empty if none."""
        pages = [found for found in self.objects if "WebPage" in types_of(found) and self._fit(found)]
        return pages[0] if pages else {}

    def _fit(self, found: Json) -> int:
        """How well an object fits the page: `_OWN`, less, or 0 for another story."""
        written = _addresses_of(found)
        if {self.asked, self.canonical}.intersection(written):  # as nearly always; parsing addresses takes long
            return _OWN
        stated = set(filter(None, map(_article_key, written)))
        if stated & self.addresses:
            return _OWN
        return self._has_headline(found) + (0 if stated and self.addresses else 1)

    def _has_headline(self, found: Json) -> bool:
        headline = letters(as_text(found.get("headline")) or "")
        titles = map(letters, (self.title, self.first("og:title") or "", self.first("twitter:title") or ""))
        long = (title for title in titles if len(min(headline, title, key=len)) >= MIN_HEADLINE)
        return any(headline in title or title in headline for title in long)

    @cached_property
    def types(self) -> set[str]:
        """Types of `article`, bare names."""
        return types_of(self.article)

    @cached_property
    def all_types(self) -> set[str]:
        """Types of all JSON-LD objects of the page."""
        return {name for found in self.objects for name in types_of(found)}

    @cached_property
    def subject(self) -> str:
        """The name of `article` in origins, by its most exact type: `JSON-LD NewsArticle`."""
        return f"JSON-LD {max(sorted(self.types & ARTICLE_TYPES), key=len, default='article')}"

    @cached_property
    def _by_id(self) -> Mapping[str, Json]:
        return {found["@id"]: found for found in self.objects if isinstance(found.get("@id"), str)}

    def resolved(self, name: str) -> list[Any]:
        """A JSON-LD value of the article as a list, references (by `@id`) and roles, which repeat it, resolved."""
        found = []
        for single in _flat(self.article.get(name)):
            if isinstance(single, str) and single in self._by_id:
                found.append(self._by_id[single])
            elif isinstance(single, dict) and "name" not in single:
                found += _flat(self._by_id.get(str(single.get("@id")), single.get(name, single)))
            else:
                found.append(single)
        return found

    def jsonld(self, name: str) -> str | None:
        """A text of the JSON-LD article, cleaned."""
        return as_text(self.article.get(name))


def read_metadata(tree: Tree, asked: str | None = None) -> tuple[Metadata, list[Node]]:
    """Collect meta elements, JSON-LD, title and canonical link of the page asked for at `asked`; and all its h1."""
    meta: dict[str, list[str]] = {}
    blocks, headings = [], []
    title = base = canonical = ""
    for node in tree.css(_COLLECTED):
        tag, attributes = node.tag, node.attributes
        if tag == "script":
            blocks.append(node.text())
        elif tag == "title":
            title = title or node.text()
        elif tag == "base":
            base = base or attributes["href"] or ""
        elif tag == "link":
            canonical = canonical or attributes["href"] or ""
        elif tag == "h1":
            headings.append(node)
        else:
            name = attributes.get("property") or attributes.get("name") or _itemprop(node, attributes)
            if name:
                meta.setdefault(name.lower(), []).append(attributes["content"] or "")
    metadata = Metadata(meta, canonical or None, tuple(blocks), asked, absolute(base, asked) or asked, clean(title))
    return metadata, headings


def _itemprop(node: Node, attributes: Mapping[str, str | None]) -> str | None:
    """The property of the whole page that a meta element names; inside an item it is one of that item."""
    parent = node.parent
    return attributes.get("itemprop") if parent is not None and parent.tag in ("head", "body") else None


def _article_key(url: str | None) -> str | None:
    address = canonical(url)
    return None if address is None or is_home(address) else identity(address)


def _addresses_of(found: Json) -> list[str]:
    stated = [found.get("url"), found.get("@id")]
    for page in _flat(found.get("mainEntityOfPage")):
        stated += [page.get("@id"), page.get("url")] if isinstance(page, dict) else [page]
    return [url for url in stated if isinstance(url, str)]


def types_of(found: Json) -> set[str]:
    """The `@type` of an object as bare names: `https://schema.org/NewsArticle` gives `NewsArticle`."""
    names = (name for name in _flat(found.get("@type")) if isinstance(name, str))
    return {name if name.isalpha() else _NAMESPACE.sub("", name) for name in names}


def as_text(value: Any, depth: int = 0) -> str | None:
    """A JSON-LD value as clean text: a string, a number, the first of a list, an object's `name` or `@value`."""
    if depth > MAX_DEPTH:
        return None
    for single in _flat(value):
        if isinstance(single, dict):
            text = as_text(single.get("name") or single.get("@value"), depth + 1) or _full_name(single)
            text = text or as_text(single.get("alternateName") or single.get("url"), depth + 1)
        elif isinstance(single, bool):
            text = str(single).lower()
        elif isinstance(single, float) and not math.isfinite(single):  # NaN, which lenient parsers let through
            text = None
        else:
            text = clean_markup(str(single)) if isinstance(single, str | int | float) else None
        if text:
            return text
    return None


def _full_name(person: Json) -> str | None:
    """The name of a person who has only its parts; names in CJK begin with that of the family and have no space."""
    given, family = (person.get(part) for part in ("givenName", "familyName"))
    if not isinstance(given, str | None) or not isinstance(family, str | None) or not (given or family):
        return None
    if family and _CJK.match(family):
        return clean_markup(f"{family}{given or ''}")
    return clean_markup(f"{given or ''} {family or ''}") or None


def as_texts(value: Any) -> tuple[str, ...]:
    """A JSON-LD value as several clean texts: the names of a list of objects, or the strings themselves."""
    named: list[Any] = []
    for single in _flat(value):
        named += (isinstance(single, dict) and _flat(single.get("name") or None)) or [single]
    said = (single for single in named if not isinstance(single, bool))  # `"author": true` names nobody
    return unique(text for text in map(as_text, said) if text)


def keywords(value: Any) -> tuple[str, ...]:
    """A list, or one text parted by the commas of any script, or else semicolons, or spaces between CJK words."""
    found = as_texts(value)
    if len(found) != 1:
        return found
    tries = (_COMMAS.split(found[0]), _SEMICOLONS.split(found[0]), _SPACED.split(found[0]))
    return unique(part.strip() for part in next((parts for parts in tries if parts[1:]), found))


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
        page = value.get("mainEntityOfPage")
        if isinstance(page, dict) and types_of(page) & ARTICLE_TYPES:
            yield from _unfold(page, depth + 1)
