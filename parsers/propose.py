"""What `newslake new-source` makes of pages: the smallest source that reads them, and one of them with other words.

No test may hold a publisher's text. The same word becomes the same other word everywhere on a page, so that headline,
metadata and address still agree. What readers go by stays: numbers, months, the word before a byline, set phrases such
as "Read more", kinds and types in metadata.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Final
from unicodedata import category
from urllib.parse import quote, unquote
from zlib import crc32

import orjson

from parsers.explain import Explanation, explain
from parsers.fields.bylines import strip_prefix
from parsers.fields.characters import clean
from parsers.fields.datelines import AGENCIES
from parsers.fields.dates import month_of
from parsers.fields.urls import host_of, on_hosts
from parsers.generic.names import is_aside
from parsers.page.decode import decode
from parsers.page.html import Node, Tree
from parsers.page.jsonld import load_jsonld
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.parse import parse_as
from parsers.reading.blocks import remove
from parsers.record.article import Article
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed, Rejected
from parsers.source.definition import UNDETERMINED, Source

NO_ZONE: Final = "UTC"
_OTHER_ZONE: Final = "Asia/Tokyo"  # a time that differs when it is read there states no zone
_PROSE: Final = 80  # letters of a text that may belong to the story; shorter ones are labels
_LOST: Final = 0.1  # of the text: less that is left out is adverts and notes
_FIELDS: Final = ("published_at", "authors", "section")  # that most news sites state; a title every article has


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source, what it makes of the pages that it was made from, and what a person has to look at."""

    source: Source
    captures: tuple[Capture, ...]
    explanations: tuple[Explanation, ...]
    open_points: tuple[str, ...]

    @property
    def records(self) -> list[tuple[str, Explanation]]:
        """The address or number of each page, and what came of it."""
        pages = zip(self.captures, self.explanations, strict=True)
        return [(capture.url or f"page {number}", each) for number, (capture, each) in enumerate(pages, 1)]

    @property
    def code(self) -> str:
        """The source's file."""
        return _as_code(self.source, f"{max(capture.captured_at for capture in self.captures):%Y-%m}")


def draft_of(
    name: str,
    captures: Sequence[Capture],
    *,
    hosts: Iterable[str] = (),
    title: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
) -> Source:
    """A source without layouts, with what is not given as most of the pages say it; ValueError where it can't be."""
    pages = list(map(_page, captures))
    stated = [host_of(page.url) for page in pages]
    found = tuple(dict.fromkeys(host.removeprefix("www.") for host in (*hosts, *stated) if host))
    titles = [page.metadata.first("og:site_name") or as_text(page.metadata.article.get("publisher")) for page in pages]
    title = title or _most_common(titles) or (found[0] if found else name)
    draft = Source(name=name, title=title, hosts=found, language=language or UNDETERMINED, timezone=timezone or NO_ZONE)
    if language:
        return draft
    outcomes = [parse_as(capture, draft) for capture in captures]
    languages = [outcome.article.language for outcome in outcomes if isinstance(outcome, Parsed)]
    known = _most_common(each for each in languages if each != UNDETERMINED)
    return replace(draft, language=known or UNDETERMINED)


def with_address(capture: Capture) -> Capture:
    """A saved page as if it had been asked for at the address that it states."""
    return replace(capture, url=_page(capture).url)


def needs_zone(source: Source, captures: Sequence[Capture]) -> bool:
    """Whether a page states a time without its zone, so that somebody has to say which one it is."""
    for capture in captures:
        here, there = (parse_as(capture, replace(source, timezone=zone)) for zone in (NO_ZONE, _OTHER_ZONE))
        if isinstance(here, Parsed) and isinstance(there, Parsed):
            times = [(each.article.published_at, each.article.modified_at) for each in (here, there)]
            if times[0] != times[1]:
                return True
    return False


def propose(source: Source, captures: Sequence[Capture]) -> Proposal:
    """What the source makes of the pages. No layout is proposed: of 143 sites none lost half its text without."""
    read = tuple(explain(capture, source) for capture in captures)
    return Proposal(source, tuple(captures), read, tuple(_open_points(source, read)))


def _lost_share(explanation: Explanation, article: Article) -> float:
    lost = (len(each.text) for each in explanation.left_out if each.inside and each.field is None)
    left_out = sum(size for size in lost if size >= _PROSE)
    return left_out / (len(article.text) + left_out)


def _open_points(source: Source, explanations: Sequence[Explanation]) -> Iterable[str]:
    parsed = [each.outcome.article for each in explanations if isinstance(each.outcome, Parsed)]
    if source.language == UNDETERMINED:
        yield "language: no page states one; say it with --language"
    for field in _FIELDS:
        lacking = sum(not getattr(article, field) for article in parsed)
        if lacking:
            yield f"{field}: none on {lacking} of {len(parsed)} pages; if they show it, write a selector into a Layout"
    for number, each in enumerate(explanations, 1):
        if not isinstance(each.outcome, Parsed):
            yield f"page {number}: rejected as {each.outcome.reason.value} ({each.outcome.detail}); is that right?"
        elif (share := _lost_share(each, each.outcome.article)) > _LOST:
            yield f"page {number}: {share:.0%} of the text is left out; look at it above"
    if source.timezone == NO_ZONE:
        yield "timezone: all times of these pages state their zone; UTC is for those that may not"
    if len(parsed) < 3:  # noqa: PLR2004 - a site has two or three kinds of pages
        yield f"articles read: {len(parsed)}; other kinds of pages may look otherwise"


def unlike(one: Outcome, other: Outcome) -> list[str]:
    """The fields of which only one of two records has a value, and `body` where its blocks are of other types."""
    if not (isinstance(one, Parsed) and isinstance(other, Parsed)):
        same = isinstance(one, Rejected) and isinstance(other, Rejected) and one.reason is other.reason
        return [] if same else ["outcome"]
    names = [field.name for field in fields(Article)]
    found = [name for name in names if bool(getattr(one.article, name)) != bool(getattr(other.article, name))]
    kinds, others = ([block.type for block in each.article.body] for each in (one, other))
    return found if kinds == others else [*found, "body"]


def _as_code(source: Source, month: str) -> str:
    said = {name: getattr(source, name) for name in ("name", "title", "hosts", "language", "timezone")}
    fields = "".join(f"    {name}={_literal(value)},\n" for name, value in said.items())
    title = re.sub(r'["\\]', "'", source.title)  # a page chose it: it must not end the docstring
    return (
        f'"""{title}, https://{source.hosts[0]}. Verified on pages of {month}."""\n\n'
        f"from parsers.source.definition import Source\n\nSOURCE = Source(\n{fields})\n"
    )


def _literal(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"({', '.join(map(_literal, value))}{',' * (len(value) == 1)})"


def _page(capture: Capture) -> Page:
    return Page.of(capture, Tree(decode(capture.body, capture.http_charset).text), NO_ZONE)


def _most_common(values: Iterable[str | None]) -> str | None:
    found = Counter(filter(None, values)).most_common(1)
    return found[0][0] if found else None


_GONE: Final = "style, template, svg, object, script:not([type='application/ld+json' i]), link:not([rel~=canonical i])"
_TOKEN: Final = re.compile(r"https?://[^\s<>\"']+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]*\w|[^\W\d_]+")  # addresses, words
_LONGEST_LINE: Final = 120  # characters of a byline or set phrase
_PHRASE: Final = re.compile(r"[^:\n]{1,40}:|\W*\w+(?:\s+\w+)?")  # `Read more:`, or two words of a set phrase
_HOST: Final = re.compile(r"(?:https?:)?//([^/?#]*)", re.I)
_ADDRESS: Final = re.compile(r"(?:https?:)?/|\.\.?/|\?|#", re.I)
_SECTION: Final = re.compile(r"[a-z]{1,12}")  # a segment of a path that is no headline
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{2,5}$", re.I)
_IDENTIFIER: Final = re.compile(r"[A-Za-z][\w.]*(?:-\w+)?")  # longer ones may be headlines
# Parts of class names and ids that hold words of the page: terms of WordPress, and headlines.
_SLUG: Final = re.compile(r"(?<!\S)(?:((?:tag|category|author|topic)-)\S+|(?:[^\W_]+-){5,}[^\W_]+)(?!\S)")
_STAYING_ATTRIBUTES: Final = frozenset({
    "rel", "type", "role", "lang", "dir", "itemprop", "itemtype", "itemscope", "name", "property", "http-equiv",
    "charset", "width", "height", "hidden", "colspan", "rowspan", "aria-hidden", "open",
})  # fmt: skip
_STAYING_META: Final = frozenset({"og:type", "og:locale", "robots", "viewport", "article:content_tier", "twitter:card"})
_STAYING_KEYS: Final = frozenset({"@context", "@type", "inLanguage", "isAccessibleForFree", "cssSelector"})
_LONGEST_ATTRIBUTE: Final = 300  # characters; longer ones are data for scripts


def disguise(capture: Capture, source: Source) -> Capture:
    """A capture of the source in UTF-8 with every word, name and address replaced."""
    tree = Tree(decode(capture.body, capture.http_charset).text)
    words = _Words(source.hosts)
    remove(tree, _GONE)
    for node in list(tree.root.traverse(include_text=True)) if tree.root else ():
        if node.tag == "-comment":
            node.decompose()
        elif node.tag != "-text":
            _hide_attributes(node, words)
        elif (said := node.text_content or "").strip() and node.parent is not None and node.parent.tag != "script":
            node.replace_with(words.text(said))
    for node in tree.css("script"):
        said = orjson.dumps(_hidden_value(load_jsonld(node.text()), words)).decode()
        node.inner_html = said.replace("</", "<\\/")
    return Capture(
        (tree.html or "").encode(),
        capture.media_type,
        capture.captured_at,
        capture.captured_at_basis,
        url=words.address(capture.url) if capture.url else None,
        source=source.name,
    )


class _Words:
    def __init__(self, hosts: tuple[str, ...]) -> None:
        self._hosts = hosts

    def text(self, text: str) -> str:
        line = clean(text)
        start = 0
        if len(line) <= _LONGEST_LINE:
            name = strip_prefix(line)
            start = max(0, text.find(name)) if line.endswith(name) else 0
            if is_aside(line, len(line), 1.0, marked=True) and (phrase := _PHRASE.match(text)):
                start = max(start, phrase.end())
        return text[:start] + self.words(text[start:])

    def words(self, text: str) -> str:
        return _TOKEN.sub(self._token, text)

    def address(self, url: str) -> str:
        """The address with an example host, and with other words in its path and query."""
        found = _HOST.match(url)
        path, mark, query = url[found.end() if found else 0 :].partition("#")[0].partition("?")
        path = "/".join(map(self._segment, path.split("/")))
        query = re.sub(r"(?<==)[^&]+", lambda value: quote(self.words(unquote(value[0]))), query)
        return f"{'https://' + self._host(found[1]) if found else ''}{path}{mark}{query}"

    def _host(self, host: str) -> str:
        is_own = on_hosts(host_of(f"https://{host}/"), self._hosts)
        return f"{self.words(self._hosts[0].split('.')[0])}.example" if is_own else "elsewhere.example"

    def _segment(self, segment: str) -> str:
        suffix = _SUFFIX.search(segment)
        stem = unquote(segment[: suffix.start()] if suffix else segment)
        return segment if _SECTION.fullmatch(stem) else quote(self.words(stem)) + (suffix[0] if suffix else "")

    def _token(self, token: re.Match[str]) -> str:
        word = token[0]
        if "://" in word:
            return self.address(word)
        if "@" in word:
            return "someone@mail.example"
        if word in AGENCIES or month_of(word, "UTC"):
            return word
        seed = crc32(word.lower().encode())
        others = (near[crc32(bytes([at % 256]), seed) % len(near)] for at, near in enumerate(map(_near, word)))
        return "".join(others)


@cache
def _near(letter: str) -> str:
    """The letters of its case among the 16 around it in Unicode, which are of its script."""
    first = ord(letter) & ~0xF
    return "".join(each for each in map(chr, range(first, first + 16)) if category(each) == category(letter))


def _hide_attributes(node: Node, words: _Words) -> None:
    attributes = node.attributes
    named = (attributes.get("name") or attributes.get("property") or "").lower()
    for name, value in attributes.items():
        # A quote too many makes the words of a text attributes, without values.
        is_word = not value and name not in _STAYING_ATTRIBUTES and not name.startswith("data-")
        if is_word or name.startswith("on") or (value and len(value) > _LONGEST_ATTRIBUTE and name != "content"):
            del node.attrs[name]
        elif value and not (node.tag == "meta" and (named in _STAYING_META or "http-equiv" in attributes)):
            node.attrs[name] = _hidden_attribute(name, value, words)


def _hidden_attribute(name: str, value: str, words: _Words) -> str:
    if name in ("class", "id"):
        return _SLUG.sub(lambda slug: (kind := slug[1] or "") + words.words(slug[0].removeprefix(kind)), value)
    if name == "style":
        return value if "url(" not in value else ""
    if name in _STAYING_ATTRIBUTES or (name.startswith("data-") and _IDENTIFIER.fullmatch(value)):
        return value
    if name.endswith("srcset"):
        return ", ".join(words.address(each.split()[0]) for each in value.split(",") if each.strip())
    return words.address(value) if _ADDRESS.match(value) else words.text(value)


def _hidden_value(value: Any, words: _Words) -> Any:
    if isinstance(value, Mapping):
        return {key: each if key in _STAYING_KEYS else _hidden_value(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_hidden_value(each, words) for each in value]
    if isinstance(value, str):
        return words.address(value) if _ADDRESS.match(value) else words.text(value)
    return value
