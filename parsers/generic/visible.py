"""What a page shows its readers of a story, where what it states for machines is missing or is about the site."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from parsers.fields.characters import clean, letters
from parsers.fields.dates import DateBasis, Precision, Stamp, from_machine, from_visible
from parsers.fields.titles import MIN_HEADLINE, without_site
from parsers.generic.outline import Text
from parsers.page.page import Page

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
