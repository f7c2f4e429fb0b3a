"""`newslake status` and `reparse`, where a source has changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from flows.cli import run as run_cli
from infra.base.days import Days
from infra.base.settings import Settings
from infra.store.open_store import open_store
from infra.work.reparse.plan import plan_days
from infra.work.reparse.reparse import rebuild
from infra.work.run import Run
from parsers.record.capture import Capture
from tests import sample_pages as pages
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


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_l09_status_says_what_broke_since_when_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["status"]) == 0
    out = printed(capsys)
    assert "▣ suspect" in out
    assert "tass: suspect since 2024-01-20: 1 day, 8 captures" in out
    assert "title: 33 % of 12 articles have it; 100 % are usual" in out
    assert "newslake show 'https://tass.com/society/1731504'" in out
    assert "newslake reparse tass --start 2024-01-20" in out
    assert run_cli(["status", "--json"]) == 0
    (found,) = [each for each in orjson.loads(printed(capsys)) if each["state"] == "suspect"]
    assert (found["date"], found["suspect_since"], found["suspect"]["captures"]) == ("2024-01-20", "2024-01-20", 8)
    assert {each["field"] for each in found["suspect"]["findings"]} == {"title", None}


def test_l09_a_diff_shows_what_would_land_and_what_is_wrong(capsys: pytest.CaptureFixture[str], lake: str) -> None:
    open_store(lake).delete("articles/source=tass/date=2024-01-20/articles.parquet")
    assert run_cli(["reparse", "tass", "--start", "2024-01-19", "--diff", "--json"]) == 0
    document = orjson.loads(printed(capsys))
    assert (document["rows"]["added"], document["withheld"]) == (4, 0)
