"""Ingesting the raw layer of another lake: revisits get the bodies that lie in other records."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.raw_index import Pointer
from infra.archive.warc import Revisit
from infra.intake.archives.other_lake import Originals
from infra.intake.captures import Skipped, find_inputs, read_captures
from infra.intake.files.input_types import Kept, Unreadable
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason
from tests.lake_samples import NOON, SOURCE

BODY = b"<html><p>" + b"The ferry waited. " * 1000  # long enough to be kept once only
URL = "https://gazette.example/ferry"
FIRST = Capture(BODY, MediaType.HTML, NOON, CapturedAtBasis.LIVE, url=URL, http_status=200)
SAME_OBJECT = replace(FIRST, captured_at=NOON + timedelta(hours=1))
NEXT_DAY = replace(FIRST, captured_at=NOON + timedelta(days=1))


def archived(store: ObjectStore) -> None:
    """A whole capture, a revisit in the same object, a revisit in an object of the next day."""
    for run, captures in (("r1", [FIRST, SAME_OBJECT]), ("r2", [NEXT_DAY])):
        RawArchive(store).add([(SOURCE, each) for each in captures], run_id=run, worker="w0")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The other lake."""
    archived(LocalStore(tmp_path / "other"))
    return tmp_path / "other"


def read(
    *paths: Path | str, skipped: Counter[str] | None = None, source: str | None = None
) -> list[Capture | Unreadable]:
    inputs = find_inputs([str(path) for path in paths], source=source)
    found = [one for each in inputs for one in read_captures(each)]
    if skipped is not None:
        skipped.update(one.kind for one in found if isinstance(one, Skipped))
    return [one.page if isinstance(one, Kept) else one for one in found if not isinstance(one, Skipped)]


def warcs(lake: Path) -> tuple[Path, Path]:
    first, second = sorted(lake.glob("raw/**/*.warc.gz"))
    return first, second


def test_a02_a_lake_gives_all_of_its_captures_revisits_with_their_bodies(lake: Path) -> None:
    skipped = Counter[str]()
    assert read(lake / "raw", skipped=skipped) == [FIRST, SAME_OBJECT, NEXT_DAY]
    assert skipped == {"warcinfo": 2, ".cdxj file": 2}


def test_a02_one_file_of_a_lake_finds_the_others(lake: Path) -> None:
    assert read(warcs(lake)[1]) == [NEXT_DAY]


def test_a02_a_revisit_whose_original_is_not_there_is_counted(lake: Path, tmp_path: Path) -> None:
    alone = shutil.copy(warcs(lake)[1], tmp_path)
    skipped = Counter[str]()
    assert read(alone, skipped=skipped) == []
    assert skipped == {"warcinfo": 1, "revisit without its original": 1}


def test_a02_in_a_zip_revisits_are_counted_too(lake: Path, tmp_path: Path) -> None:
    skipped = Counter[str]()
    assert read(shutil.make_archive(str(tmp_path / "lake"), "zip", lake.parent, "other/raw"), skipped=skipped) == [
        FIRST
    ]
    assert skipped["revisit without its original"] == 2


def test_a01_a_damaged_original_makes_its_revisits_damaged(lake: Path) -> None:
    first, second = warcs(lake)
    content = bytearray(first.read_bytes())
    whole = RawArchive(LocalStore(lake)).entries(SOURCE)[0].pointer
    content[whole.offset + 60] ^= 0xFF
    first.write_bytes(content)
    (one,) = read(second)
    assert isinstance(one, Unreadable)
    assert (one.reason, one.capture.captured_at, one.capture.url) == (
        RejectReason.ARCHIVE_DAMAGED,
        NEXT_DAY.captured_at,
        URL,
    )


@pytest.mark.parametrize(
    "uri",
    [
        "../../etc/passwd",
        "raw/source=gazette/date=2024-05-01/../../../x.warc.gz",
        "raw/source=gazette/date=2024-05-01/absent.warc.gz",
    ],
)
def test_a05_an_original_outside_of_the_lake_is_not_looked_for(lake: Path, uri: str) -> None:
    revisit = Revisit(replace(FIRST, body=b""), FIRST.digest, Pointer(uri, 0, 10))
    assert Originals(str(warcs(lake)[1])).whole(revisit, 1 << 20) is None


def test_a02_a_lake_in_a_bucket_gives_all_of_its_captures(moto_lake: str) -> None:
    archived(open_store(moto_lake))
    assert read(f"{moto_lake}/raw") == [FIRST, SAME_OBJECT, NEXT_DAY]
