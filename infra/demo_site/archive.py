"""What a demo site has published: its stories over some days, and where they are found."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from infra.demo_site.dice import Dice
from infra.demo_site.mastheads import Masthead
from infra.demo_site.stories import Kind, Story, write_story

MAX_PER_DAY: Final = 80  # ids have two digits for the day, and some are for other pages
MAX_DAYS: Final = 400  # a year and a month; all is kept in memory, some 2 KB an article
_OTHER_SLOT: Final = 90  # the number of a day's page that is no article
_SPONSORED_SLOT: Final = 91
# One page in some forty is no article: below newslake's default limit for quarantine, over some days.
_OTHERS_EVERY: Final = 7
_OTHERS_SHIFT: Final = {"tass": 0, "theissue": 2, "globalresearch": 4}  # not all on the same day
_OTHERS: Final = (Kind.UNKNOWN_LAYOUT, Kind.VIDEO, Kind.TAG, Kind.LIVE)
_SPONSORED_EVERY: Final = 4
_PAID_EVERY: Final = 3
_PAID_SLOT: Final = 2
_MORNING, _EVENING, _NOON = 7 * 60, 20 * 60, 12 * 60
# Local minutes at which it is another day in UTC: after midnight in the east, before it in the west.
_SMALL_HOURS: Final = 20
_LATE: Final = 23 * 60 + 50


class StoryArchive:
    """The stories of one site on the UTC days up to `today`, oldest first.

    Args:
        masthead: the site.
        today: the last UTC day.
        days: how many days, `today` among them.
        per_day: articles a UTC day.

    Raises:
        ValueError: more days or articles than there are numbers for.
    """

    def __init__(self, masthead: Masthead, today: date, days: int, per_day: int) -> None:
        if not (1 <= days <= MAX_DAYS and 1 <= per_day <= MAX_PER_DAY):
            raise ValueError(f"{days} days of {per_day} articles: at most {MAX_DAYS} of {MAX_PER_DAY}")
        self.masthead = masthead
        self.today = today
        self.first_day = today - timedelta(days=days - 1)
        # A UTC day has stories of two local days.
        local = [self.first_day + timedelta(days=offset) for offset in range(-1, days + 1)]
        stories = [story for day in local for story in _edition(masthead, day, per_day)]
        self.stories = sorted(
            (story for story in stories if self.first_day <= story.day <= today), key=lambda story: story.published_at
        )
        self.by_path: Mapping[str, Story] = {story.path: story for story in self.stories}
        self._index = {story.number: position for position, story in enumerate(self.stories)}

    def on(self, day: date) -> list[Story]:
        """The stories published on a UTC day."""
        return [story for story in self.stories if story.day == day]

    def on_local(self, day: date) -> list[Story]:
        """The stories published on a day of the site's own time zone, newest first."""
        return [story for story in reversed(self.stories) if story.published_at.date() == day]

    def newest(self, days: int) -> list[Story]:
        """The stories of the last UTC days, newest first."""
        since = self.today - timedelta(days=days - 1)
        return [story for story in reversed(self.stories) if story.day >= since]

    def around(self, story: Story, count: int) -> Iterable[Story]:
        """Stories of about the same time, without the story itself."""
        position = self._index[story.number]
        start = max(0, min(position - count // 2, len(self.stories) - count - 1))
        return (other for other in self.stories[start : start + count + 1] if other is not story)


def _edition(masthead: Masthead, day: date, per_day: int) -> list[Story]:
    """What the site publishes on a local day."""
    minutes = _minutes(masthead, day, per_day)
    stories = [
        write_story(masthead, day, slot, minute, _kind(masthead, day, slot)) for slot, minute in enumerate(minutes)
    ]
    turn, rest = divmod(day.toordinal() + _OTHERS_SHIFT[masthead.source], _OTHERS_EVERY)
    if rest == 0:
        stories.append(write_story(masthead, day, _OTHER_SLOT, _NOON, _OTHERS[turn % len(_OTHERS)]))
    if masthead.source == "theissue" and day.toordinal() % _SPONSORED_EVERY == 0:
        stories.append(write_story(masthead, day, _SPONSORED_SLOT, _NOON + 1, Kind.SPONSORED))
    return stories


def _kind(masthead: Masthead, day: date, slot: int) -> Kind:
    paid = masthead.source == "theissue" and slot == _PAID_SLOT and day.toordinal() % _PAID_EVERY == 0
    return Kind.PAID if paid else Kind.ARTICLE


def _minutes(masthead: Masthead, day: date, per_day: int) -> list[int]:
    """Local minutes of the articles: spread over the working day, but for one when it is another day in UTC."""
    dice = Dice(f"{masthead.source}/{day}/times")
    step = (_EVENING - _MORNING) // per_day
    spread = [_MORNING + step * slot + dice.number(0, max(0, step - 1)) for slot in range(per_day)]
    ahead = datetime.combine(day, time(12), masthead.zone).utcoffset() or timedelta()
    return [_SMALL_HOURS, *spread[1:]] if ahead > timedelta() else [*spread[:-1], _LATE]
