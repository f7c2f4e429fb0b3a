"""`newslake status` and `reparse`, where a source has changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.commands.lake import _is_unwell
from infra.base.days import Days
from infra.base.settings import Settings
from infra.lake.accounts import DaySummary, ListsRead
from infra.lake.day_states import Day, State
from infra.store.open_store import open_store
from infra.work.reparse.reparse import plan_days, rebuild
from infra.work.run import Run
from parsers.record.capture import Capture
from tests import sample_pages as pages
from tests.commands import Cli
from tests.gated_days import land_history
from tests.landed_captures import archive

DAY = date(2024, 1, 20)


def capture(number: int, *, headline: bool = True, late: timedelta = timedelta(hours=2)) -> Capture:
    published = datetime(DAY.year, DAY.month, DAY.day, 9, number, tzinfo=UTC)
    page = 500 + number  # of no article of the week before
    body = pages.page(page, published=published)
    title = f"Cranes of bay {page} winter further north".encode()
    captured_at = published + late
    return replace(pages.capture(page, body if headline else body.replace(title, b"")), captured_at=captured_at)


@pytest.fixture(autouse=True)
def lake(alone: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A week of TASS, then a day on which most pages have lost their headline; one of that day came weeks later."""
    monkeypatch.setenv("NEWSLAKE_QUARANTINE_LIMIT", "1")
    lake = str(alone / "lake")
    run = Run(Settings(lake=lake, workers=1), "20240201T000000Z-000001")
    land_history(open_store(lake), each=10)
    archive(run, [capture(number, headline=number < 4) for number in range(12)])
    rebuild(plan_days(run.open_store(), "tass", Days.one(DAY)), run)
    return lake


def test_l09_status_says_what_broke_since_when_and_what_to_do(cli: Cli) -> None:
    out = cli("status", "--all", code=1)
    assert "▣ suspect" in out
    assert "tass: suspect since 2024-01-20: 1 day, 8 captures" in out
    assert "title: 33 % of 12 articles have it; 100 % are usual" in out
    assert "newslake show 'https://tass.com/society/1731504'" in out
    assert "newslake reparse tass --start 2024-01-20" in out
    (found,) = [each for each in cli.json("status", "--all", code=1) if each["state"] == "suspect"]
    assert (found["date"], found["suspect_since"], found["suspect"]["captures"]) == ("2024-01-20", "2024-01-20", 8)
    assert {each["field"] for each in found["suspect"]["findings"]} == {"title", None}


def test_status_shows_the_last_weeks_unless_told_otherwise(cli: Cli) -> None:
    out = cli("status")
    assert "suspect" not in out
    assert "`newslake status --all` shows earlier days too" in out
    for bounds in (["--end", "2024-01-25"], ["--start", str(DAY)], ["--start", "2024-01-01", "--all"]):
        out = cli("status", *bounds, code=1)
        assert "tass: suspect since 2024-01-20" in out
        assert "shows earlier days" not in out
    days = [each["date"] for each in cli.json("status", "--end", "2024-01-25", code=1)]
    assert (days[0], days[-1], len(days)) == ("2023-12-21", "2024-01-24", 35)


ASKED = DaySummary(lists=ListsRead(read_at=datetime(2024, 1, 21, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("partial", "ago", "named", "unwell"),
    [(20, 9, False, False), (20, 9, True, True), (21, 9, False, True), (22, 9, False, True), (22, 1, False, False)],
)
def test_a_partial_day_counts_from_the_first_that_was_asked_about_on(
    partial: int, ago: int, named: bool, unwell: bool
) -> None:
    """The days before it have articles that came with its lists; `ago` is how long the partial day is past."""
    days = [Day("tass", f"2024-01-{number}", State.PARTIAL if number == partial else State.LANDED, account=ASKED)
            for number in (20, 21, 22)]  # fmt: skip
    days[0] = replace(days[0], account=DaySummary())
    shift = datetime.now(UTC).date() - date(2024, 1, partial) - timedelta(days=ago)
    moved = [replace(day, date=str(date.fromisoformat(day.date) + shift)) for day in days]
    assert _is_unwell(moved, named=named) == unwell
