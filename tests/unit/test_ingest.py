"""Ingest: everything is archived and lands; tests/smoke/test_end_to_end.py shows that a second run changes nothing."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.archive.raw_archive import RawArchive
from infra.base.errors import UsageError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.intake.captures import Wanted, find_inputs
from infra.lake.lake import Lake
from infra.work.run import Run, RunReport, folder_of
from parsers.record.outcome import Rejected, RejectReason
from tests import sample_pages as pages
from tests.ingests import ingest_all
from tests.warc_builder import gzipped, record


def _ingest(run: Run, *paths: Path, source: str | None = None) -> RunReport:
    return ingest_all(find_inputs([str(path) for path in paths], source=source), run)


def test_a01_a_damaged_archive_is_quarantined_and_the_rest_lands(run: Run, tmp_path: Path) -> None:
    folder = pages.write_folder(tmp_path / "in", 2)
    (folder / "cut.warc.gz").write_bytes(b"\x1f\x8b\x08\x00 not gzip at all")
    report = _ingest(run, folder)
    assert report.parsed == 2
    assert report.rejected == {"archive_damaged": 1}
    assert RawArchive(run.open_store()).entries(UNKNOWN_SOURCE)


@pytest.mark.parametrize(("limit", "landings"), [(1 << 30, 1), (1, 3)])
def test_a_large_input_is_staged_in_batches_and_landed_together_unless_much_waits(
    limit: int, landings: int, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.work.ingest.STAGED_AT_ONCE", 2)
    monkeypatch.setattr("infra.work.ingest.GROUP_PAGES", 2)
    monkeypatch.setattr("infra.work.ingest.CHUNK_FILES", 2)
    monkeypatch.setattr("infra.work.ingest.LANDED_BYTES", limit)
    report = _ingest(run, pages.write_folder(tmp_path / "in", 5, days=1))
    assert (report.parsed, report.partitions_written) == (5, landings)
    assert Lake(run.open_store()).read_partition("tass", "2024-01-10").num_rows == 5


def test_only_what_is_wanted_comes_in_and_the_rest_is_counted(run: Run, tmp_path: Path) -> None:
    rows = [
        {"url": f"https://{host}/story/{number}", "fetched_at": f"2024-05-0{number}T12:00:00Z", "html": "<p>A"}
        for number, host in enumerate(("tass.com", "www.tass.com", "tass.com", "elsewhere.example"), start=1)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    wanted = Wanted(("tass.com",), date(2024, 5, 2), date(2024, 5, 3))
    report = ingest_all(find_inputs([str(tmp_path / "a.jsonl")]), run, wanted)
    assert (report.captures, report.skipped) == (1, {"other host": 1, "other day": 2})


def test_an_archive_that_describes_pages_and_holds_none_says_so(run: Run, tmp_path: Path) -> None:
    described = [record(b"{}", kind="metadata", uri=pages.url(number)) for number in range(3)]
    wat = pages.write_folder(tmp_path / "in", 1) / "a.warc.wat.gz"
    wat.write_bytes(gzipped([record(b"software: x", kind="warcinfo"), *described]))
    (told,) = _ingest(run, wat).alarms
    assert told.startswith(f"no page that is wanted is in {wat}: 3 metadata, 1 warcinfo. Name HTML")
    assert _ingest(run, wat.parent).alarms == ()


@pytest.mark.parametrize(
    "wrong", [{"hosts": ("https://tass.com",)}, {"hosts": ("",)}, {"start": date(2024, 5, 2), "end": date(2024, 5, 2)}]
)
def test_what_can_find_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"is no host|no day lies between"):
        Wanted(**wrong)


def test_a_source_that_does_not_exist_gives_no_folder_of_its_name() -> None:
    capture = pages.capture(0, source="../../etc")
    assert folder_of(capture, Rejected(RejectReason.EMPTY, "", source="../../etc")) == UNKNOWN_SOURCE
