"""What a page shows its readers of a story, where what it states for machines is missing or is about the site."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from parsers.fields.characters import clean, letters
from parsers.fields.dates import DateBasis, Precision, Stamp, from_machine, from_visible
from parsers.fields.titles import MIN_HEADLINE, without_site
from parsers.generic.outline import Text
from parsers.page.html import Node, inside, text_of
from parsers.page.page import Page
from parsers.reading.times import is_of_others

_APART: Final = frozenset({"aside", "nav"})  # whose times are those of other stories; an article's footer has its own
_LONGEST_DATE: Final = 100
_TITLE_DATE: Final = re.compile(r"[|–—-]\s*([^|–—]*\b(?:19|20)\d\d)$")
_DATED: Final = '[class*="date" i], [class*="datum" i], [class*="publi" i]'
_DATE_LEVELS: Final = 3  # elements around a headline; further out stand other stories, and today's date
_MOST_DATED: Final = 5
_SIGNS: Final = re.compile(r"\D")
_TO_MINUTES: Final = 12  # digits
_SAME_END: Final = 8  # characters
_LEADING_SIGNS: Final = re.compile(r"^[\s:|·•–—-]+")  # that part a kicker and a headline
_OTHER_ZONE: Final = "Asia/Tokyo"  # a time that is read differently there states no zone


def headline(page: Page, stated: str | None, headings: Sequence[Text], own: Text | None) -> tuple[str, str] | None:
    """A better headline than the `stated`: the own heading, or what follows its kicker, if OpenGraph agrees."""
    metadata = page.metadata
    shown = own.text if own else ""
    title = without_site(metadata.first("og:title") or "", metadata.site_keys, [shown])
    if not title or stated is None:
        return None
    like = (heading for heading in headings if title.endswith(heading.text[-_SAME_END:]))
    after_kicker = next(filter(None, (_after_kicker(heading, title) for heading in like)), None)
    if after_kicker:
        return after_kicker, "heading without its kicker"
    if letters(title) == letters(stated):  # they differ in signs at most
        as_named = title != stated and without_site(metadata.title, metadata.site_keys).startswith(title)
        return (title, "meta og:title, as in title") if as_named else None
    return (shown, "heading") if shown == title else None


def _after_kicker(heading: Text, title: str) -> str | None:
    """What stands in a heading after an element of its own that a title, which ends with the same, does not say."""
    stated = letters(title)
    if stated.endswith(letters(heading.text)):
        return None
    nodes = heading.part.node.traverse(include_text=True)
    pieces = [clean(node.text_content or "") for node in nodes if node.tag == "-text"]
    ends = (_LEADING_SIGNS.sub("", " ".join(filter(None, pieces[n:]))) for n in range(1, len(pieces)))
    return next((end for end in ends if len(letters(end)) >= MIN_HEADLINE and stated.endswith(letters(end))), None)


def in_own_zone(stamp: Stamp | None, readings: Iterable[Stamp] = ()) -> Stamp | None:
    """A time that states no zone with that of another reading of the same clock; else the day alone."""
    if stamp is None or stamp.at is None or stamp.precision is Precision.DAY or stamp.basis is None:
        return stamp
    if not is_elsewhere(stamp.at, stamp.raw):
        return stamp
    clock = _clock(stamp)
    alike = (other for other in readings if other.at and _clock(other) == clock)
    stated = (other for other in alike if other.at and not is_elsewhere(other.at, other.raw))
    day = stamp.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return next(stated, None) or replace(stamp, at=day, precision=Precision.DAY)


def _clock(stamp: Stamp) -> str:
    """Year to minute as a machine format shows them, in no zone."""
    return _SIGNS.sub("", stamp.raw)[:_TO_MINUTES]


def is_elsewhere(at: datetime, text: str) -> bool:
    """Whether a time for machines that was read as UTC is another in another zone: it names none."""
    elsewhere = from_machine(text, DateBasis.META, _OTHER_ZONE) or from_visible(text, _OTHER_ZONE)
    return elsewhere.at != at


def shown_date(page: Page, after_headline: Iterable[Text], headline: Node | None) -> Stamp | None:
    """The date at the end of the title, the first among the texts after the headline, beside it, or of a `<time>`."""
    title = _TITLE_DATE.search(page.metadata.title[-_LONGEST_DATE:])
    texts = [title[1]] if title else []
    texts += [text.text for text in after_headline if _may_date(text)]
    for text in (*texts, *_beside(headline)):
        if len(text) <= _LONGEST_DATE:
            stamp = from_visible(text, page.timezone)
            if stamp.at is not None:
                return stamp
    times = (node for node in page.tree.css("time") if not inside(node, _APART, set()) and not is_of_others(node))
    node = next(times, None)
    if node is None:
        return None
    stamp = from_visible(node.attributes.get("datetime") or text_of(node), page.timezone)
    return stamp if stamp.at is not None else None


def _may_date(text: Text) -> bool:
    """Whether a date in a text can be that of the story: none of its prose, quotations, comments or next stories."""
    quoted = any(part.tag == "blockquote" for part in (text.part, *text.part.around()))
    return text.worth <= 0 and not quoted and not is_of_others(text.part.node)


def _beside(headline: Node | None) -> Iterator[str]:
    """Texts of elements named as dates in the nearest elements around the headline, up to its article."""
    above = headline.parent if headline is not None else None
    for _ in range(_DATE_LEVELS):
        if above is None or above.tag in ("body", "main"):
            return
        yield from map(text_of, above.css(_DATED)[:_MOST_DATED])
        above = None if above.tag == "article" else above.parent
