"""What a page shows its readers of a story, where what it states for machines is missing or is about the site."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from parsers.fields.bylines import split_people
from parsers.fields.characters import clean, unique
from parsers.fields.dates import DateBasis, Precision, Stamp, from_machine, from_visible
from parsers.generic.outline import Text
from parsers.page.html import Node, text_of
from parsers.page.metadata import as_text
from parsers.page.page import Page

_BYLINES: Final = (
    '[rel~="author"], [itemprop="author"], [class*="byline" i], [class*="author" i], [class*="autor" i],'
    ' [class*="reporter" i], [class*="writer" i]'
)
# Elements of that name that hold no byline.
_NO_BYLINE: Final = re.compile(
    r"comment|bio|desc|social|date|time|contact|related|collection|teaser|image|avatar|reply", re.I
)
_LONGEST_BYLINE: Final = 120
_MOST_BYLINES: Final = 12  # elements that are looked at: further down are those of other stories
_NO_NAME: Final = re.compile(r"[\d:/@]")
_MOST_WORDS: Final = 4
_LONGEST_UNCASED: Final = 12
_ROLE: Final = re.compile(r"^(?:autor(?:in|en|es)?|author|von|by|por|par|texto?|text)\s*:?\s+", re.I)
_BRACKETS: Final = ("(", "[")
_SITE: Final = re.compile(r"\s*(?:[|·•»ㅣ｜]|\s[-–—]\s|--)\s*")
_AFTER_HEADLINE: Final = re.compile(r"\s*[|·•»ㅣ｜:：,–—-]")
_LEAST_HEADLINE: Final = 15  # characters of a title without the site's name
_LONGEST_DATE: Final = 100
_HOSTS: Final = 1024  # whose names are remembered
_OTHER_ZONE: Final = "Asia/Tokyo"  # a time that is read differently there states no zone


def headline(page: Page, shown: str | None) -> tuple[str | None, str]:
    """The headline that most of JSON-LD, OpenGraph and the page itself agree on, and where it stands.

    `shown` is the page's own heading. What stands after it in the others is the name of the site.
    """
    metadata = page.metadata
    stated = {f"{metadata.subject}.headline": metadata.jsonld("headline"), "meta og:title": metadata.first("og:title")}
    named = {origin: _without_site(title, shown) for origin, title in stated.items() if title}
    if shown:
        named["heading"] = shown
    if not named:
        head = page.tree.css_first("title")
        parts = _SITE.split(text_of(head)) if head is not None else []
        return next((part for part in parts if len(part) >= _LEAST_HEADLINE), parts[0] if parts else None), "title"
    votes = Counter(named.values())
    return next((title, origin) for origin, title in named.items() if votes[title] == max(votes.values()))


def _without_site(title: str, shown: str | None) -> str:
    if shown and len(shown) < len(title) and title.startswith(shown) and _AFTER_HEADLINE.match(title[len(shown) :]):
        return shown
    return title


def people(page: Page, host: str | None, stated: tuple[str, ...]) -> tuple[str, ...]:
    """The authors: those stated, without accounts; if that is the site itself, those of the byline that is shown."""
    full = {name.casefold().replace(" ", "-") for name in stated if " " in name}
    named = tuple(name for name in stated if not (name in full or name.isdigit() or name.startswith(_BRACKETS)))
    metadata = page.metadata
    names = [metadata.first("og:site_name"), as_text(metadata.article.get("publisher")), *_host_names(host)]
    site = {_folded(name) for name in names if name}
    if named and not all(_folded(name) in site for name in named):
        return named
    return next(_bylines(page), ()) or named


@lru_cache(_HOSTS)
def _host_names(host: str | None) -> tuple[str, ...]:
    """What a site may call itself after its host: `www.paper.example`, `paper.example`, `paper`."""
    if host is None:
        return ()
    labels = [label for label in host.split(".") if label != "www"]
    return (host, ".".join(labels[-2:]), *labels[:-1])


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _bylines(page: Page) -> Iterator[tuple[str, ...]]:
    for node in page.tree.css(_BYLINES)[:_MOST_BYLINES]:
        names = node.attributes.get("class") or ""
        if _NO_BYLINE.search(names):
            continue
        pieces = [clean(inner.text_content or "") for inner in node.traverse(include_text=True) if inner.tag == "-text"]
        found = unique(_names(pieces)) or unique(_names([text_of(node)]))
        if found:
            yield found if " " in found[0] else found[:1]


def _names(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        bare = _ROLE.sub("", text)
        if bare and len(bare) <= _LONGEST_BYLINE and not _NO_NAME.search(bare):
            yield from (name for name in split_people(bare) if _is_name(name))


def _is_name(text: str) -> bool:
    """Two to four words, or a word of a script without capitals."""
    words = text.split()
    cased = text.upper() != text.lower()
    if not cased:
        return len(text) <= _LONGEST_UNCASED
    return 1 < len(words) <= _MOST_WORDS and words[0][0].isupper() and words[-1][0].isupper()


def in_own_zone(stamp: Stamp | None) -> Stamp | None:
    """A time that states no zone as the day alone, since nothing is known of the clock of an unknown site."""
    if stamp is None or stamp.at is None or stamp.precision is Precision.DAY or stamp.basis is None:
        return stamp
    elsewhere = from_machine(stamp.raw, stamp.basis, _OTHER_ZONE) or from_visible(stamp.raw, _OTHER_ZONE)
    if elsewhere.at == stamp.at:
        return stamp
    day = stamp.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(stamp, at=day, precision=Precision.DAY)


def is_elsewhere(at: datetime, text: str) -> bool:
    """Whether a time for machines that was read as UTC is another in another zone: it names none."""
    elsewhere = from_machine(text, DateBasis.META, _OTHER_ZONE) or from_visible(text, _OTHER_ZONE)
    return elsewhere.at != at


def shown_date(page: Page, after_headline: Iterable[Text]) -> Stamp | None:
    """The first date among the texts after the headline, or of a `<time>`."""
    for text in after_headline:
        if len(text.text) <= _LONGEST_DATE:
            stamp = from_visible(text.text, "UTC")
            if stamp.at is not None:
                return in_own_zone(stamp)
    node: Node | None = page.tree.css_first("time")
    if node is None:
        return None
    stamp = from_visible(node.attributes.get("datetime") or text_of(node), "UTC")
    return in_own_zone(stamp) if stamp.at is not None else None
