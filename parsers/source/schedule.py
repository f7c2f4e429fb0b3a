"""When a source is asked, and for which day: a declaration that stands in the source file. Nothing here runs."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

# Fields of a cron expression and their ranges, as crontab(5) has them; Sunday is 0 or 7.
FIELDS: Final = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
# Numbers only: names of months and weekdays, and what one cron knows and the other does not, are left out.
_PART: Final = re.compile(r"(?:\*|(?P<first>\d{1,2})(?:-(?P<last>\d{1,2}))?)(?:/(?P<step>\d{1,2}))?")

# The shortest feeds hold the last 20 to 50 stories; a busy source publishes some 10 an hour by day.
_INTRADAY_HOURS: Final = 4
# News sitemaps and feeds name late stories of the evening within an hour; the second one is for slow editors.
_AFTER_MIDNIGHT: Final = timedelta(hours=2)
_MINUTES: Final = 60
_ANY_YEAR: Final = 2026  # zones change their rules less than once in a decade


@dataclass(frozen=True, slots=True)
class Schedule:
    """One time table of a source.

    A run lands the UTC day of its scheduled time less the lag, however late it starts.

    Attributes:
        cron: five fields of crontab(5) in numbers, in the source's time zone: `5 22 * * *` is daily at 22:05.
        lag_days: how many days back the day is: 0 for the day that is under way, 1 for the one before.

    Raises:
        ValueError: that is no cron expression, or the lag is negative.
    """

    cron: str
    lag_days: int = 0

    def __post_init__(self) -> None:
        texts = self.cron.split()
        if len(texts) != len(FIELDS):
            raise ValueError(f"cron {self.cron!r} must have {len(FIELDS)} fields")
        for text, (name, low, high) in zip(texts, FIELDS, strict=True):
            if not all(_is_valid(part, low, high) for part in text.split(",")):
                raise ValueError(f"cron {self.cron!r}: {text!r} is no {name} from {low} to {high}")
        if self.lag_days < 0:
            raise ValueError(f"a schedule's lag of {self.lag_days} days is negative: no day can be landed ahead")


def _is_valid(part: str, low: int, high: int) -> bool:
    found = _PART.fullmatch(part)
    if not found:
        return False
    first, last, step = (int(found[name]) if found[name] else None for name in ("first", "last", "step"))
    bounds = [bound for bound in (first, last) if bound is not None]
    # A step counts within a range; after a single number one cron takes it for a range and the other refuses it.
    is_range = first is None or last is not None
    in_order = bounds == sorted(bounds) and all(low <= bound <= high for bound in bounds)
    return in_order and (step is None or (is_range and 1 <= step <= high))


def usual_schedules(name: str, timezone: str) -> tuple[Schedule, ...]:
    """The schedules of a source that declares none: every four hours for today, once for the day that has ended.

    The last one comes two hours or more after midnight UTC, at the same local hour all year; so it lands every day once
    across changes of daylight-saving time. The minutes follow from the name, so that sources do not all begin at once,
    and a new source moves no other.

    Args:
        name: of the source.
        timezone: IANA name of its zone.
    """
    minute = crc32(name.encode()) % _MINUTES
    # Half an hour apart, so that the two never begin together; their order does not matter.
    return (
        Schedule(f"{minute} */{_INTRADAY_HOURS} * * *"),
        Schedule(f"{(minute + _MINUTES // 2) % _MINUTES} {_closing_hour(timezone)} * * *", lag_days=1),
    )


def _closing_hour(timezone: str) -> int:
    """The local hour that is two hours after midnight UTC where the zone is farthest ahead in its year; else later."""
    ahead = max(_offsets(ZoneInfo(timezone)))
    return math.ceil((ahead + _AFTER_MIDNIGHT) / timedelta(hours=1)) % 24


def _offsets(zone: ZoneInfo) -> Iterator[timedelta]:
    for month in range(1, 13):
        yield datetime(_ANY_YEAR, month, 15, tzinfo=zone).utcoffset() or timedelta()
