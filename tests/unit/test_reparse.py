"""The lake rebuilt from the raw archive: the right captures for the right days, and nothing changed needlessly."""

import gzip
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.archive.raw_archive import Pointer, RawArchive
from infra.base.days import Days
from infra.base.errors import UsageError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.intake.files.find_inputs import find_inputs
from infra.lake.lake import Lake
from infra.upkeep.verify import verify
from infra.work.reparse.reparse import (
    ArchivedChunk,
    Scope,
    plan_days,
    plan_history,
    plan_outdated,
    plan_rejects,
    rebuild,
    reparse_chunk,
)
from infra.work.run import Run, RunReport
from parsers.record.capture import Capture
from tests import sample_pages as pages
from tests.disturbed_lake import objects
from tests.ingests import ingest_all
from tests.landed_captures import archive, land

DAY = pages.FIRST_DAY
LATER = datetime(2024, 3, 1, tzinfo=UTC)


def test_l08_a_day_that_was_captured_but_has_no_article_becomes_an_empty_partition(run: Run) -> None:
    late = pages.page(0, published=datetime(2023, 12, 1, tzinfo=UTC))
    archive(run, [pages.capture(0, late)])
    rebuild(plan_days(run.open_store(), "tass", Days(DAY - timedelta(days=1), DAY + timedelta(days=1))), run)
    lake = Lake(run.open_store())
    empty, missing = (lake.read_manifest("tass", day.isoformat()) for day in (DAY, DAY - timedelta(days=1)))
    assert empty is not None
    assert (empty.rows, empty.looked_at) == (0, True)
    assert missing is None


def test_l10_an_article_captured_days_after_its_publication_is_found(run: Run) -> None:
    published = datetime(DAY.year, DAY.month, DAY.day, 23, 59, tzinfo=UTC) - timedelta(days=6)
    archive(run, [pages.capture(0, pages.page(0, published=published))])
    report = rebuild(plan_days(run.open_store(), "tass", Days.one(published.date())), run)
    assert report.articles == {("tass", published.date().isoformat()): 1}


def test_rows_from_captures_beyond_the_lookahead_are_parsed_again(run: Run) -> None:
    published = datetime(2023, 6, 1, 12, tzinfo=UTC)
    archive(run, [pages.capture(0, pages.page(0, published=published))])
    day = Days.one(published.date())
    assert plan_days(run.open_store(), "tass", day) == []
    rebuild(plan_history(run.open_store(), "tass"), run)
    (chunk,) = plan_days(run.open_store(), "tass", day)
    assert len(chunk.pointers) == 1


def test_captures_of_a_host_that_has_a_source_by_now_leave_the_unknown(run: Run) -> None:
    archive(run, [pages.capture(0)], source=UNKNOWN_SOURCE)
    assert plan_history(run.open_store(), "theissue") == []
    report = rebuild(plan_history(run.open_store(), "tass"), run)
    assert report.articles == {("tass", DAY.isoformat()): 1}


@pytest.mark.parametrize("name", ["no_such", "", "../raw", "_unknown"])
def test_o01_an_unknown_source_is_refused_before_anything_is_read(name: str) -> None:
    with pytest.raises(UsageError, match=r"there is no source .*newslake sources"):
        Scope(("tass", name))


@pytest.mark.parametrize("later", [{"body": b"<p>"}, {"truncated": True}], ids=["rejected", "partial"])
def test_a_row_that_goes_brings_out_the_capture_that_it_hid(
    later: dict[str, Any], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lake equals a fresh one, although the capture that wins now was parsed before the row above it went."""
    monkeypatch.setattr("infra.work.reparse.reparse.CHUNK_CAPTURES", 1)
    first = pages.capture(0)
    second = replace(first, captured_at=first.captured_at + timedelta(days=1), source="tass", **later)
    archive(run, [first, second])
    store = run.open_store()
    fresh = Run(run.settings.model_copy(update={"lake": str(tmp_path / "fresh")}), run.run_id)
    shutil.copytree(tmp_path / "lake" / "raw", tmp_path / "fresh" / "raw")
    rebuild(plan_history(fresh.open_store(), "tass"), fresh)

    land(run, second, like=first)  # as an older parser did, which made more of it
    parsed: list[ArchivedChunk] = []

    def noted(chunk: ArchivedChunk, run: Run) -> RunReport:
        parsed.append(chunk)
        return reparse_chunk(chunk, run)

    report = rebuild(plan_history(store, "tass"), run, noted)
    assert [parsed.index(chunk) for chunk in parsed] == [0, 1, 0]
    assert report.captures == 2
    days = [day for _, day, _ in Lake(store).partitions("tass")]
    for day in days:
        found, expected = (Lake(each.open_store()).read_partition("tass", day) for each in (run, fresh))
        assert found.to_pylist() == expected.to_pylist()
        assert found.num_rows == 1


@pytest.mark.parametrize("damage", [slice(-100), slice(None)], ids=["cut short", "too large"])
def test_pages_that_came_in_damaged_stay_rejected_as_by_ingest(damage: slice, run: Run, tmp_path: Path) -> None:
    """Their beginning would parse; but neither does ingest parse it, and a reparse must not change what it left."""
    folder = pages.write_folder(tmp_path / "in", 2)
    padded = pages.page(1) + b"<!-- " + bytes(range(48, 123)) * 40 + b" -->"
    (folder / "0001.html").write_bytes(gzip.compress(padded, mtime=0)[damage])
    limited = Run(run.settings.model_copy(update={"max_page_bytes": len(pages.page(1)) + 100}), run.run_id)
    ingest_all(find_inputs([str(folder)]), limited)
    before = objects(run.open_store())
    report = rebuild(plan_history(run.open_store(), "tass"), run)
    assert (report.captures, report.parsed, report.partitions_written) == (2, 1, 0)
    assert set(report.rejected) <= {"truncated", "too_large"}
    assert objects(run.open_store()) == before


def test_what_a_crawler_cut_off_is_parsed_again(run: Run) -> None:
    cut = replace(pages.capture(0), truncated=True)
    archive(run, [cut])
    assert rebuild(plan_history(run.open_store(), "tass"), run).parsed == 1
    body = pages.page(1).partition(b"STAVROPOL")[0]
    gone = replace(pages.capture(1, body), truncated=True)
    archive(Run(run.settings, "20240202T000000Z-000002"), [gone])
    for _ in range(2):  # the second time its rejection is there, with the version of the parser that made it
        assert rebuild(plan_history(run.open_store(), "tass"), run).rejected == {"truncated": 1}


def test_outdated_takes_rows_of_older_parsers_and_the_captures_of_their_addresses(run: Run) -> None:
    old, current, hidden = pages.capture(0), pages.capture(1), replace(pages.capture(0), captured_at=LATER)
    undated = pages.capture(3)
    archive(run, [old, current, hidden, undated])
    store = run.open_store()
    assert plan_outdated(store, "tass") == []
    land(run, old, parser_version=0)
    land(run, current)
    land(run, undated, parser_version=0, published_at=None)
    assert _captured(run, plan_outdated(store, "tass", DAY, DAY + timedelta(days=1))) == {old, hidden}
    assert plan_outdated(store, "tass", DAY + timedelta(days=1)) == []
    assert _captured(run, plan_outdated(store, "tass")) == {old, hidden, undated}
    rebuild(plan_outdated(store, "tass"), run)
    assert plan_outdated(store, "tass") == []


def test_outdated_rows_of_captures_that_the_index_names_otherwise_are_taken_too(run: Run) -> None:
    """Two writers may have archived the same capture; a row may point to either, the index names one."""
    capture = pages.capture(0)
    archive(run, [capture])
    (entry,) = RawArchive(run.open_store()).entries("tass")
    other = Pointer("raw/source=tass/date=2024-01-10/z.warc.gz", 0, 99)
    land(run, capture, at=other, parser_version=0)
    (chunk,) = plan_outdated(run.open_store(), "tass")
    assert chunk.pointers == (entry.pointer, other)


def test_only_rejects_takes_captures_with_an_open_rejection_of_the_source_or_of_none(run: Run) -> None:
    good, bad = pages.capture(0), pages.capture(1, b"<p>")
    later = replace(pages.capture(2, b"<p>"), captured_at=LATER)
    ours, foreign = replace(pages.capture(3), source="nobody"), replace(pages.capture(4), url="https://else.example/")
    archive(run, [good, bad, later])
    archive(run, [ours, foreign], source=UNKNOWN_SOURCE)
    store = run.open_store()
    assert plan_rejects(store, "tass") == []
    for capture in (good, bad, later):
        land(run, capture)
    for capture in (ours, foreign):
        land(run, capture, source=UNKNOWN_SOURCE)
    assert _captured(run, plan_rejects(store, "tass")) == {bad, later, ours}
    assert _captured(run, plan_rejects(store, "tass", LATER.date())) == {later}
    assert plan_rejects(store, "theissue") == []


def test_a_scope_plans_source_after_source_and_refuses_what_contradicts_itself(run: Run) -> None:
    archive(run, [pages.capture(0), pages.capture(1)])
    store = run.open_store()
    for scope in (Scope(), Scope(("tass", "theissue", "tass"))):
        assert [chunk.described() for chunk in scope.plan(store)] == ["tass (2 captures)"]
    assert Scope(outdated=True).plan(store) == Scope(only_rejects=True).plan(store) == []
    with pytest.raises(UsageError, match="exclude each other"):
        Scope(only_rejects=True, outdated=True)
    with pytest.raises(UsageError, match="is not after start"):
        Scope(start=DAY, end=DAY)


def _captured(run: Run, chunks: Iterable[ArchivedChunk]) -> set[Capture]:
    raw = RawArchive(run.open_store())
    return {raw.read(pointer) for chunk in chunks for pointer in chunk.pointers}


def test_rows_find_their_captures_again_after_what_is_whole_of_a_damaged_object_was_ingested(run: Run) -> None:
    """The way that `newslake verify` and docs/maintenance.md name; without the reparse they point to what is gone."""
    store = run.open_store()
    archive(run, [pages.capture(number) for number in range(3)])
    rebuild(plan_history(store, "tass"), run)
    folder = Path(run.settings.lake)
    for index in folder.rglob("*.cdxj"):
        index.unlink()
    damaged = next(folder.rglob("*.warc.gz"))
    outside = shutil.move(damaged, folder.parent / "z.warc.gz")
    later = Run(run.settings, "20250101T000000Z-000009")
    ingest_all(find_inputs([str(outside)]), later)
    assert list(verify(store, RawArchive(store)))
    rebuild(plan_history(store, "tass"), later)
    assert list(verify(store, RawArchive(store))) == []


def test_rows_of_the_copy_that_the_archive_does_not_name_are_taken_away(run: Run) -> None:
    """Two workers archived it at the same moment: readers of the archive agree on one copy, the row is of the other.

    An older parser made an article of no article, and one of another name and day than today's.
    """
    old_day = datetime(2023, 6, 1, 12, tzinfo=UTC)
    empty, article = pages.capture(0, b"<p>", days=1), pages.capture(1, days=1)
    archive(run, [empty, article])
    for number, capture in enumerate((empty, article)):
        like = pages.capture(number, days=1)
        land(run, capture, like=like, published_at=old_day, article_id=f"{number:032}", parser_version=0)
    store, lake = run.open_store(), Lake(run.open_store())
    for key in [info.key for info in store.list("raw/")]:
        stored = store.get(key)
        assert stored
        folder, _, name = key.rpartition("/")
        if key.endswith(".warc.gz"):  # its index is made by the next reader
            store.put(f"{folder}/1{name}", stored.body, if_match=None)
    rebuild(plan_history(store, "tass"), run)
    left = {day: lake.read_partition("tass", day) for _, day, _ in lake.partitions()}
    assert {day: rows.num_rows for day, rows in left.items()} == {old_day.date().isoformat(): 0, "2024-01-10": 1}
    (uri,) = left["2024-01-10"]["capture_uri"].to_pylist()
    assert uri.rpartition("/")[2].startswith("12")
