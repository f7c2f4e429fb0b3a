"""Every form in which people keep pages comes in by its content, with the address and time that it states."""

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from infra.intake.captures import find_inputs
from infra.intake.files.input_types import Skipped
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import RejectReason
from tests.archive_reading import Unreadable, read_captures
from tests.warc_builder import answer, gzipped, record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

URL: Final = "https://paper.example/2026/ferry"
AT: Final = datetime(2026, 3, 5, 12, tzinfo=UTC)
PAGE: Final = b"<!doctype html><html><head><title>Ferry</title></head><body><p>The ferry sails again.</p></body></html>"
ROW: Final = {"url": URL, "fetched_at": AT.isoformat(), "html": PAGE.decode()}
WARC: Final = record(answer(PAGE), uri=URL, date="2026-03-05T12:00:00Z")


def tar(mode: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        member = tarfile.TarInfo("in/ferry.html")
        member.size, member.mtime = len(PAGE), AT.timestamp()
        archive.addfile(member, io.BytesIO(PAGE))
    return target.getvalue()


def packed_zip(*members: tuple[str, bytes], coding: int = zipfile.ZIP_LZMA) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", coding) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 5, 12, 0, 0)), content, coding)
    return target.getvalue()


MTIME: Final = CapturedAtBasis.MTIME
DOORS: Final[dict[str, tuple[Callable[[], bytes], str | None, CapturedAtBasis]]] = {
    "tar": (lambda: tar("w"), None, MTIME),
    "tar.gz": (lambda: tar("w:gz"), None, MTIME),
    "xz": (lambda: lzma.compress(PAGE), None, MTIME),
    "bzip2": (lambda: bz2.compress(PAGE), None, MTIME),
    "zstd": (lambda: zstd.compress(PAGE), None, MTIME),
    "zip with LZMA": (lambda: packed_zip(("ferry.html", PAGE)), None, MTIME),
    "zip with backslashes": (lambda: packed_zip(("in\\ferry.html", PAGE)), None, MTIME),
    "WACZ": (
        lambda: packed_zip(("archive/a.warc.gz", gzipped([WARC])), ("pages/pages.jsonl", b'{"format": "pages"}')),
        URL,
        CapturedAtBasis.WARC,
    ),
    "zstd WARC": (lambda: zstd.compress(WARC), URL, CapturedAtBasis.WARC),
    "zstd WARC behind a frame to skip": (
        lambda: b"\x50\x2a\x4d\x18\x04\x00\x00\x00note" + zstd.compress(WARC),
        URL,
        CapturedAtBasis.WARC,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ["download", "page.html", "data.bin"])
@pytest.mark.parametrize("door", DOORS)
def test_content_says_what_a_file_is_and_where_and_when_it_was_saved(tmp_path: Path, door: str, name: str) -> None:
    content, url, basis = DOORS[door]
    (tmp_path / name).write_bytes(content())
    (one,) = find_inputs([str(tmp_path / name)])
    (page,) = [found for found in read_captures(one) if not isinstance(found, Skipped)]
    assert isinstance(page, Capture), page
    assert (page.url, page.captured_at_basis) == (url, basis)
    assert PAGE[:15] in page.body
    if basis is not MTIME:
        assert page.captured_at == AT


def test_an_archive_of_bgzip_is_read_across_its_members(tmp_path: Path) -> None:
    """One begins where the one before was full: all records after the first were lost in its damage."""
    plain = b"".join(record(answer(PAGE), uri=f"{URL}/{number}") for number in range(5))
    members = (gzip.compress(plain[start : start + 300], mtime=0) for start in range(0, len(plain), 300))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(b"\x1f\x8b\x08\4" + each[4:10] + b"\6\0BC\2\0\0\0" + each[10:] for each in members))
    (one,) = find_inputs([str(path)])
    found = list(read_captures(one))
    assert [each.url for each in found if isinstance(each, Capture)] == [f"{URL}/{number}" for number in range(5)]


def test_a01_a_wrong_date_in_a_warc_hurts_only_without_a_stated_time(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(gzipped([record(answer(PAGE), uri=URL, date="2009-03-65T08:43:19-0800")]))
    (one,) = find_inputs([str(tmp_path / "a.warc.gz")])
    (page,) = read_captures(one)
    assert isinstance(page, Unreadable)
    (one,) = find_inputs([str(tmp_path / "a.warc.gz")], captured_at=AT)
    (page,) = read_captures(one)
    assert isinstance(page, Capture)
    assert page.captured_at == AT


def test_every_row_and_member_is_a_page_a_reason_or_counted(tmp_path: Path) -> None:
    rows = [ROW, {"url": "nowhere", "html": PAGE.decode()}, {**ROW, "fetched_at": "soon"}, {"url": URL}, ["no", "row"]]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n")
    (one,) = find_inputs([str(tmp_path / "a.jsonl")])
    found = list(read_captures(one))
    assert len(found) == len(rows) + 1
    assert sum(isinstance(each, Capture) for each in found) == 1
    assert sum(isinstance(each, Unreadable) for each in found) >= 3  # a wrong address, a wrong time, no JSON


def test_a_parquet_row_that_python_cannot_hold_costs_no_other_row(tmp_path: Path) -> None:
    seconds = int(AT.timestamp())
    times = pa.array([seconds, 2**40, seconds, seconds], pa.timestamp("s"))
    pages = pa.array([PAGE, PAGE, b"\xff" + PAGE, PAGE])
    columns = {"url": [URL] * 4, "fetched_at": times, "html": pages.view(pa.string())}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (one,) = find_inputs([str(tmp_path / "a.parquet")])
    found = list(read_captures(one))
    assert [type(each) for each in found] == [Capture, Unreadable, Unreadable, Capture]


def test_hostile_numbers_and_addresses_cost_no_more_than_their_own_page(tmp_path: Path) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, moment in (("a.html", 1e13), ("b.html", AT.timestamp())):
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(PAGE), moment
            archive.addfile(member, io.BytesIO(PAGE))
    (tmp_path / "a.tar").write_bytes(target.getvalue())
    large = WARC.replace(b"Content-Length: ", b"Content-Length: 9999999999999999", 1)
    (tmp_path / "b.warc").write_bytes(WARC + large + WARC)
    rows = [{**ROW, "url": f"{URL}\x1b[31m\nb"}, {**ROW, "fetched_at": 1e30}, {**ROW, "fetched_at": float("inf")}]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = [each for one in find_inputs([str(tmp_path)]) for each in read_captures(one)]
    captures = [each for each in found if isinstance(each, Capture)]
    assert [each.url for each in captures] == [None, None, URL, URL, f"{URL}%1B[31m%0Ab"]
    assert captures[1].captured_at == AT
    assert [each.reason for each in found if isinstance(each, Unreadable)] == [RejectReason.ARCHIVE_DAMAGED] * 3
