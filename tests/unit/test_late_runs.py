"""Which of the runs that are due together does the work."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from flows.jobs.late_runs import DueRun, day_of, newest_by_day, skipped_for_newer_run

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def due(hours: float, lag_days: int = 0, run_id: UUID | None = None) -> DueRun:
    scheduled = NOON + timedelta(hours=hours)
    return DueRun(run_id or uuid4(), scheduled, day_of(scheduled, lag_days), waits=True)


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
def test_o01_a_run_lands_the_utc_day_of_its_scheduled_time_less_the_lag(
    scheduled: str, lag_days: int, day: date
) -> None:
    assert day_of(datetime.fromisoformat(scheduled), lag_days) == day


def test_o03_500_late_runs_leave_one_for_each_day_the_newest() -> None:
    runs = [due(4 * number, lag_days=number % 6 == 5) for number in range(500)]
    kept = newest_by_day(runs)
    assert set(kept) == {run.day for run in runs}
    assert len(kept) == len({run.day for run in runs}) <= 500 / 6 + 2
    assert all(kept[run.day].scheduled >= run.scheduled for run in runs)


def test_o03_of_two_schedules_at_the_same_time_for_one_day_one_runs() -> None:
    first, second = due(0, run_id=UUID(int=1)), due(0, run_id=UUID(int=2))
    assert newest_by_day([first, second]) == newest_by_day([second, first]) == {NOON.date(): second}


def test_a_run_outside_of_prefect_is_never_skipped() -> None:
    assert skipped_for_newer_run() is None
