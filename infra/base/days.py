"""Days and ranges of days, always UTC. Ranges are half-open: `end` is the first day left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from infra.base.errors import UsageError
from parsers.record.article import NULL_PARTITION

# What users may ask for: a year from either end of the calendar, as plans look some weeks before and after a day.
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """The UTC days from `start` up to, but not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise UsageError(
                f"end {self.end} is not after start {self.start}",
                f"The end is the first day left out: for {self.start} alone write {self.start} and {self.next_day}.",
            )

    @classmethod
    def one(cls, day: date) -> "Days":
        """A single day."""
        return cls(day, day + timedelta(days=1))

    @property
    def next_day(self) -> date:
        """The day after the first: the earliest valid end."""
        return self.start + timedelta(days=1)

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=offset) for offset in range((self.end - self.start).days))

    def described(self) -> str:
        """The range in words."""
        return f"{self.start}" if self.end == self.next_day else f"{self.start} up to {self.end} (left out)"


def midnight(day: date) -> datetime:
    """The UTC moment at which a day begins."""
    return datetime.combine(day, time(), UTC)


def is_within(day: str, start: date | None, end: date | None) -> bool:
    """Whether a day, or a partition by its name, is in a period; undated articles only are if it has no bounds."""
    if day.startswith(NULL_PARTITION):
        return start is None and end is None
    return (start is None or start.isoformat() <= day) and (end is None or day < end.isoformat())


def require_begun(days: Days, now: datetime) -> None:
    """Refuse a range whose last day has not begun at `now`: nothing can have been published on it."""
    today = now.astimezone(UTC).date()
    last = days.end - timedelta(days=1)
    if last > today:
        raise UsageError(f"{last} is in the future: today is {today} (UTC)", f"Ask for days up to {today}.")


def parse_day(text: str, name: str) -> date:
    """Read a day as a user writes it, YYYY-MM-DD; `name` is what the message calls it."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise UsageError(f"{name} {text!r} is not a date", "Write it as YYYY-MM-DD, for example 2026-11-21.") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(f"{name} {day} is out of range", f"Give a day from {FIRST_DAY} to {LAST_DAY}.")
    return day


def parse_instant(text: str, name: str) -> datetime:
    """Read an ISO 8601 date or time as users and manifests write it; UTC unless it has an offset."""
    try:
        instant = datetime.fromisoformat(text.strip())
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{name} {text[:80]!r} is not a time",
            "Write it as ISO 8601, for example 2026-11-21 or 2026-11-21T08:30:00Z.",
        ) from error
