"""When a source is read, and for which day."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

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


def usual_schedules(name: str, timezone: str) -> tuple[Schedule, ...]:
    """The schedules of a source: every four hours for today, and once for the day that has ended.

    The latter has the same local hour all year, so it lands each day once whatever clocks do. Hours of the former and
    minutes of both follow from the name: sources do not all start at once, and a new one moves no other.
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
