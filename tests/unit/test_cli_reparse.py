"""`newslake reparse`: what would change is shown, and then landed."""

import re
from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from infra.work.run import Run
from tests import sample_pages as pages
from tests.commands import Cli
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


def test_a_diff_counts_rows_and_fields_and_shows_both_sides(lake: Path, cli: Cli) -> None:
    before = _objects(lake)
    shown = cli("reparse", "tass", "--diff")
    for label, count in (("added", 1), ("removed", 1), ("moved to another day", 1), ("changed", 1)):
        assert re.search(rf"rows {label} +{count}\b", shown), shown
    assert re.search(r"rows that only get a new version or capture +1\b", shown)
    assert re.search(r"rejected from now on: empty +1\b", shown)
    assert re.search(r"section +1\b", shown)
    assert "2024-01-12 → 2024-01-11" in shown
    assert "<script>alert(1)</script> [red]" in shown
    assert "\x1b" not in shown
    found = cli.json("reparse", "--diff")
    assert found["rows"] == {"added": 1, "removed": 1, "moved": 1, "changed": 1}
    assert found["fields"] == {"section": 1, "published_at": 1}
    assert found["rejects_opened"] == {"empty": 1}
    assert {sample["kind"] for sample in found["samples"]} == {"added", "removed", "moved", "changed"}
    assert _objects(lake) == before


def test_what_the_diff_showed_lands_and_then_nothing_would_change(lake: Path, cli: Cli) -> None:
    out = cli("reparse", "tass", "theissue")
    assert "partitions written" in out
    assert "would change" not in out
    rows = Lake(open_store(str(lake))).read_partition("tass", "2024-01-11").to_pylist()
    assert [row["url"] for row in rows] == [pages.url(1)]
    assert "Nothing would change." in cli("reparse", "--diff")


def test_outdated_and_only_rejects_parse_nothing_else(cli: Cli) -> None:
    assert cli.json("reparse", "--outdated")["captures"] == 4
    assert cli.json("reparse", "--outdated")["captures"] == 0
    assert cli.json("reparse", "--only-rejects")["rejected"] == {"empty": 1}
