"""A body that is seen again is kept once, and each of its captures is read back whole."""

import gzip
import re
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from infra.archive import raw_archive as archive
from infra.archive.raw_archive import IndexEntry, Pointer, RawArchive
from infra.archive.warc import Revisit, decode, encode_revisit
from infra.base.errors import NewslakeError
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from parsers.record.capture import Capture
from tests.raw_pages import DAY, LONG, MOMENT, add, any_capture, index_of, page


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


@pytest.mark.parametrize("status", [200, None])
@pytest.mark.parametrize("later", [timedelta(minutes=5), DAY, 2 * DAY])
def test_a02_a_body_seen_again_is_kept_once_and_both_captures_are_read_back(
    store: ObjectStore, tmp_path: Path, status: int | None, later: timedelta
) -> None:
    first = replace(page(body=LONG), http_status=status)
    again = replace(first, captured_at=MOMENT + later, http_headers=(("Age", "300"),), truncated=True)
    (original,) = add(RawArchive(store), first)
    (revisit,) = add(RawArchive(store), again, run="run2")
    assert revisit.new
    assert revisit.pointer.uri != original.pointer.uri
    raw = RawArchive(store)
    assert (raw.read(original.pointer), raw.read(revisit.pointer)) == (first, again)
    assert [entry.original for entry in raw.entries("tass")] == [None, original.pointer]
    (line,) = index_of(store, revisit.pointer).splitlines()
    assert b'"mime": "warc/revisit", ' in line
    record = decode(store.get_range(revisit.pointer.uri, revisit.pointer.offset, revisit.pointer.length))
    assert isinstance(record, Revisit)
    assert (record.seen.body, record.digest, record.original) == (b"", first.digest, original.pointer)
    assert Checker(Namespace(inputs=[str(tmp_path / "lake" / revisit.pointer.uri)], verbose=False)).process_all() == 0


def test_a02_a_revisit_says_by_the_standard_what_it_is_a_revisit_of(store: ObjectStore, tmp_path: Path) -> None:
    """WARC 1.1, 6.7.2: profile, payload digest, what it refers to; the block is the answer cut off before its body."""
    first = page(body=LONG)
    archived = add(RawArchive(store), first, replace(first, captured_at=MOMENT + timedelta(seconds=1)))
    assert len({one.pointer.uri for one in archived}) == 1  # also within one object
    with (tmp_path / "lake" / archived[0].pointer.uri).open("rb") as stream:
        _, response, revisit = [
            (record.rec_headers, record.http_headers, record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]
    fields = revisit[0]
    assert fields.get_header("WARC-Type") == "revisit"
    assert fields.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert fields.get_header("WARC-Truncated") == "length"
    for name, of_the_response in (
        ("WARC-Payload-Digest", "WARC-Payload-Digest"),
        ("WARC-Refers-To", "WARC-Record-ID"),
        ("WARC-Refers-To-Target-URI", "WARC-Target-URI"),
        ("WARC-Refers-To-Date", "WARC-Date"),
    ):
        assert fields.get_header(name) == response[0].get_header(of_the_response)
    assert revisit[1].get_header("Content-Type") == "text/html; charset=utf-8"
    assert (response[2], revisit[2]) == (LONG, b"")


def test_a02_what_is_no_revisit(store: ObjectStore) -> None:
    """Another address, source or body, a small body, an original of too long ago."""
    first = page(body=LONG)
    small = LONG[: archive.MIN_REVISIT_BYTES - 1]
    add(RawArchive(store), first, page(9, body=small))
    others = [
        page(1, at=MOMENT + DAY, body=LONG),
        page(at=MOMENT + DAY, body=LONG + b"."),
        page(9, at=MOMENT + DAY, body=small),
        page(at=MOMENT + 3 * DAY, body=LONG),
    ]
    add(RawArchive(store), *others, run="run2")
    add(RawArchive(store), page(at=MOMENT + DAY, body=LONG), run="run2", source="apnews")
    entries = [*RawArchive(store).entries("tass"), *RawArchive(store).entries("apnews")]
    assert [entry.original for entry in entries] == [None] * 7


def test_a02_an_original_is_itself_no_revisit_and_of_no_earlier_day_than_the_first(store: ObjectStore) -> None:
    """Seen daily, a body is kept again on the third day after: a revisit is never made of a revisit."""
    archived = [add(RawArchive(store), page(at=MOMENT + n * DAY, body=LONG))[0].pointer for n in range(5)]
    originals = [entry.original for entry in RawArchive(store).entries("tass")]
    assert originals == [None, archived[0], archived[0], None, archived[3]]


def test_a01_a_revisit_whose_original_is_gone_or_another_is_an_error_that_names_it(store: ObjectStore) -> None:
    (original,) = add(RawArchive(store), page(body=LONG))
    (other,) = add(RawArchive(store), page(5, body=b"other"), run="run2")
    again = page(at=MOMENT + DAY, body=LONG)
    (revisit,) = add(RawArchive(store), again, run="run2")
    for wrong, said in ((other.pointer, "but was archived as"), (revisit.pointer, "has no body")):
        pointed = encode_revisit(again, IndexEntry.of("tass", page(body=LONG), wrong))
        broken = replace(revisit.pointer, uri=f"{said[:3]}.warc.gz".replace(" ", ""), offset=0, length=len(pointed))
        store.put(broken.uri, pointed, if_match=None)
        with pytest.raises(NewslakeError, match=f"{broken.uri} at byte 0 .*{said}"):
            RawArchive(store).read(broken)
    store.delete(original.pointer.uri)
    with pytest.raises(NewslakeError, match=re.escape(original.pointer.uri)):
        RawArchive(store).read(revisit.pointer)


def test_a01_a_revisit_that_does_not_say_where_its_body_lies_is_refused() -> None:
    entry = IndexEntry.of("tass", page(), Pointer("x", 0, 1))
    plain = gzip.decompress(encode_revisit(page(), entry))
    with pytest.raises(ValueError, match="fields damaged"):
        decode(gzip.compress(plain.replace(b"X-Newslake-Original", b"X-Otherlake-Origina"), mtime=0))


@given(any_capture, any_capture)
def test_any_capture_is_read_back_exactly_from_a_revisit(capture: Capture, earlier: Capture) -> None:
    entry = IndexEntry.of("tass", replace(earlier, url=capture.url, body=capture.body), Pointer("raw/x", 7, 9))
    record = decode(encode_revisit(capture, entry))
    assert isinstance(record, Revisit)
    assert record.original == Pointer("raw/x", 7, 9)
    assert record.with_body(capture.body) == capture
