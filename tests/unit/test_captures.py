"""Files, zips and objects: each page is a capture or is told with its reason; the content decides what it is."""

import gzip
import io
import random
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.errors import NewslakeError
from infra.intake.captures import find_inputs
from infra.intake.files import s3_objects
from infra.intake.files.input_types import Skipped
from infra.intake.files.page_bytes import read_page
from infra.store.open_store import open_store
from parsers.page.content import media_type_of
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason
from tests.archive_reading import Read, Unreadable, read_captures
from tests.warc_builder import HTML, answer, gzipped, record

TEXT: Final = b"MOSCOW, May 10. /TASS/. Rain is expected, x < 3 and y > 2."
SAID: Final = datetime(2017, 5, 11, tzinfo=UTC)


def read(path: Path, max_page_bytes: int = 100_000) -> list[Capture | Unreadable]:
    (one,) = find_inputs([str(path)], captured_at=SAID, source="tass")
    return pages_of(read_captures(one, max_page_bytes=max_page_bytes))[0]


def pages_of(found: Iterable[Read]) -> tuple[list[Capture | Unreadable], Counter[str]]:
    """The pages of an input, and what of it was skipped, by kind."""
    pages: list[Capture | Unreadable] = []
    skipped = Counter[str]()
    for one in found:
        if isinstance(one, Skipped):
            skipped[one.kind] += 1
        else:
            pages.append(one)
    return pages, skipped


def only(path: Path, content: bytes, max_page_bytes: int = 100_000) -> Capture | Unreadable:
    path.write_bytes(content)
    (one,) = read(path, max_page_bytes)
    return one


def reason(one: Capture | Unreadable) -> RejectReason | None:
    return one.reason if isinstance(one, Unreadable) else None


def known_of(one: Capture | Unreadable) -> Capture:
    return one.capture if isinstance(one, Unreadable) else one


@pytest.mark.parametrize("name", ["a.html", "a.txt", "a", "a.html.gz", "a.warc.gz", "a.zip", "a.png"])
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_a01_a_page_is_what_its_content_says_unpacked_whatever_its_name(tmp_path: Path, name: str, layers: int) -> None:
    content = HTML
    for _ in range(layers):
        content = gzip.compress(content, mtime=0)
    assert only(tmp_path / name, content) == Capture(
        HTML, MediaType.HTML, SAID, CapturedAtBasis.OPTION, url=None, source="tass"
    )


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\xef\xbb\xbf\n", b"\0\0", gzip.compress(b"", mtime=0)])
@pytest.mark.parametrize("name", ["a.html", "a.warc.gz"])
def test_p09_a01_empty_files_are_empty(tmp_path: Path, content: bytes, name: str) -> None:
    expected = RejectReason.EMPTY if name == "a.html" or not content else RejectReason.ARCHIVE_DAMAGED
    assert reason(only(tmp_path / name, content)) is expected


@pytest.mark.parametrize("packed", [True, False])
def test_f34_a_page_over_the_limit_is_cut_and_too_large(tmp_path: Path, *, packed: bool) -> None:
    body = HTML * 3000
    one = only(tmp_path / "a.html", gzip.compress(body, mtime=0) if packed else body)
    assert reason(one) is RejectReason.TOO_LARGE
    assert isinstance(one, Unreadable)
    assert (one.capture.body, one.capture.truncated) == (body[:100_000], True)
    assert isinstance(only(tmp_path / "a.html", body[:100_000]), Capture)


def test_f19_a_gzip_file_cut_short_is_truncated_and_keeps_what_there_is(tmp_path: Path) -> None:
    body = bytes(range(32, 127)) * 800
    one = only(tmp_path / "a.html.gz", gzip.compress(b"<p>" + body, mtime=0)[:-30])
    assert isinstance(one, Unreadable)
    assert one.reason is RejectReason.TRUNCATED
    assert one.capture.body.startswith(b"<p>" + body[:10_000])
    assert reason(only(tmp_path / "a.html.gz", gzip.compress(HTML, mtime=0)[:3])) is RejectReason.TRUNCATED


@given(st.binary(max_size=400), st.integers(0, 3), st.booleans())
def test_any_bytes_give_a_page_or_a_reason(content: bytes, layers: int, damage: bool) -> None:
    for _ in range(layers):
        content = gzip.compress(content, mtime=0)
    if damage and content:
        content = content[:-1] + bytes([content[-1] ^ 0xFF])
    page = read_page(io.BytesIO(content), 300)
    assert len(page.body) <= 300
    media_type_of(page.body)


def test_a01_a_warc_whose_first_bytes_are_damaged_is_known_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"\0\0" + gzipped([record(answer())])[2:] + gzipped([record(answer())]))
    damaged, page = read(tmp_path / "a.warc.gz")
    assert (reason(damaged), reason(page)) == (RejectReason.ARCHIVE_DAMAGED, None)


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return path


def test_a_zip_with_a_wrong_manifest_is_damaged_and_says_where(tmp_path: Path) -> None:
    path = zipped(tmp_path / "pages.zip", ("in/cases.jsonl", b'{"file": }'), ("in/a.html", HTML))
    (one,) = find_inputs([str(path)])
    (found,), _ = pages_of(read_captures(one))
    assert isinstance(found, Unreadable)
    assert found.reason is RejectReason.ARCHIVE_DAMAGED
    assert "in/cases.jsonl, line 1: not JSON" in found.detail


def test_a_zip_is_read_like_a_folder_with_its_own_manifest(tmp_path: Path) -> None:
    line = b'{"file": "a.html", "url": "https://a.example/1", "source": "apnews", "captured_at": "2024-02-28T13:06:44"}'
    path = zipped(
        tmp_path / "pages.zip",
        ("in/cases.jsonl", line),
        ("in/a.html", HTML),
        ("in/b.txt.gz", gzip.compress(TEXT, mtime=0)),
        ("in/", b""),
        ("README.md", b"x"),
        ("c.warc.gz", gzipped([record(answer())])),
        (zipfile.ZipInfo("d.html", (1980, 0, 0, 0, 0, 0)), b""),
    )
    (one,) = find_inputs([str(path)])
    (said, unsaid, archived, empty), skipped = pages_of(read_captures(one))
    assert said == Capture(
        HTML, MediaType.HTML, datetime(2024, 2, 28, 13, 6, 44, tzinfo=UTC), CapturedAtBasis.MANIFEST,
        url="https://a.example/1", source="apnews",
    )  # fmt: skip
    assert isinstance(unsaid, Capture)
    assert (unsaid.body, unsaid.captured_at_basis) == (TEXT, CapturedAtBasis.MTIME)
    assert unsaid.captured_at != one.captured_at  # the member's own time survives copying the zip
    assert known_of(archived).url == "https://news.example/story/1"
    assert isinstance(empty, Unreadable)
    assert (empty.reason, empty.capture.captured_at) == (RejectReason.EMPTY, one.captured_at)
    assert empty.location == f"{path}!d.html"
    assert skipped == {"manifest": 1, ".md file": 1}
    asked, *_ = read(path)
    assert (known_of(asked).captured_at, known_of(asked).url) == (SAID, "https://a.example/1")
    assert isinstance(asked, Capture)
    assert (asked.captured_at_basis, asked.source) == (CapturedAtBasis.OPTION, "tass")


@pytest.mark.parametrize("name", ["../a.html", "/etc/a.html", "in/../../a.html", "C:/a.html"])
def test_a05_zip_members_that_lead_out_are_refused_unopened(tmp_path: Path, name: str) -> None:
    bad, good = read(zipped(tmp_path / "x.zip", (name, HTML), ("b.html", HTML)))
    assert isinstance(bad, Unreadable)
    assert (bad.reason, bad.detail) == (RejectReason.ARCHIVE_DAMAGED, "its path leads out of the archive")
    assert (bad.capture.body, reason(good)) == (b"", None)


def test_a05_links_bombs_encrypted_members_and_what_is_packed_too_deep_are_refused(tmp_path: Path) -> None:
    deep = zipped(tmp_path / "deep.zip", ("b.html", HTML)).read_bytes()
    link = zipfile.ZipInfo("link.html")
    link.external_attr = 0o120777 << 16
    path = zipped(
        tmp_path / "x.zip",
        (link, b"/etc/passwd"),
        ("bomb.html", bytes(2_000_000)),
        ("locked.html", HTML),
        ("inner.zip", zipped(tmp_path / "inner.zip", ("a.html", HTML), ("deep.zip", deep)).read_bytes()),
        ("noise", random.Random(1).randbytes(20_000)),
    )
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = [i for i in range(len(content)) if content.startswith(header, i)]
        locked = next(i for i in at if content.find(b"locked.html", i) - i in {30, 46})
        content[locked + flags] |= 1
    path.write_bytes(content)
    found = read(path)
    assert [one.body for one in found if isinstance(one, Capture)] == [HTML]  # that of the inner zip
    details = [one.detail for one in found if isinstance(one, Unreadable)]
    assert details[0] == "it is a link"
    assert details[1].startswith("zip bomb: ")
    assert details[2:4] == ["it is encrypted", "2 archives around an archive"]


def test_a_damaged_zip_is_told_and_its_whole_members_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("a.html", HTML), ("b.html", HTML))
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)
    bad, good = read(path)
    assert (reason(bad), reason(good)) == (RejectReason.ARCHIVE_DAMAGED, None)
    cut = only(path, bytes(content[:-30]))
    assert reason(cut) is RejectReason.ARCHIVE_DAMAGED
    assert known_of(cut).captured_at == SAID


def test_objects_are_read_in_ranges(moto_lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_objects, "RANGE_BYTES", 100)
    store = open_store(moto_lake)
    store.put("in/a.warc.gz", gzipped([record(answer())] * 3), if_match=None)
    store.put("in/b.html", b"", if_match=None)
    pages, empty = find_inputs([f"{moto_lake}/in"])
    assert [reason(one) for one in pages_of(read_captures(pages))[0]] == [None, None, None]
    assert [reason(one) for one in pages_of(read_captures(empty))[0]] == [RejectReason.EMPTY]
    store.delete("in/a.warc.gz")
    with pytest.raises(NewslakeError, match=r"in/a\.warc\.gz"):
        list(read_captures(pages))
