"""Rows that a reparse takes away go, whichever copy of their capture they point to."""

from datetime import UTC, datetime
from pathlib import Path

from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.work.reparse.plan import plan_history
from infra.work.reparse.reparse import rebuild
from infra.work.run import Run
from tests import sample_pages as pages
from tests.landed_captures import archive, land

OLD_DAY = datetime(2023, 6, 1, 12, tzinfo=UTC)


def test_rows_of_the_copy_that_the_archive_does_not_name(tmp_path: Path) -> None:
    """Two workers archived it at the same moment: readers of the archive agree on one copy, the row is of the other.

    An older parser made an article of no article, and one of another name and day than today's.
    """
    run = Run(Settings(lake=str(tmp_path / "lake"), workers=1), "20240201T000000Z-000000")
    empty, article = pages.capture(0, b"<p>", days=1), pages.capture(1, days=1)
    archive(run, [empty, article])
    for number, capture in enumerate((empty, article)):
        like = pages.capture(number, days=1)
        land(run, capture, like=like, published_at=OLD_DAY, article_id=f"{number:032}", parser_version=0)
    store, lake = run.open_store(), Lake(run.open_store())
    for key in [info.key for info in store.list("raw/")]:
        stored = store.get(key)
        assert stored
        folder, _, name = key.rpartition("/")
        if key.endswith(".warc.gz"):  # its index is made by the next reader
            store.put(f"{folder}/1{name}", stored.body, if_match=None)
    rebuild(plan_history(store, "tass"), run)
    left = {day: lake.read_partition("tass", day) for _, day, _ in lake.partitions()}
    assert {day: rows.num_rows for day, rows in left.items()} == {OLD_DAY.date().isoformat(): 0, "2024-01-10": 1}
    (uri,) = left["2024-01-10"]["capture_uri"].to_pylist()
    assert uri.rpartition("/")[2].startswith("12")
