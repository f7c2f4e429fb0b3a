"""`newslake status`, `release` and `suggest-checks`, where a source has changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from flows.cli import run as run_cli
from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.base.settings import Settings
from infra.lake.holds import Hold, HoldState, put_hold, read_hold
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from infra.work.gate.release import plan_release
from infra.work.reparse.plan import chunked, plan_days
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
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A week of TASS, then a day on which most pages have lost their headline; one of that day came weeks later."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NEWSLAKE_WORKERS", "1")
    monkeypatch.setenv("NEWSLAKE_QUARANTINE_LIMIT", "1")
    lake = str(tmp_path / "lake")
    run = Run(Settings(lake=lake, workers=1), "20240201T000000Z-000001")
    land_history(open_store(lake), each=10)
    archive(run, [capture(number, headline=number < 4) for number in range(12)])
    rebuild(plan_days(run.open_store(), ["tass"], Days.one(DAY)), run)
    return lake


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_l09_status_says_what_broke_since_when_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["status"]) == 0
    out = printed(capsys)
    assert "▣ held back" in out
    assert "tass: held back since 2024-01-20: 1 day, 12 captures" in out
    assert "title: 33 % of 12 articles have it; usual are 100 %" in out
    assert "newslake show 'https://tass.com/society/1731504'" in out
    assert 'newslake release tass --day 2024-01-20 --reason "…"' in out


def test_l09_status_says_so_to_machines_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["status", "--json"]) == 0
    held = [each for each in orjson.loads(printed(capsys)) if each["state"] == "held"]
    assert [(each["date"], each["held_since"], each["hold"]["captures"]) for each in held] == [
        ("2024-01-20", "2024-01-20", 12)
    ]
    assert {each["field"] for each in held[0]["hold"]["findings"]} == {"title", None}


def test_l09_release_lands_the_day_and_keeps_the_reason(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["release", "tass", "--day", "2024-01-20", "--reason", "They print no headlines now.", "--json"]
    assert run_cli(command) == 0
    assert orjson.loads(printed(capsys))["held"] == []
    store = open_store(lake)
    assert Lake(store).read_partition("tass", "2024-01-20").num_rows == 4
    hold = read_hold(store, "tass", "2024-01-20")
    assert hold is not None
    assert (hold.state, hold.reason) == (HoldState.RELEASED, "They print no headlines now.")
    assert run_cli(["status"]) == 0
    assert "held back" not in printed(capsys)
    assert run_cli(command) == 2
    assert "tass 2024-01-20 is not held back" in capsys.readouterr().err


def test_release_takes_what_several_runs_held_whenever_it_was_got(lake: str) -> None:
    store = open_store(lake)
    run = Run(Settings(lake=lake, workers=1), "20240301T000000Z-000002")
    late = [capture(number, headline=number < 24, late=timedelta(days=40)) for number in range(20, 34)]
    archive(run, late)
    pointers = RawArchive(store).entries("tass", DAY + timedelta(days=40))
    assert len(pointers) == 14
    rebuild(chunked("tass", [entry.pointer for entry in pointers]), run)
    assert run_cli(["release", "tass", "--day", "2024-01-20", "--reason", "Seen."]) == 0
    assert Lake(store).read_partition("tass", "2024-01-20").num_rows == 8


def test_a_day_held_for_want_of_articles_is_released_too(lake: str) -> None:
    store = open_store(lake)
    put_hold(store, Hold("tass", "2024-01-15", "20240301T000000Z-000002", 0, 0, (), ()))
    assert run_cli(["release", "tass", "--day", "2024-01-15", "--reason", "A holiday."]) == 0
    hold = read_hold(store, "tass", "2024-01-15")
    assert hold is not None
    assert (hold.state, hold.reason) == (HoldState.RELEASED, "A holiday.")


def test_release_takes_the_captures_of_the_rows_of_the_day_too(lake: str) -> None:
    store = open_store(lake)
    assert run_cli(["release", "tass", "--day", "2024-01-20", "--reason", "Seen."]) == 0
    hold = read_hold(store, "tass", "2024-01-20")
    assert hold is not None
    (chunk,) = plan_release(store, replace(hold, got=()))
    assert len(chunk.pointers) == 4


def test_l09_a_diff_shows_what_would_be_held_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["reparse", "tass", "--start", "2024-01-19", "--diff"]) == 0
    out = printed(capsys)
    assert "days that would be held back for it 1" in " ".join(out.split())
    assert "title: 33 % of 12 articles have it; usual are 100 %" in out
    assert run_cli(["reparse", "tass", "--start", "2024-01-19", "--diff", "--json"]) == 0
    document = orjson.loads(printed(capsys))
    assert (document["rows"]["added"], [each["date"] for each in document["held"]]) == (4, ["2024-01-20"])


def test_release_wants_a_reason_and_a_day_that_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["release", "tass", "--day", "2024-01-20", "--reason", " "]) == 2
    assert "--reason is empty" in capsys.readouterr().err
    assert run_cli(["release", "tass", "--day", "2024-01-08", "--reason", "x"]) == 2
    assert "tass 2024-01-08 is not held back" in capsys.readouterr().err


def test_suggested_checks_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    from parsers.source.checks import Checks

    assert run_cli(["suggest-checks", "tass"]) == 0
    out = printed(capsys)
    assert "fill title" in out
    code = out.strip().splitlines()[-1]
    pasted = eval(code.removeprefix("checks=").rstrip(","), {"Checks": Checks})  # noqa: S307 - our own output
    assert pasted == Checks(
        fill={"title": 0.9, "published_at": 0.9, "body": 0.9, "authors": 0.9, "language": 0.9},
        max_reject_share=0.1,
        max_age_days=3,
    )


def test_suggested_checks_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["suggest-checks", "tass", "--json"]) == 0
    document = orjson.loads(printed(capsys))
    assert document["days"] == 7
    assert document["suggestions"][0]["check"] == "min_per_day"
    assert document["code"].startswith("checks=Checks(")


def test_a_source_with_little_history_gets_no_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["suggest-checks", "theissue"]) == 0
    assert "0 days of theissue are landed: too few" in printed(capsys)
    assert run_cli(["suggest-checks", "theissue", "--json"]) == 0
    assert orjson.loads(printed(capsys))["code"] is None


def test_a_source_whose_newest_day_is_older_than_it_declares_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.reports import held_text
    from parsers.registry import by_name
    from parsers.source.checks import Checks

    tass = by_name("tass")
    assert tass is not None
    monkeypatch.setattr(held_text, "by_name", {"tass": replace(tass, checks=Checks(max_age_days=2))}.get)
    assert run_cli(["status"]) == 0
    assert "tass: the newest landed day, 2024-01-14, is" in printed(capsys)
    assert run_cli(["status", "--start", "2024-01-01"]) == 0
    assert "newest landed day" not in printed(capsys)
