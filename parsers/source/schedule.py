"""When a source is read, and for which day: declarations for the source file."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

# Fields of a cron expression and their ranges, as crontab(5) has them; Sunday is 0 or 7.
FIELDS: Final = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
# Numbers only: names of months and weekdays, and extensions that only some crons know, are left out.
_PART: Final = re.compile(r"(?:\*|(?P<first>\d{1,2})(?:-(?P<last>\d{1,2}))?)(?:/(?P<step>\d{1,2}))?")

# The shortest feeds hold the last 20 to 50 stories; a busy source publishes about 10 an hour.
_INTRADAY_HOURS: Final = 4
# News sitemaps and feeds list a late story within an hour; the second hour is for slow editors.
_AFTER_MIDNIGHT: Final = timedelta(hours=2)
_ANY_YEAR: Final = 2026  # zones change their rules less than once in a decade


@dataclass(frozen=True, slots=True)
class Schedule:
    """One timetable. A run lands the UTC day of its scheduled time minus the lag, however late it starts."""

    cron: str  # five fields of crontab(5) in numbers, in the source's time zone: `5 22 * * *` is daily at 22:05
    lag_days: int = 0  # 0 for the current day, 1 for the day before, and so on

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
    # A step needs a range: some crons refuse it after a single number.
    is_range = first is None or last is not None
    in_order = bounds == sorted(bounds) and all(low <= bound <= high for bound in bounds)
    return in_order and (step is None or (is_range and 1 <= step <= high))


def usual_schedules(name: str, timezone: str) -> tuple[Schedule, ...]:
    """The schedules of a source that declares none: every four hours for today, and once for the day that has ended.

    The latter runs at least two hours after midnight UTC, at the same local hour all year, so it lands every day once
    across changes of daylight-saving time. Hours of the former and minutes of both follow from the name, so that
    sources do not all start at once and a new source changes no other.
    """
    hour, minute = divmod(crc32(name.encode()) % (_INTRADAY_HOURS * 60), 60)
    # Half an hour apart, so that the two never start together.
    return (
        Schedule(f"{minute} {hour}-23/{_INTRADAY_HOURS} * * *"),
        Schedule(f"{(minute + 30) % 60} {_closing_hour(timezone)} * * *", lag_days=1),
    )


def _closing_hour(timezone: str) -> int:
    """The local hour that is two hours after midnight UTC, or later when the zone is not farthest ahead."""
    zone = ZoneInfo(timezone)
    middles = (datetime(_ANY_YEAR, month, 15, tzinfo=zone) for month in range(1, 13))
    ahead = max(middle.utcoffset() or timedelta() for middle in middles)
    return math.ceil((ahead + _AFTER_MIDNIGHT) / timedelta(hours=1)) % 24
