"""The sites that are played: hosts, addresses, sections. What a site is like, not how newslake reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

# Ids of articles count from here, 100 a day: seven digits at most, as on the real sites.
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Masthead:
    """One site.

    Attributes:
        source: name of the source in newslake.
        title: name of the site.
        host: host of its own links.
        aliases: other hosts that redirect to it.
        zone: its local time.
        path: of an article, with `{section}`, `{slug}` and `{number}`.
        first_number: where the ids of its articles begin.
        feed: path of its RSS feed.
        tag: path of a tag's page, with `{slug}`.
        colour: of its head, for people who look at it in a browser.
    """

    source: str
    title: str
    host: str
    aliases: tuple[str, ...]
    zone: ZoneInfo
    path: str
    first_number: int
    feed: str
    tag: str
    colour: str

    @property
    def base(self) -> str:
        """Scheme and host of its links."""
        return f"https://{self.host}"

    def number(self, day: date, slot: int) -> int:
        """The id of an article: says its local day and which one of that day it is, 0 to 99."""
        return self.first_number + (day.toordinal() - _FIRST_DAY) * 100 + slot


MASTHEADS: Final[Mapping[str, Masthead]] = {
    masthead.source: masthead
    for masthead in (
        Masthead(
            source="tass",
            title="TASS",
            host="tass.com",
            aliases=(),
            zone=ZoneInfo("Europe/Moscow"),
            path="/{section}/{number}",
            first_number=1_000_000,
            feed="/rss/v2.xml",
            tag="/tag/{slug}",
            colour="#1f3a68",
        ),
        Masthead(
            source="theissue",
            title="The Issue",
            host="www.theissue.com",
            aliases=("theissue.com",),
            zone=ZoneInfo("America/New_York"),
            path="/{section}/{slug}-{number}",
            first_number=0,
            feed="/feed/",
            tag="/tag/{slug}/",
            colour="#7a2331",
        ),
        Masthead(
            source="globalresearch",
            title="Global Research",
            host="www.globalresearch.ca",
            aliases=("globalresearch.ca",),
            zone=ZoneInfo("America/Toronto"),
            path="/{slug}/{number}",
            first_number=5_000_000,
            feed="/feed",
            tag="/tag/{slug}",
            colour="#24513a",
        ),
    )
}
