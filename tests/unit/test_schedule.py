"""When sources are asked, and for which day: what is declared, and what Prefect makes of it."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.server.schemas.schedules import CronSchedule

from parsers.registry import sources
from parsers.source.schedule import Schedule, usual_schedules

TASS = sources()["tass"]


def times(schedule: Schedule, timezone: str, start: datetime, count: int) -> list[datetime]:
    """The next scheduled times, in UTC, as Prefect's server computes them."""
    cron = CronSchedule(cron=schedule.cron, timezone=timezone)
    return [moment.astimezone(UTC) for moment in asyncio.run(cron.get_dates(n=count, start=start))]


def days_landed(schedule: Schedule, timezone: str, start: datetime, count: int) -> list[date]:
    """The days that runs of a schedule land, by the rule of `flows.jobs.run`."""
    return [(moment - timedelta(days=schedule.lag_days)).date() for moment in times(schedule, timezone, start, count)]


@pytest.mark.parametrize(
    "cron",
    """
    |5 22 * *|5 22 * * * *|60 * * * *|* 24 * * *|* * 0 * *|* * 32 * *|* * * 13 *|* * * * 8|* * * * MON|30-10 * * * *
    |*/0 * * * *|*/99 * * * *|5/10 * * * *|1,,2 * * * *|@daily|H * * * *|-1 * * * *
    """.strip(" \n").split("|"),
)
def test_a_schedule_with_a_wrong_cron_is_refused_when_the_source_is_loaded(cron: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        Schedule(cron)
    with pytest.raises(ValueError, match="negative"):
        Schedule("0 0 * * *", lag_days=-1)


CRON_FIELDS = [
    st.lists(st.sampled_from(["*", f"{low}", f"{high}", f"{low}-{high}", f"*/{high}"]), min_size=1).map(",".join)
    for low, high in ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
]


@given(st.tuples(*CRON_FIELDS).map(" ".join))
def test_o10_prefect_takes_every_cron_that_a_source_may_declare(cron: str) -> None:
    assert CronSchedule(cron=Schedule(cron).cron, timezone="UTC").cron == cron


# Far west and far east, a quarter of an hour, half an hour of summer time.
ZONES = {source.timezone for source in sources().values()}
ZONES |= {"Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kathmandu", "Australia/Lord_Howe"}


@pytest.mark.parametrize("timezone", sorted(ZONES))
def test_the_last_usual_run_of_a_day_comes_hours_after_midnight_utc_all_year(timezone: str) -> None:
    _, last = usual_schedules("tass", timezone)
    hours = {moment.hour for moment in times(last, timezone, datetime(2026, 1, 1, tzinfo=UTC), 365)}
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
    starts = Counter(
        moment
        for source in sources().values()
        for schedule in source.timetable
        for moment in times(schedule, source.timezone, day, 8)
        if moment < day + timedelta(days=1)
    )
    assert starts.total() > 6 * len(sources())
    assert max(starts.values()) <= len(sources()) // 16
    for name, source in sources().items():
        minutes = [schedule.cron.split()[0] for schedule in usual_schedules(name, source.timezone)]
        assert len(set(minutes)) == len(minutes)
        assert {schedule.lag_days for schedule in source.timetable} >= {0, 1}, name


def test_declared_schedules_hold_and_a_source_that_cannot_be_asked_has_none() -> None:
    own = (Schedule("5 9 * * 1-5"),)
    assert replace(TASS, schedules=own).timetable == own
    assert replace(TASS, schedules=()).timetable == ()
    assert replace(TASS, discovery=()).timetable == ()
