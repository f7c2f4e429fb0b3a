"""The lake rebuilt from the raw archive: the right captures for the right days, and nothing changed needlessly."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.archive import UNKNOWN_SOURCE, ArchivedCapture, RawArchive
from infra.days import Days
from infra.errors import UsageError
from infra.filing import Examined, Run, file_outcomes
from infra.lake import Lake
from infra.object_store import ObjectStore
from infra.reparse import ArchivedChunk, plan_days, plan_history, rebuild, reparse_chunk
from infra.run_report import RunReport
from infra.settings import Settings
from parsers.capture import Capture
from parsers.parse import parse
from tests import sample_pages as pages

DAY = pages.FIRST_DAY


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(Settings(lake=str(tmp_path / "lake"), workers=1), "20240201T000000Z-000001")


def _archive(run: Run, captures: Iterable[Capture], source: str = "tass") -> None:
    RawArchive(run.open_store()).add([(source, capture) for capture in captures], run_id=run.run_id, worker="w")


def _objects(store: ObjectStore) -> dict[str, bytes]:
    return {info.key: stored.body for info in store.list() if (stored := store.get(info.key))}


def test_days_are_landed_from_the_archive_with_the_counts_of_that_day(run: Run) -> None:
    _archive(run, [pages.capture(number) for number in range(7)])
    report = rebuild(plan_days(run.open_store(), ["tass"], Days(DAY, DAY + timedelta(days=3))), run)
    assert (report.captures, report.parsed, report.partitions_written) == (7, 7, 3)
    manifest = Lake(run.open_store()).read_manifest("tass", DAY.isoformat())
    assert manifest is not None
    assert manifest.rows == 3
    assert (manifest.coverage["reparse"].captured, manifest.coverage["reparse"].parsed) == (3, 3)


@pytest.mark.parametrize("plan", ["days", "history"])
def test_l04_repeating_it_writes_nothing(run: Run, plan: str) -> None:
    _archive(run, [*(pages.capture(number) for number in range(4)), pages.capture(5, b"<p>")])
    store = run.open_store()

    def repeat(run: Run) -> RunReport:
        chunks = (
            plan_days(store, [], Days(DAY, DAY + timedelta(days=9))) if plan == "days" else plan_history(store, "tass")
        )
        return rebuild(chunks, run)

    first = repeat(run)
    before = _objects(store)
    second = repeat(Run(run.settings, "20240301T000000Z-000002"))
    assert first.partitions_written > 0
    assert second.partitions_written == 0
    assert second.partitions_unchanged == first.partitions_written
    assert dict(second.rejected) == {"empty": 1}
    assert _objects(store) == before


def test_a_day_of_which_nothing_is_archived_is_no_work(run: Run) -> None:
    _archive(run, [pages.capture(0)])
    assert plan_days(run.open_store(), ["tass"], Days.one(DAY + timedelta(days=30))) == []
    assert plan_days(run.open_store(), ["theissue"], Days.one(DAY)) == []


def test_l08_a_day_that_was_captured_but_has_no_article_becomes_an_empty_partition(run: Run) -> None:
    late = pages.page(0, published=datetime(2023, 12, 1, tzinfo=UTC))
    _archive(run, [pages.capture(0, late)])
    rebuild(plan_days(run.open_store(), ["tass"], Days(DAY - timedelta(days=1), DAY + timedelta(days=1))), run)
    lake = Lake(run.open_store())
    empty, missing = (lake.read_manifest("tass", day.isoformat()) for day in (DAY, DAY - timedelta(days=1)))
    assert empty is not None
    assert (empty.rows, empty.coverage["reparse"].captured) == (0, 1)
    assert missing is None


def test_l10_an_article_captured_days_after_its_publication_is_found(run: Run) -> None:
    published = datetime(DAY.year, DAY.month, DAY.day, 23, 59, tzinfo=UTC) - timedelta(days=6)
    _archive(run, [pages.capture(0, pages.page(0, published=published))])
    report = rebuild(plan_days(run.open_store(), ["tass"], Days.one(published.date())), run)
    assert report.articles == {("tass", published.date().isoformat()): 1}


def test_rows_from_captures_beyond_the_lookahead_are_parsed_again(run: Run) -> None:
    published = datetime(2023, 6, 1, 12, tzinfo=UTC)
    _archive(run, [pages.capture(0, pages.page(0, published=published))])
    day = Days.one(published.date())
    assert plan_days(run.open_store(), ["tass"], day) == []
    rebuild(plan_history(run.open_store(), "tass"), run)
    (chunk,) = plan_days(run.open_store(), ["tass"], day)
    assert len(chunk.pointers) == 1


def test_captures_of_a_host_that_has_a_source_by_now_leave_the_unknown(run: Run) -> None:
    _archive(run, [pages.capture(0)], source=UNKNOWN_SOURCE)
    assert plan_history(run.open_store(), "theissue") == []
    report = rebuild(plan_history(run.open_store(), "tass"), run)
    assert report.articles == {("tass", DAY.isoformat()): 1}


def test_history_begins_a_day_before_its_start_and_has_no_last_capture(run: Run) -> None:
    _archive(run, [pages.capture(number, days=9) for number in range(9)])
    start = DAY + timedelta(days=5)
    (chunk,) = plan_history(run.open_store(), "tass", start, start + timedelta(days=1))
    assert len(chunk.pointers) == 5  # days 4 to 8


@pytest.mark.parametrize("name", ["no_such", "", "../raw", "_unknown"])
def test_o01_an_unknown_source_is_refused_before_anything_is_read(run: Run, name: str) -> None:
    with pytest.raises(UsageError, match=r"there is no source .*newslake sources"):
        plan_history(run.open_store(), name)
    with pytest.raises(UsageError, match=r"there is no source .*newslake sources"):
        plan_days(run.open_store(), ["tass", name], Days.one(DAY))


def test_o01_history_refuses_an_end_before_its_start(run: Run) -> None:
    with pytest.raises(UsageError, match="is not after start"):
        plan_history(run.open_store(), "tass", DAY, date(2020, 1, 1))


def test_chunks_are_disjoint_and_coverage_is_whole_after_the_last(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.reparse.CHUNK_CAPTURES", 2)
    _archive(run, [pages.capture(number, days=2) for number in range(9)])
    chunks = plan_days(run.open_store(), ["tass"], Days(DAY, DAY + timedelta(days=2)))
    assert [len(chunk.pointers) for chunk in chunks] == [2, 2, 2, 2, 1]
    report = rebuild(chunks, run)
    first, second = (Lake(run.open_store()).read_manifest("tass", day.isoformat()) for day in chunks[0].days or ())
    assert first is not None
    assert second is not None
    assert report.captures == first.rows + second.rows == 9
    assert (first.coverage["reparse"].parsed, second.coverage["reparse"].parsed) == (5, 4)


def test_chunks_are_bounded_in_bytes_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.reparse.CHUNK_BYTES", 1)
    _archive(run, [pages.capture(number) for number in range(3)])
    assert [len(chunk.pointers) for chunk in plan_history(run.open_store(), "tass")] == [1, 1, 1]


def test_chunks_describe_themselves(run: Run) -> None:
    _archive(run, [pages.capture(0)])
    store = run.open_store()
    assert plan_history(store, "tass")[0].described() == "tass (1 captures)"
    assert plan_days(store, ["tass", "tass"], Days.one(DAY))[0].described() == "tass, 2024-01-10 (1 captures)"


@pytest.mark.parametrize("later", [{"body": b"<p>"}, {"truncated": True}], ids=["rejected", "partial"])
def test_a_row_that_goes_brings_out_the_capture_that_it_hid(
    later: dict[str, Any], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lake equals a fresh one, although the capture that wins now was parsed before the row above it went."""
    monkeypatch.setattr("infra.reparse.CHUNK_CAPTURES", 1)
    first = pages.capture(0)
    second = replace(first, captured_at=first.captured_at + timedelta(days=1), source="tass", **later)
    _archive(run, [first, second])
    store = run.open_store()
    fresh = Run(run.settings.model_copy(update={"lake": str(tmp_path / "fresh")}), run.run_id)
    shutil.copytree(tmp_path / "lake" / "raw", tmp_path / "fresh" / "raw")
    rebuild(plan_history(fresh.open_store(), "tass"), fresh)

    _land_as_an_older_parser_did(run, second, like=first)
    parsed: list[int] = []

    def counted(chunk: ArchivedChunk, run: Run, so_far: RunReport) -> RunReport:
        parsed.append(so_far.captures)
        return reparse_chunk(chunk, run, so_far)

    report = rebuild(plan_history(store, "tass"), run, counted)
    assert parsed == [0, 1, 0]
    assert report.captures == 2
    days = [day for _, day, _ in Lake(store).partitions("tass")]
    for day in days:
        found, expected = (Lake(each.open_store()).read_partition("tass", day) for each in (run, fresh))
        assert found.to_pylist() == expected.to_pylist()
        assert found.num_rows == 1


def _land_as_an_older_parser_did(run: Run, capture: Capture, like: Capture) -> None:
    """Land an article of a capture that today's parser makes nothing, or less, of."""
    store = run.open_store()
    (archived,) = (
        ArchivedCapture(capture, entry.pointer, new=False)
        for entry in RawArchive(store).entries("tass")
        if entry.captured_at == capture.captured_at
    )
    file_outcomes([Examined(archived, parse(like))], Lake(store), run, mode="ingest")
