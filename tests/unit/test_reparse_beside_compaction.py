"""Rows that a reparse takes away go, whichever copy of their capture they point to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.upkeep.compaction import compact, plan_compaction
from infra.upkeep.raw_references import GRACE
from infra.work.land_outcomes import land_outcomes
from infra.work.reparse.plan import plan_history
from infra.work.reparse.reparse import rebuild
from infra.work.run import Run
from tests import sample_pages as pages
from tests.landed_captures import archive, land

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
OLD_DAY = datetime(2023, 6, 1, 12, tzinfo=UTC)
AFTER = {OLD_DAY.date().isoformat(): 0, pages.FIRST_DAY.isoformat(): 1}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A lake in which an older parser made an article of no article, and one of another name and day than today's.

    Each capture lies in an object of its own, so that there is something to compact.
    """
    settings = Settings(lake=str(tmp_path / "lake"), workers=1)
    empty, article = pages.capture(0, b"<p>", days=1), pages.capture(1, days=1)
    for number, capture in enumerate((empty, article)):
        run = Run(settings, f"20240201T000000Z-00000{number}")
        archive(run, [capture])
        old: dict[str, Any] = {"published_at": OLD_DAY, "article_id": f"{number:032}", "parser_version": 0}
        land(run, capture, like=pages.capture(number, days=1), **old)
    return Run(settings, "20240301T000000Z-000002")


def copy_captures(run: Run) -> None:
    """Compact; the old objects are kept for a day, as they are for those who still go by them."""
    store = run.open_store()
    for stretch in plan_compaction(store, NEVER.date()):
        assert compact(store, stretch, now=datetime.now(UTC), grace=GRACE).partitions


def articles(run: Run) -> dict[str, int]:
    """How many articles each day has."""
    lake = Lake(run.open_store())
    return {day: lake.read_partition("tass", day).num_rows for _, day, _ in lake.partitions()}


def places(run: Run) -> set[str]:
    """Names of the objects that rows point into."""
    rows = Lake(run.open_store()).read_partition("tass", pages.FIRST_DAY.isoformat()).to_pylist()
    return {row["capture_uri"].rpartition("/")[2] for row in rows}


def test_rows_that_follow_their_captures_after_the_plan_was_made(run: Run) -> None:
    chunks = plan_history(run.open_store(), "tass")
    copy_captures(run)
    rebuild(chunks, run)
    assert articles(run) == AFTER


def test_rows_that_still_point_to_the_old_place_when_the_plan_knows_the_new_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.upkeep.compaction._Compaction.move_rows", lambda self: 1)  # it has not come so far yet
    copy_captures(run)
    rebuild(plan_history(run.open_store(), "tass"), run)
    assert articles(run) == AFTER


def test_rows_that_follow_their_captures_while_these_are_parsed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def compacting_first(*arguments: Any, **options: Any) -> Any:
        copy_captures(run)
        return land_outcomes(*arguments, **options)

    monkeypatch.setattr("infra.work.reparse.reparse.land_outcomes", compacting_first)
    rebuild(plan_history(run.open_store(), "tass"), run)
    assert articles(run) == AFTER
    copy_captures(run)  # what was landed with the old place in between
    assert {name[:2] for name in places(run)} == {"0-"}


def test_a_row_that_points_to_the_lesser_of_two_copies(run: Run) -> None:
    """Two workers archived it at the same moment: readers of the archive agree on one copy, the row is of the other."""
    store = run.open_store()
    for key in [info.key for info in store.list("raw/")]:
        stored = store.get(key)
        assert stored
        folder, _, name = key.rpartition("/")
        if key.endswith(".warc.gz"):  # its index is made by the next reader
            store.put(f"{folder}/1{name}", stored.body, if_match=None)
    rebuild(plan_history(store, "tass"), run)
    assert articles(run) == AFTER
    assert {name[:2] for name in places(run)} == {"12"}
