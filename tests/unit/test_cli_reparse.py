"""`newslake reparse`: what would change is shown, and then landed."""

import re
from pathlib import Path

import orjson
import pytest

from flows.cli import run as run_cli
from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from infra.work.run import Run
from tests import sample_pages as pages
from tests.landed_captures import archive, land

HOSTILE = "<script>alert(1)</script> [red]\x1b[2J Sea"


@pytest.fixture(autouse=True)
def lake(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake of an older parser: one article has another section and day, one is new, one goes."""
    monkeypatch.setenv("NEWSLAKE_QUARANTINE_LIMIT", "1")
    run = Run(Settings(lake=str(alone / "lake"), workers=1), "20240201T000000Z-000001")
    captures = [pages.capture(number) for number in range(4)] + [pages.capture(4, b"<p>")]
    archive(run, captures)
    land(run, captures[0], parser_version=0, section=HOSTILE)
    land(run, captures[1], parser_version=0, published_at=pages.published_at(2, 3))
    land(run, captures[2], parser_version=0)
    land(run, captures[4], like=pages.capture(4), parser_version=0)
    return alone / "lake"


def _objects(lake: Path) -> dict[str, bytes]:
    """All objects; lock files are none."""
    return {str(path): path.read_bytes() for path in lake.rglob("*") if path.is_file() and ".locks" not in path.parts}


def test_a_diff_counts_rows_and_fields_and_shows_both_sides(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _objects(lake)
    assert run_cli(["reparse", "tass", "--diff"]) == 0
    shown = capsys.readouterr().out
    for label, count in (("added", 1), ("removed", 1), ("moved to another day", 1), ("changed", 1)):
        assert re.search(rf"rows {label} +{count}\b", shown), shown
    assert re.search(r"rows that only get a new version or capture +1\b", shown)
    assert re.search(r"rejected from now on: empty +1\b", shown)
    assert re.search(r"section +1\b", shown)
    assert "2024-01-12 → 2024-01-11" in shown
    assert "<script>alert(1)</script> [red]" in shown
    assert "\x1b" not in shown
    assert run_cli(["reparse", "--diff", "--json"]) == 0
    found = orjson.loads(capsys.readouterr().out)
    assert found["rows"] == {"added": 1, "removed": 1, "moved": 1, "changed": 1}
    assert found["fields"] == {"section": 1, "published_at": 1}
    assert found["rejects_opened"] == {"empty": 1}
    assert {sample["kind"] for sample in found["samples"]} == {"added", "removed", "moved", "changed"}
    assert _objects(lake) == before


def test_what_the_diff_showed_lands_and_then_nothing_would_change(
    lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["reparse", "tass", "theissue"]) == 0
    printed = capsys.readouterr()
    assert "partitions written" in printed.out
    assert "would change" not in printed.out
    rows = Lake(open_store(str(lake))).read_partition("tass", "2024-01-11").to_pylist()
    assert [row["url"] for row in rows] == [pages.url(1)]
    assert run_cli(["reparse", "--diff"]) == 0
    assert "Nothing would change." in capsys.readouterr().out


def test_outdated_and_only_rejects_parse_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["reparse", "--outdated", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["captures"] == 4
    assert run_cli(["reparse", "--outdated", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["captures"] == 0
    assert run_cli(["reparse", "--only-rejects", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["rejected"] == {"empty": 1}
