"""When sources are asked, and for which day; which of the runs that are due together does the work."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.server.schemas.schedules import CronSchedule

from flows.jobs.run import day_of, newest_by_day
from parsers.registry import sources
from parsers.source.definition import Schedule, usual_schedules

TASS = sources()["tass"]


def times(schedule: Schedule, timezone: str, start: datetime, count: int) -> list[datetime]:
    cron = CronSchedule(cron=schedule.cron, timezone=timezone)
    return [moment.astimezone(UTC) for moment in asyncio.run(cron.get_dates(n=count, start=start))]


def days_landed(schedule: Schedule, timezone: str, start: datetime, count: int) -> list[date]:
    """The days that runs of a schedule land, by the rule of `flows.jobs.run`."""
    return [(moment - timedelta(days=schedule.lag_days)).date() for moment in times(schedule, timezone, start, count)]


# Far west and far east, a quarter of an hour, half an hour of summer time.
ZONES = {source.timezone for source in sources().values()}
ZONES |= {"Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kathmandu", "Australia/Lord_Howe"}


@pytest.mark.parametrize("timezone", sorted(ZONES))
def test_the_last_usual_run_of_a_day_comes_hours_after_midnight_utc_all_year(timezone: str) -> None:
    _, last = usual_schedules("tass", timezone)
    seasons = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7))  # clocks change in between
    hours = {moment.hour for season in seasons for moment in times(last, timezone, season, 2)}
    assert last.lag_days == 1
    assert hours <= {2, 3, 4, 5}


@pytest.mark.parametrize(
    ("timezone", "change"),
    [
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("Australia/Sydney", date(2026, 4, 5)),
    ],
)
def test_o01_every_day_is_landed_once_across_a_change_of_daylight_saving_time(timezone: str, change: date) -> None:
    intraday, last = usual_schedules("tass", timezone)
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=5)
    ended = days_landed(last, timezone, start, 10)
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(ended))
    assert change in ended
    assert change in days_landed(intraday, timezone, start, 60)


def test_every_source_is_asked_within_its_day_and_after_it_at_minutes_of_its_own() -> None:
    day = datetime(2026, 1, 7, tzinfo=UTC)
    intraday, _ = usual_schedules("tass", "UTC")
    assert len([moment for moment in times(intraday, "UTC", day, 9) if moment < day + timedelta(days=1)]) > 4
    starts = Counter(tuple(each.cron.split()[:2]) for source in sources().values() for each in source.timetable)
    assert max(starts.values()) <= len(sources()) // 16
    for name, source in sources().items():
        minutes = [schedule.cron.split()[0] for schedule in usual_schedules(name, source.timezone)]
        assert len(set(minutes)) == len(minutes)
        assert {schedule.lag_days for schedule in source.timetable} >= {0, 1}, name


def test_a_source_that_cannot_be_asked_has_no_schedule() -> None:
    assert replace(TASS, discovery=()).timetable == ()


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def due(hours: float, lag_days: int = 0, run_id: UUID | None = None) -> FlowRun:
    at = NOON + timedelta(hours=hours)
    said = {"expected_start_time": at, "parameters": {"lag_days": lag_days}}
    return FlowRun.model_validate({"id": run_id or uuid4(), "flow_id": uuid4(), **said})


@pytest.mark.parametrize(
    ("scheduled", "lag_days", "day"),
    [
        ("2026-11-23T00:00:00+00:00", 0, date(2026, 11, 23)),
        ("2026-11-23T00:00:00+00:00", 1, date(2026, 11, 22)),
        ("2026-11-22T22:30:00-05:00", 1, date(2026, 11, 22)),  # New York: 03:30 UTC of the 23rd
        ("2026-11-23T08:59:59+09:00", 0, date(2026, 11, 22)),  # Seoul: a second before midnight UTC
        ("2026-03-08T22:07:00-04:00", 1, date(2026, 3, 8)),  # the evening of the change to summer time
    ],
)
def test_o01_a_run_lands_the_utc_day_of_its_schedule_less_the_lag(scheduled: str, lag_days: int, day: date) -> None:
    assert day_of(datetime.fromisoformat(scheduled), lag_days) == day


def test_o03_500_late_runs_leave_one_for_each_day_the_newest() -> None:
    lags = [number % 6 == 5 for number in range(500)]
    runs = [due(4 * number, lag_days=lag) for number, lag in enumerate(lags)]
    days = [day_of(NOON + timedelta(hours=4 * number), lag) for number, lag in enumerate(lags)]
    assert newest_by_day(reversed(runs)) == dict(zip(days, runs, strict=True))  # of one day, the last
    assert len(set(days)) <= 500 / 6 + 2


def test_o03_of_two_schedules_at_the_same_time_for_one_day_one_runs() -> None:
    first, second = due(0, run_id=UUID(int=1)), due(0, run_id=UUID(int=2))
    assert newest_by_day([first, second]) == newest_by_day([second, first]) == {NOON.date(): second}
