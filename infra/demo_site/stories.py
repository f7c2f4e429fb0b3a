"""One article: its facts and its text, made from the source, the local day and a number, and from nothing else."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from infra.demo_site import words
from infra.demo_site.dice import Dice
from infra.demo_site.mastheads import Masthead
from infra.demo_site.plots import PLOTS, Plot

_FEW: Final = ("three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS: Final = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
UPDATED_SLOT: Final = 1  # the story of a day that is changed some hours later
_TEASED: Final = 2  # paragraphs that a reader who has not paid is shown
_UPDATED_AFTER: Final = timedelta(hours=3)


class Kind(StrEnum):
    """What stands at the address of a story."""

    ARTICLE = "article"
    PAID = "paid"  # an article of which those who have not paid see the beginning
    SPONSORED = "sponsored"  # an article that the robots file disallows
    VIDEO = "video"
    LIVE = "live"
    TAG = "tag"
    UNKNOWN_LAYOUT = "unknown_layout"

    @property
    def lands(self) -> bool:
        """Whether newslake gets an article from it."""
        return self in (Kind.ARTICLE, Kind.PAID)


@dataclass(frozen=True, slots=True)
class Story:
    """A story, as its site would have it in its database.

    Attributes:
        masthead: the site.
        kind: what stands at its address.
        number: its id on the site.
        published_at, modified_at: local time of the site, whole minutes; the second None where it was never changed.
        section, headline, lead, slug: as on the page and in the address.
        town: where it happens; the dateline.
        opening: paragraphs before the crosshead.
        crosshead, quote, facts, closing: what follows them, in this order: a heading, a quote, a list, paragraphs.
        authors, topics: by name.
        caption, credit: of the picture.
    """

    masthead: Masthead
    kind: Kind
    number: int
    published_at: datetime
    modified_at: datetime | None
    section: str
    headline: str
    lead: str
    slug: str
    town: str
    opening: tuple[str, ...]
    crosshead: str
    quote: str
    facts: tuple[str, ...]
    closing: tuple[str, ...]
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    caption: str
    credit: str

    @property
    def path(self) -> str:
        """Path of its address."""
        section = {Kind.SPONSORED: "sponsored", Kind.VIDEO: "video", Kind.LIVE: "live"}.get(self.kind, self.section)
        return self.masthead.path.format(section=section, slug=self.slug, number=self.number)

    @property
    def url(self) -> str:
        """Its canonical address."""
        return self.masthead.base + self.path

    @property
    def picture(self) -> str:
        """Address of its picture."""
        return f"{self.masthead.base}/img/{self.number}.svg"

    @property
    def changed_at(self) -> datetime:
        """Its last change, or its publication."""
        return self.modified_at or self.published_at

    @property
    def day(self) -> date:
        """The UTC day of its publication."""
        return self.published_at.astimezone(UTC).date()


def slug_of(text: str) -> str:
    """The text as a part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")


def write_story(masthead: Masthead, day: date, slot: int, minute: int, kind: Kind = Kind.ARTICLE) -> Story:
    """Write one.

    Args:
        masthead: the site.
        day: local day of its publication.
        slot: which one of that day it is, 0 to 99.
        minute: local minute of the day at which it is published.
        kind: what stands at its address.
    """
    dice = Dice(f"{masthead.source}/{day}/{slot}")
    plot = dice.pick(PLOTS)
    cast = _cast(dice, day)
    opening, closing = _text(dice, plot, cast)
    headline = _filled(dice.pick(plot.headlines), cast)
    published = datetime.combine(day, time(minute // 60, minute % 60), masthead.zone)
    paid = kind is Kind.PAID
    return Story(
        masthead=masthead,
        kind=kind,
        number=masthead.number(day, slot),
        published_at=published,
        modified_at=published + _UPDATED_AFTER if slot == UPDATED_SLOT else None,
        section=plot.section,
        headline=headline,
        lead=_filled(dice.pick(plot.leads), cast),
        slug=slug_of(headline),
        town=cast["town"],
        opening=opening[:_TEASED] if paid else opening,
        crosshead=dice.pick(words.CROSSHEADS),
        quote=f"{dice.pick(words.REMARKS)}.",
        facts=() if paid else tuple(_filled(fact, cast) for fact in dice.sample(words.FACTS, 3)),
        closing=() if paid else closing,
        authors=tuple(dice.sample(words.REPORTERS, dice.pick((1, 1, 1, 2)))),
        topics=(*plot.topics, cast["town"].replace("'", "’")),
        caption=_filled(plot.caption, cast),
        credit=dice.pick(words.PHOTOGRAPHERS),
    )


def _cast(dice: Dice, day: date) -> dict[str, str]:
    """Who and what a story is about."""
    town, other = dice.sample(words.TOWNS, 2)
    first = dice.sample(words.FIRST_NAMES, 2)
    last = dice.sample(words.LAST_NAMES, 2)
    post, rank = dice.sample(words.POSTS, 2)
    few = dice.number(0, len(_FEW) - 1)
    return {
        "town": town,
        "other": other,
        "one": f"{first[0]} {last[0]}",
        "two": f"{first[1]} {last[1]}",
        "post": post,
        "rank": rank,
        "animal": dice.pick(words.ANIMALS),
        "thing": dice.pick(words.ITEMS),
        "dish": dice.pick(words.DISHES),
        "place": dice.pick(words.PLACES),
        "group": dice.pick(words.GROUPS),
        "few": _FEW[few],
        "ordinal": _ORDINALS[few],
        "some": str(dice.number(11, 94)),
        "many": str(dice.number(110, 980)),
        "weekday": f"{day:%A}",
    }


def _text(dice: Dice, plot: Plot, cast: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paragraphs before and after the crosshead."""
    told = [_filled(paragraph, cast) for paragraph in plot.paragraphs]
    told[1] += f" “{dice.pick(words.REMARKS)},” {cast['one'].split()[0]} added." if "“" not in told[1] else ""
    asides = dice.sample(words.ASIDES, 2)
    middle = len(told) // 2 + 1
    return (*told[:middle], asides[0]), (*told[middle:], asides[1], dice.pick(words.WEATHER))


def _filled(text: str, cast: dict[str, str]) -> str:
    return text.format_map(cast)
