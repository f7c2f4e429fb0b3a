"""Archives of gzip members: read part by part as they are read as a whole."""

import gzip
from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.intake import captures
from infra.intake.captures import Bounds, Part, find_inputs, parts_of, read_captures, read_part
from infra.intake.files.input_types import Input
from infra.store.open_store import open_store
from infra.work.ingest import ingest_chunk, plan
from infra.work.run import Run
from infra.work.run_report import RunReport
from tests import sample_pages as pages
from tests.disturbed_lake import objects
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
    "rubbish inside": gzipped(records()[:6]) + b"not a member" * 40 + gzipped(records()[6:]),
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
    assert objects(open_store(str(tmp_path / "parted"))) == objects(open_store(str(tmp_path / "whole")))
