"""Ranges of days: UTC, half-open, checked before anything is read."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from infra.base.days import Days, is_within, parse_day, parse_instant, require_begun
from infra.base.errors import UsageError
from parsers.record.article import NULL_PARTITION

NOW = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


def test_o01_an_end_that_is_not_after_the_start_is_refused_with_the_remedy() -> None:
    with pytest.raises(UsageError, match=r"end 2017-05-10 is not after start 2017-05-10\. .*2017-05-11"):
        Days(date(2017, 5, 10), date(2017, 5, 10))


def test_o01_days_that_have_not_begun_are_refused() -> None:
    for hours in (9, 0, -5):  # today is the UTC day, whatever the zone of the clock
        require_begun(Days.one(date(2026, 11, 22)), NOW.astimezone(timezone(timedelta(hours=hours))))
    with pytest.raises(UsageError, match="2026-11-23 is in the future"):
        require_begun(Days(date(2026, 11, 1), date(2026, 11, 24)), NOW)


def test_days_describe_themselves_with_the_end_left_out() -> None:
    assert Days.one(date(2017, 5, 10)).described() == "2017-05-10"
    assert Days(date(2017, 5, 10), date(2017, 5, 12)).described() == "2017-05-10 up to 2017-05-12 (left out)"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2017-05-10", datetime(2017, 5, 10, tzinfo=UTC)),
        ("2017-05-10T14:50:00+03:00", datetime(2017, 5, 10, 11, 50, tzinfo=UTC)),
        ("2017-05-10T11:50:00Z", datetime(2017, 5, 10, 11, 50, tzinfo=UTC)),
        ("2017-05-10 11:50", datetime(2017, 5, 10, 11, 50, tzinfo=UTC)),
    ],
)
def test_a_time_without_offset_is_utc(text: str, instant: datetime) -> None:
    assert parse_instant(text, "--captured-at") == instant


@pytest.mark.parametrize("text", ["2017-13-01", "2017-02-30", "10.05.2017", "", "yesterday", "1494417000"])
def test_a_day_or_time_that_is_none_is_named_with_its_option(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--start .* is not a date\. Write it as YYYY-MM-DD"):
        parse_day(text, "--start")
    with pytest.raises(UsageError, match=r"^--captured-at .* is not a time\. Write it as ISO 8601"):
        parse_instant(text, "--captured-at")
    assert parse_day("2017-05-10", "--start") == date(2017, 5, 10)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_a_day_with_no_room_around_it_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=rf"^--day {text} is out of range\. Give a day from 0002-01-01 to 9998-12-31"):
        parse_day(text, "--day")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, ["2024-05-01", "2024-05-02", "2024-05-03", NULL_PARTITION]),
        (date(2024, 5, 2), None, ["2024-05-02", "2024-05-03"]),
        (None, date(2024, 5, 2), ["2024-05-01"]),
        (date(2024, 5, 2), date(2024, 5, 3), ["2024-05-02"]),
    ],
)
def test_a_period_is_half_open_and_has_undated_articles_only_where_it_has_no_bounds(
    start: date | None, end: date | None, expected: list[str]
) -> None:
    days = ["2024-05-01", "2024-05-02", "2024-05-03", NULL_PARTITION]
    assert [day for day in days if is_within(day, start, end)] == expected
