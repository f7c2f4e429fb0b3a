"""What a page shows its readers of a story, where what it states for machines is missing or is about the site."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from parsers.fields.bylines import split_people
from parsers.fields.characters import clean, letters, unique
from parsers.fields.dates import DateBasis, Precision, Stamp, from_machine, from_visible
from parsers.fields.titles import without_site
from parsers.generic.outline import Text
from parsers.page.html import Node, text_of
from parsers.page.page import Page
from parsers.reading.titles import site_names

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
_LONGEST_DATE: Final = 100
_OTHER_ZONE: Final = "Asia/Tokyo"  # a time that is read differently there states no zone


def headline(page: Page, stated: str | None, shown: str | None) -> tuple[str | None, str] | None:
    """A better headline than the shared reading has `stated`, and where it stands; None if there is none.

    That is the page's own heading, `shown`, if OpenGraph says the same, and `<title>` if nothing else is stated.
    """
    if stated is None:
        node = page.tree.css_first("title")
        title = text_of(node) if node is not None else ""
        return (without_site(title, site_names(page)), "title") if title else None
    title = page.metadata.first("og:title") or ""
    agreed = shown and shown != stated and without_site(title, site_names(page), [shown]) == shown
    return (shown, "heading") if agreed else None


def byline(page: Page, stated: tuple[str, ...]) -> tuple[str, ...]:
    """The people of the byline that is shown, if nobody is stated but the site itself."""
    if len(stated) > 1 or (stated and letters(stated[0]) not in map(letters, filter(None, site_names(page)))):
        return ()
    return next(_bylines(page), ())


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
            stamp = from_visible(text.text, page.timezone)
            if stamp.at is not None:
                return stamp
    node: Node | None = page.tree.css_first("time")
    if node is None:
        return None
    stamp = from_visible(node.attributes.get("datetime") or text_of(node), page.timezone)
    return stamp if stamp.at is not None else None
