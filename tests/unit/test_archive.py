"""The raw layer: nothing that was captured is lost, changed or kept twice."""

import gzip
import io
import re
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from infra import archive
from infra.archive import UNKNOWN_SOURCE, ArchivedCapture, IndexEntry, Pointer, RawArchive
from infra.errors import NewslakeError
from infra.object_store import ConflictError, ObjectStore, open_store
from infra.raw.raw_index import read_index
from infra.raw.raw_objects import RawObjects
from infra.raw.warc import Revisit, decode, encode, encode_revisit, scan, with_original
from infra.stores.local_store import LocalStore
from parsers.capture import Capture, CapturedAtBasis, MediaType

MOMENT = datetime(2017, 5, 10, 11, 50, 0, 123456, tzinfo=UTC)


def page(number: int = 0, *, at: datetime = MOMENT, body: bytes = b"<html><p>Berlin") -> Capture:
    return Capture(
        body=body,
        media_type=MediaType.HTML,
        captured_at=at,
        captured_at_basis=CapturedAtBasis.LIVE,
        url=f"https://news.example/story/{number}",
        http_status=200,
        http_charset="utf-8",
        http_headers=(
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("X", "1"),
            ("X", "2"),
        ),
    )


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)  # lone surrogates too
any_capture = st.builds(
    Capture,
    body=st.binary(max_size=2000),
    media_type=st.sampled_from(MediaType),
    captured_at=st.datetimes(timezones=st.just(UTC)),
    captured_at_basis=st.sampled_from(CapturedAtBasis),
    url=st.none() | st.just("https://news.example/a b") | any_text,
    source=st.none() | st.just("tass"),
    http_status=st.none() | st.integers(100, 599),
    http_charset=st.none() | any_text,
    http_headers=st.lists(st.tuples(any_text, any_text), max_size=4).map(tuple),
    truncated=st.booleans(),
)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


def add(raw: RawArchive, *captures: Capture, run: str = "run1", source: str = "tass") -> list[ArchivedCapture]:
    return raw.add([(source, capture) for capture in captures], run_id=run, worker="w0")


def keys(store: ObjectStore) -> list[str]:
    return [one.key for one in store.list("raw/")]


@given(any_capture)
def test_any_capture_is_read_back_exactly(capture: Capture) -> None:
    assert decode(encode(capture)) == capture


@given(any_capture)
def test_a_capture_is_written_the_same_whenever_it_is_written(capture: Capture) -> None:
    assert encode(capture) == encode(capture)


@given(captures=st.lists(any_capture, min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_any_captures_survive_the_archive_and_its_index(
    captures: list[Capture], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(str(tmp_path_factory.mktemp("lake")))
    archived = add(RawArchive(store), *captures)
    assert [one.capture for one in archived] == captures
    for one in archived:
        back = RawArchive(store).read(one.pointer)
        assert (back.url, back.captured_at, back.body) == (one.capture.url, one.capture.captured_at, one.capture.body)
    entries = RawArchive(store).entries("tass")
    assert {entry.pointer for entry in entries} == {one.pointer for one in archived}
    assert {entry.digest for entry in entries} == {capture.digest for capture in captures}


def test_a_capture_stays_what_it_was_and_says_where_it_lies(store: ObjectStore) -> None:
    (one,) = add(RawArchive(store), page())
    assert one.new
    assert one.pointer.uri == "raw/source=tass/date=2017-05-10/run1-w0-00000.warc.gz"
    assert RawArchive(store).read(one.pointer) == page()
    (entry,) = RawArchive(store).entries("tass")
    assert (entry.url, entry.captured_at, entry.http_status) == (page().url, MOMENT, 200)
    assert (entry.source, entry.media_type, entry.truncated, entry.pointer) == (
        "tass",
        MediaType.HTML,
        False,
        one.pointer,
    )


def test_captures_are_filed_by_source_and_day_and_returned_in_order(store: ObjectStore) -> None:
    next_day = page(1, at=MOMENT + timedelta(days=1))
    archived = RawArchive(store).add(
        [("tass", next_day), (UNKNOWN_SOURCE, page(2)), ("tass", page(3))], run_id="r", worker="w"
    )
    assert [one.capture for one in archived] == [next_day, page(2), page(3)]
    raw = RawArchive(store)
    assert raw.sources() == [UNKNOWN_SOURCE, "tass"]
    assert raw.days("tass") == [date(2017, 5, 10), date(2017, 5, 11)]
    assert raw.days("nobody") == []
    assert [entry.url for entry in raw.entries("tass")] == [page(3).url, page(1).url]


def test_days_of_entries_are_half_open(store: ObjectStore) -> None:
    raw = RawArchive(store)
    days = [date(2017, 5, 10) + timedelta(days=n) for n in range(4)]
    add(raw, *(page(n, at=MOMENT + timedelta(days=n)) for n in range(4)))
    assert [entry.captured_at.date() for entry in raw.entries("tass", days[1], days[3])] == days[1:3]
    assert [entry.captured_at.date() for entry in raw.entries("tass", end=days[1])] == days[:1]


def test_a03_the_same_capture_is_kept_once_and_another_body_beside_it(store: ObjectStore) -> None:
    changed = page(body=b"<html><p>Berlin, updated")
    first = add(RawArchive(store), page(), page(), changed)
    assert [one.new for one in first] == [True, False, True]
    assert first[0].pointer == first[1].pointer
    again = add(RawArchive(store), changed, page(), run="run2")
    assert [one.new for one in again] == [False, False]
    assert [one.pointer for one in again] == [first[2].pointer, first[0].pointer]
    assert len(keys(store)) == 2


def test_one_archive_object_adds_again_without_reading_its_index_again(store: ObjectStore) -> None:
    raw = RawArchive(store)
    add(raw, page(1))
    assert [one.pointer.uri[-13:] for one in add(raw, page(2), page(1))] == ["00001.warc.gz", "00000.warc.gz"]


def test_two_writers_that_did_not_see_each_other_agree_on_the_least_pointer(store: ObjectStore) -> None:
    late, early = RawArchive(store), RawArchive(store)
    add(late, page(9))
    add(early, page(8))  # both have loaded the index of the day by now
    (second,) = add(late, page(), run="zzz")
    (first,) = add(early, page(), run="aaa")
    assert second.new
    assert first.new
    (seen,) = add(RawArchive(store), page(), run="later")
    assert (seen.pointer, seen.new) == (first.pointer, False)
    entries = [
        entry
        for entry in RawArchive(store).entries("tass")
        if entry.digest == page().digest and entry.url == page().url
    ]
    assert [entry.pointer for entry in entries] == [first.pointer]


def test_warcio_finds_nothing_wrong_and_reads_standard_records(store: ObjectStore, tmp_path: Path) -> None:
    text = Capture(b"plain", MediaType.TEXT, MOMENT, CapturedAtBasis.MTIME, truncated=True)
    odd = Capture(
        b"x",
        MediaType.HTML,
        MOMENT,
        CapturedAtBasis.WARC,
        url="http://a.example/ü\r\nEvil: 1",
        http_status=999,
        http_headers=(("N\u00e4me", "v\u00e4lue; a=\u00e4\r\nEvil: 2"), ("Transfer-Encoding", "chunked")),
    )
    (first, *_) = add(RawArchive(store), page(), text, odd)
    warc = tmp_path / "lake" / first.pointer.uri
    assert Checker(Namespace(inputs=[str(warc)], verbose=False)).process_all() == 0
    with warc.open("rb") as stream:
        seen = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]
    assert [kind for kind, _, _ in seen] == ["warcinfo", "response", "resource", "response"]
    assert [uri for _, uri, _ in seen[1:]] == [
        page().url,
        f"urn:newslake:{text.digest}",
        "http://a.example/%C3%BC%0D%0AEvil:%201",
    ]
    assert [body for _, _, body in seen[1:]] == [page().body, b"plain", b"x"]
    assert [one.pointer for one in add(RawArchive(store), odd)] != [first.pointer]


def test_records_carry_microseconds_the_digest_and_the_standard_mark_of_truncation() -> None:
    capture = Capture(b"x", MediaType.TEXT, MOMENT, CapturedAtBasis.OPTION, truncated=True)
    (record,) = ArchiveIterator(io.BytesIO(encode(capture)))
    headers = dict(record.rec_headers.headers)
    assert headers["WARC-Date"] == "2017-05-10T11:50:00.123456Z"
    assert headers["WARC-Truncated"] == "unspecified"
    assert headers["X-Newslake-Digest"] == capture.digest
    assert record.rec_headers.protocol == "WARC/1.1"


def test_a_missing_index_is_made_again_from_the_warc(store: ObjectStore) -> None:
    archived = add(RawArchive(store), *(page(n) for n in range(5)))
    index_key = archived[0].pointer.uri.replace(".warc.gz", ".cdxj")
    index = store.get(index_key)
    store.delete(index_key)
    again = add(RawArchive(store), *(page(n) for n in range(5)), run="run2")
    assert [one.new for one in again] == [False] * 5
    assert [one.pointer for one in again] == [one.pointer for one in archived]
    remade = store.get(index_key)
    assert remade
    assert index
    assert remade.body == index.body


@pytest.mark.parametrize(
    "damage", [b"no json", b'com) 20170510 {"url": 5}', b'{"filename": "other.warc.gz"}', b"[]", b"\xff"]
)
def test_a_damaged_index_is_made_again_from_the_warc(store: ObjectStore, damage: bytes) -> None:
    (one,) = add(RawArchive(store), page())
    index_key = one.pointer.uri.replace(".warc.gz", ".cdxj")
    stored = store.get(index_key)
    assert stored
    store.put(index_key, damage, if_match=stored.etag)
    assert [entry.pointer for entry in RawArchive(store).entries("tass")] == [one.pointer]
    assert store.get(index_key) == stored


def test_an_index_time_without_zone_is_refused() -> None:
    line = b'k 2 {"filename": "a.warc.gz", "captured_at": "2017-05-10T00:00:00"}\n'
    with pytest.raises(ValueError, match="without zone"):
        read_index(line, "tass", "raw/source=tass/date=2017-05-10/a.warc.gz")


def test_a01_a_flipped_byte_or_a_wrong_pointer_is_an_error_that_names_the_object(store: ObjectStore) -> None:
    (one,) = add(RawArchive(store), page(body=bytes(range(256)) * 20))
    stored = store.get(one.pointer.uri)
    assert stored
    info = Pointer(one.pointer.uri, 0, one.pointer.offset)
    with pytest.raises(NewslakeError, match=re.escape(one.pointer.uri)):
        RawArchive(store).read(info)
    for position in range(one.pointer.offset + 10, len(stored.body), 37):
        damaged = bytearray(stored.body)
        damaged[position] ^= 0x55
        with pytest.raises(ValueError, match=r"damaged|archived as|captures where"):
            decode(bytes(damaged[one.pointer.offset :]))
    store.put(one.pointer.uri, stored.body[:-20] + b"\0" * 20, if_match=stored.etag)
    with pytest.raises(NewslakeError, match=re.escape(one.pointer.uri)):
        RawArchive(store).read(one.pointer)
    store.delete(one.pointer.uri.replace(".warc.gz", ".cdxj"))
    with pytest.raises(NewslakeError, match=r"is damaged: .*Restore the object"):
        RawArchive(store).entries("tass")


def test_a01_a_record_whose_digest_or_fields_do_not_fit_is_refused() -> None:
    plain = gzip.decompress(encode(page(body=b"<p>right</p>")))
    with pytest.raises(ValueError, match="but was archived as"):
        decode(gzip.compress(plain.replace(b"right", b"wrong")))
    with pytest.raises(ValueError, match="fields damaged"):
        decode(gzip.compress(plain.replace(b"X-Newslake-Digest", b"X-Otherlake-Digest"[:17])))
    with pytest.raises(ValueError, match="WARC record damaged"):
        decode(gzip.compress(b"HTTP/1.1 200 OK\r\n\r\n"))
    assert scan(b"") == []


def test_objects_are_closed_when_they_have_enough_records_or_bytes(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_OBJECT_RECORDS", 3)
    archived = add(RawArchive(store), *(page(n) for n in range(7)))
    assert [one.pointer.uri[-13:-7] for one in archived] == ["00000."] * 3 + ["00001."] * 3 + ["00002."]
    monkeypatch.setattr(archive, "MAX_OBJECT_BYTES", 1)  # a single capture beyond the cap still has its own object
    archived = add(RawArchive(store), page(8), page(9))
    assert [one.pointer.uri[-13:-7] for one in archived] == ["00003.", "00004."]
    assert [RawArchive(store).read(one.pointer) for one in archived] == [page(8), page(9)]


class StaleStore(LocalStore):
    """Lists nothing, as a bucket does whose object another try of the same run has put in this very moment."""

    @override
    def list(self, prefix: str = "") -> Iterator[object]:  # type: ignore[override]
        return iter(())


@pytest.mark.parametrize("keep_index", [True, False])
def test_l02_a_retried_run_takes_what_its_killed_try_has_put(
    store: ObjectStore, tmp_path: Path, *, keep_index: bool
) -> None:
    killed = add(RawArchive(store), page(1), page(2))
    if not keep_index:
        store.delete(killed[0].pointer.uri.replace(".warc.gz", ".cdxj"))
    retried = add(RawArchive(cast("ObjectStore", StaleStore.at(str(tmp_path / "lake")))), page(1), page(2), page(3))
    assert [one.new for one in retried] == [False, False, True]
    assert [one.pointer for one in retried[:2]] == [one.pointer for one in killed]
    assert retried[2].pointer.uri.endswith("00001.warc.gz")
    assert [RawArchive(store).read(one.pointer) for one in retried] == [page(1), page(2), page(3)]


def test_an_object_that_is_deleted_between_listing_and_reading_holds_nothing(store: ObjectStore) -> None:
    (one,) = add(RawArchive(store), page())
    store.delete(one.pointer.uri.replace(".warc.gz", ".cdxj"))
    warc = store.get(one.pointer.uri)
    store.delete(one.pointer.uri)
    assert warc
    assert RawObjects(store).entries_of(one.pointer.uri) == []


def test_an_index_that_a_reader_has_made_meanwhile_stands(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put = type(store).put

    def faster_reader(self: LocalStore, key: str, body: bytes, *, if_match: str | None) -> str:
        if key.endswith(".cdxj"):
            put(self, key, body, if_match=if_match)
            raise ConflictError(key)
        return put(self, key, body, if_match=if_match)

    monkeypatch.setattr(type(store), "put", faster_reader)
    (one,) = add(RawArchive(store), page())
    assert one.new
    assert [entry.pointer for entry in RawArchive(store).entries("tass")] == [one.pointer]


@pytest.mark.parametrize("source", ["", "..", "a/b", "Tass", "tass\n"])
def test_l06_source_names_that_could_leave_their_folder_are_refused(store: ObjectStore, source: str) -> None:
    with pytest.raises(NewslakeError, match="source name"):
        add(RawArchive(store), page(), source=source)
    with pytest.raises(NewslakeError, match="source name"):
        RawArchive(store).days(source)


LONG = b"<html><p>" + b"Berlin. " * 4000
DAY = timedelta(days=1)


def index_of(store: ObjectStore, pointer: Pointer) -> bytes:
    stored = store.get(pointer.uri.replace(".warc.gz", ".cdxj"))
    assert stored
    return stored.body


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


def test_a_body_on_the_first_day_of_the_calendar_is_archived(store: ObjectStore) -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    add(RawArchive(store), page(at=first, body=LONG), page(at=first + timedelta(hours=1), body=LONG))
    assert [entry.original is None for entry in RawArchive(store).entries("tass")] == [True, False]


def test_captures_of_one_call_become_revisits_in_whatever_order_they_come(store: ObjectStore) -> None:
    captures = [page(at=MOMENT + n * DAY, body=LONG) for n in (1, 0)]
    archived = add(RawArchive(store), *captures)
    assert [entry.original for entry in RawArchive(store).entries("tass")] == [None, archived[1].pointer]
    assert [RawArchive(store).read(one.pointer) for one in archived] == captures


def test_the_index_of_revisits_is_made_again_from_the_warc(store: ObjectStore) -> None:
    archived = add(RawArchive(store), page(body=LONG), page(at=MOMENT + timedelta(hours=1), body=LONG))
    index = index_of(store, archived[0].pointer)
    store.delete(archived[0].pointer.uri.replace(".warc.gz", ".cdxj"))
    assert len(RawArchive(store).entries("tass")) == 2
    assert index_of(store, archived[0].pointer) == index


def test_of_one_capture_a_record_with_a_body_is_preferred_to_a_revisit(store: ObjectStore) -> None:
    """Else two writers that did not see each other could leave nothing but revisits that refer to each other."""
    blind, seeing = RawArchive(store), RawArchive(store)
    add(blind, page(8))
    add(seeing, page(body=LONG), run="b")
    (revisit,) = add(seeing, page(at=MOMENT + timedelta(hours=1), body=LONG), run="a")
    (full,) = add(blind, page(at=MOMENT + timedelta(hours=1), body=LONG), run="z")
    assert revisit.pointer < full.pointer
    assert RawArchive(store).entries("tass")[-1].pointer == full.pointer


def test_a01_a_revisit_whose_original_is_gone_or_another_is_an_error_that_names_it(store: ObjectStore) -> None:
    (original,) = add(RawArchive(store), page(body=LONG))
    (other,) = add(RawArchive(store), page(5, body=b"other"), run="run2")
    (revisit,) = add(RawArchive(store), page(at=MOMENT + DAY, body=LONG), run="run2")
    warc = store.get(revisit.pointer.uri)
    assert warc
    member = warc.body[revisit.pointer.offset :]
    for wrong, said in ((other.pointer, "but was archived as"), (revisit.pointer, "has no body")):
        pointed = with_original(member, wrong)
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
        decode(gzip.compress(plain.replace(b"X-Newslake-Original", b"X-Otherlake-Origina")))


@given(any_capture, any_capture)
def test_any_capture_is_read_back_exactly_from_a_revisit(capture: Capture, earlier: Capture) -> None:
    entry = IndexEntry.of("tass", replace(earlier, url=capture.url, body=capture.body), Pointer("raw/x", 7, 9))
    record = decode(encode_revisit(capture, entry))
    assert isinstance(record, Revisit)
    assert record.original == Pointer("raw/x", 7, 9)
    assert record.with_body(capture.body) == capture
    moved = with_original(encode_revisit(capture, entry), Pointer("raw/y", 1, 2))
    assert decode(moved) == replace(record, original=Pointer("raw/y", 1, 2))


def test_a_stray_file_in_the_raw_layer_is_no_capture(store: ObjectStore) -> None:
    store.put("raw/source=tass/copy.warc.gz", b"", if_match=None)
    assert RawArchive(store).sources() == []


@pytest.mark.parametrize("run", ["", "0123", "../x", "a b", "a/b", "-"])
def test_run_ids_that_could_leave_their_folder_are_refused(store: ObjectStore, run: str) -> None:
    with pytest.raises(NewslakeError, match="run id"):
        add(RawArchive(store), page(), run=run)
    assert keys(store) == []
