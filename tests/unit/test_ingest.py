"""Ingest: everything is archived and lands; tests/smoke/test_end_to_end.py shows that a second run changes nothing."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.archive.raw_archive import RawArchive
from infra.base.errors import UsageError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.intake.captures import find_inputs
from infra.intake.files.input_types import Input
from infra.lake.lake import Lake
from infra.work.ingest import CHUNK_FILES, ingest_chunk, plan
from infra.work.pages import Wanted
from infra.work.run import Run, folder_of
from infra.work.run_report import RunReport
from parsers.record.capture import CapturedAtBasis
from parsers.record.outcome import Rejected, RejectReason
from tests import sample_pages as pages


def _ingest(run: Run, *paths: Path, source: str | None = None) -> RunReport:
    chunks = plan(find_inputs([str(path) for path in paths], source=source))
    return sum((ingest_chunk(chunk, run) for chunk in chunks), RunReport())


def _input(number: int, size: int) -> Input:
    return Input(f"{number}.html", size, pages.published_at(0, 1), CapturedAtBasis.MTIME)


def test_pages_are_archived_and_landed_by_their_day(run: Run, tmp_path: Path) -> None:
    report = _ingest(run, pages.write_folder(tmp_path / "in", 7))
    store = run.open_store()
    assert (report.captures, report.parsed, report.partitions_written, report.known) == (7, 7, 3, 0)
    assert report.articles == {("tass", "2024-01-10"): 3, ("tass", "2024-01-11"): 2, ("tass", "2024-01-12"): 2}
    row = Lake(store).read_partition("tass", "2024-01-11").to_pylist()[0]
    assert (row["mode"], row["run_id"], row["captured_at_basis"]) == ("ingest", run.run_id, "manifest")
    entries = RawArchive(store).entries("tass")
    assert {entry.pointer.uri for entry in entries} == {
        f"raw/source=tass/date=2024-01-{day}/{run.run_id}-c0000-00000.warc.gz" for day in (10, 11, 12)
    }
    assert len(entries) == 7


def test_what_no_source_knows_is_kept_and_counted(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"<html><body><p>A page of an unknown paper.</p></body></html>")
    report = _ingest(run, page)
    assert report.rejected == {"unknown_source": 1}
    (entry,) = RawArchive(run.open_store()).entries(UNKNOWN_SOURCE)
    assert RawArchive(run.open_store()).read(entry.pointer).body == page.read_bytes()


def test_a01_a_damaged_archive_is_quarantined_and_the_rest_lands(run: Run, tmp_path: Path) -> None:
    folder = pages.write_folder(tmp_path / "in", 2)
    (folder / "cut.warc.gz").write_bytes(b"\x1f\x8b\x08\x00 not gzip at all")
    report = _ingest(run, folder)
    assert report.parsed == 2
    assert report.rejected == {"archive_damaged": 1}
    assert RawArchive(run.open_store()).entries(UNKNOWN_SOURCE)


@pytest.mark.usefixtures("worker_processes")
def test_p06_p07_pages_that_hang_or_crash_do_not_sink_a_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.work.parse_pool import ParsePool
    from infra.work.run import Run
    from tests.misbehaving_parsers import parse_unless_told

    def open_pool(_: Run) -> ParsePool:
        return ParsePool(2, 1.0, parse_page=parse_unless_told)

    monkeypatch.setattr(Run, "open_pool", open_pool)
    folder = pages.write_folder(tmp_path / "in", 6)
    (folder / "0001.html").write_bytes(b"hang")
    (folder / "0003.html").write_bytes(b"segfault")
    (folder / "0004.html").write_bytes(b"raise")
    report = _ingest(run, folder)
    assert report.parsed == 3
    assert report.rejected == {"timeout": 1, "parser_crash": 1, "parser_error": 1}
    assert len(RawArchive(run.open_store()).entries("tass")) == 6  # the culprits too, under the source of their host


def test_records_that_are_no_pages_are_counted_apart(run: Run, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        archive.writestr("page.html", pages.page(0))
        archive.writestr("logo.png", b"\x89PNG")
    report = _ingest(run, tmp_path / "pages.zip")
    assert (report.captures, report.parsed) == (1, 1)
    assert report.skipped.total() == 1


def test_inputs_are_told_one_by_one_as_they_end(run: Run, tmp_path: Path) -> None:
    inputs = find_inputs([str(pages.write_folder(tmp_path / "in", 3))])
    ended: list[Input] = []
    ingest_chunk(plan(inputs)[0], run, ended.append)
    assert ended == list(inputs)


def test_a_large_input_is_landed_in_batches(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.work.ingest.LANDED_AT_ONCE", 2)
    report = _ingest(run, pages.write_folder(tmp_path / "in", 5, days=1))
    assert (report.parsed, report.partitions_written) == (5, 3)
    assert Lake(run.open_store()).read_partition("tass", "2024-01-10").num_rows == 5


def test_only_what_is_wanted_comes_in_and_the_rest_is_counted(run: Run, tmp_path: Path) -> None:
    rows = [
        {"url": f"https://{host}/story/{number}", "fetched_at": f"2024-05-0{number}T12:00:00Z", "html": "<p>A"}
        for number, host in enumerate(("tass.com", "www.tass.com", "tass.com", "elsewhere.example"), start=1)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (chunk,) = plan(find_inputs([str(tmp_path / "a.jsonl")]))
    report = ingest_chunk(chunk, run, wanted=Wanted(("tass.com",), date(2024, 5, 2), date(2024, 5, 3)))
    assert (report.captures, report.skipped) == (1, {"other host": 1, "other day": 2})


@pytest.mark.parametrize(
    "wrong", [{"hosts": ("https://tass.com",)}, {"hosts": ("",)}, {"start": date(2024, 5, 2), "end": date(2024, 5, 2)}]
)
def test_what_can_find_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"is no host|no day lies between"):
        Wanted(**wrong)


def test_chunks_hold_so_many_files_or_so_many_bytes() -> None:
    small = [_input(number, 1) for number in range(CHUNK_FILES + 5)]
    assert [len(chunk.inputs) for chunk in plan(small)] == [CHUNK_FILES, 5]
    large = [_input(number, 300 << 20) for number in range(3)]
    assert [len(chunk.inputs) for chunk in plan(large)] == [1, 1, 1]
    assert [chunk.number for chunk in plan(large)] == [0, 1, 2]
    sizes = [[each.size for each in chunk.inputs] for chunk in plan([_input(0, 1), _input(1, 1 << 40), _input(2, 1)])]
    assert sizes == [[1], [1 << 40], [1]]
    assert plan([]) == []
    assert plan(small[:3])[0].described() == "chunk 0 (3 inputs)"


def test_a_source_that_does_not_exist_gives_no_folder_of_its_name() -> None:
    capture = pages.capture(0, source="../../etc")
    assert folder_of(capture, Rejected(RejectReason.EMPTY, "", source="../../etc")) == UNKNOWN_SOURCE


def test_reports_add_up() -> None:
    one = RunReport(captures=2, parsed=1, partitions_written=1)
    one.rejected["layout"] += 1
    total = sum([one, one], RunReport())
    assert (total.captures, total.parsed, total.rejected.total(), total.lost_share) == (4, 2, 2, 0.5)
    assert RunReport().lost_share == 0.0
    assert total.summary() == "4 captures: 2 parsed, 2 rejected; 2 partitions written, 0 unchanged"
    assert total.as_json()["rejected"] == {"layout": 2}
