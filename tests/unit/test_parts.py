"""Archives of gzip members: read part by part as they are read as a whole, and their members kept as they are."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.archive.raw_archive import RawArchive
from infra.base.settings import Settings
from infra.intake import captures
from infra.intake.captures import Bounds, Part, find_inputs, parts_of, read_captures, read_part
from infra.intake.files.input_types import Input, Kept
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from infra.upkeep.verify import verify
from infra.work.ingest import ingest_chunk, plan
from infra.work.reparse.plan import plan_history
from infra.work.reparse.reparse import rebuild
from infra.work.run import Run
from infra.work.run_report import RunReport
from parsers.record.capture import Capture
from tests import sample_pages as pages
from tests.warc_builder import answer, gzipped, record

COUNT = 12


def records(count: int = COUNT) -> list[bytes]:
    """Pages of TASS, of three days."""
    found = (pages.capture(number) for number in range(count))
    return [
        record(answer(each.body), uri=each.url, date=f"{each.captured_at:%Y-%m-%dT%H:%M:%SZ}", digest=number % 2 == 0)
        for number, each in enumerate(found)
    ]


def nested() -> bytes:
    """An archive of an archive: its members begin like records inside a member that is stored, not deflated."""
    inner = gzipped(records(4))
    around = record(inner, kind="resource", uri="https://tass.com/backup.warc.gz")
    stored = gzip.compress(around, compresslevel=0, mtime=0)
    return gzipped(records(3)) + stored + gzipped(records(2)[1:])


def damaged(member: int) -> bytes:
    """An archive with a member whose middle is overwritten."""
    members = [gzip.compress(each, mtime=0) for each in records()]
    hurt = bytearray(members[member])
    hurt[len(hurt) // 2 : len(hurt) // 2 + 9] = b"\0" * 9
    members[member] = bytes(hurt)
    return b"".join(members)


def several_in_one() -> bytes:
    """Members with two records each."""
    made = records()
    return gzipped(first + second for first, second in zip(made[::2], made[1::2], strict=True))


ARCHIVES = {
    "sound": gzipped(records()),
    "nested": nested(),
    "damaged": damaged(5),
    "damaged at its end": damaged(COUNT - 1),
    "cut": gzipped(records())[:-40],
    "several in one": several_in_one(),
}


def in_parts(source: Input, size: int) -> list[object]:
    """What the parts give, read as an ingest reads them: one that does not fit is read again from where it has to."""
    found: list[object] = []
    reached = 0
    for start in range(0, source.size, size):
        part = Part(start, min(start + size, source.size))
        if reached >= part.end:
            continue
        read = list(read_part(source, part))
        bounds = read[-1]
        assert isinstance(bounds, Bounds)
        if bounds.begun != reached:
            read = list(read_part(source, Part(reached, part.end, is_exact=True)))
            bounds = read[-1]
            assert isinstance(bounds, Bounds)
        found += read[:-1]
        reached = bounds.ended
    return found


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.parametrize("size", [1, 97, 500, 1_500, 1 << 20])
def test_parts_of_any_size_give_what_the_file_gives(name: str, size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ARCHIVES[name])
    (source,) = find_inputs([str(path)])
    assert in_parts(source, size) == list(read_captures(source))


def run_on(lake: Path, run_id: str = "20240201T000000Z-0000001") -> Run:
    return Run(Settings(lake=str(lake), workers=1), run_id)


def ingest(path: Path, lake: Path) -> RunReport:
    return sum((ingest_chunk(chunk, run_on(lake)) for chunk in plan(find_inputs([str(path)]))), RunReport())


def rows(lake: Path) -> list[dict[str, object]]:
    read = Lake(open_store(str(lake)))
    return [row for day in (10, 11, 12) for row in read.read_partition("tass", f"2024-01-{day}").to_pylist()]


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_divided_archive_lands_as_a_whole_one(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ARCHIVES[name])
    whole = ingest(path, tmp_path / "whole")
    monkeypatch.setattr(captures, "PART_BYTES", 1_200)
    (source,) = find_inputs([str(path)])
    assert list(parts_of(source))
    (chunk,) = plan([source])
    told: list[int] = []
    parted = ingest_chunk(chunk, run_on(tmp_path / "parted"), lambda each: told.append(each.size))
    assert (parted.captures, parted.parsed, parted.skipped) == (whole.captures, whole.parsed, whole.skipped)
    assert sum(told) == source.size
    assert rows(tmp_path / "parted") == rows(tmp_path / "whole")


def test_members_of_others_are_kept_as_they_are_and_read_verified_and_reparsed(tmp_path: Path) -> None:
    path, lake = tmp_path / "a.warc.gz", tmp_path / "lake"
    path.write_bytes(gzipped(records()))
    assert ingest(path, lake).parsed == COUNT
    raw = b"".join(each.read_bytes() for each in sorted(lake.glob("raw/**/*.warc.gz")))
    assert all(gzip.compress(each, mtime=0) in raw for each in records())
    store = open_store(str(lake))
    archive = RawArchive(store)
    (source,) = find_inputs([str(path)])
    given = [kept.page for kept in read_captures(source) if isinstance(kept, Kept)]
    read = [archive.read(each.pointer) for each in archive.entries("tass")]
    assert sorted(read, key=lambda each: each.digest) == sorted(given, key=lambda each: getattr(each, "digest", ""))
    before = rows(lake)
    assert list(verify(store, archive)) == []
    again = rebuild(plan_history(store, "tass"), run_on(lake, "20240202T000000Z-0000002"))
    assert (again.parsed, again.partitions_written) == (COUNT, 0)
    assert rows(lake) == before


@pytest.mark.parametrize(
    "said", [{"captured_at": datetime(2024, 3, 1, tzinfo=UTC)}, {"source": "theissue"}], ids=["time", "source"]
)
def test_what_is_said_of_a_page_is_written_into_a_record_of_our_own(said: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzipped(records(1)))
    (source,) = find_inputs([str(path)], **said)
    (page,) = read_captures(source)
    assert isinstance(page, Capture)
