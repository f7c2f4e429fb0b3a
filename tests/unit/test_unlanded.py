"""Which archived captures no row speaks of: those that never landed, and no others."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore, Stored
from infra.work.live.captured import Captured
from parsers.record.article import Fidelity
from tests.lake_samples import SOURCE, landed, rejected
from tests.memory_store import MemoryStore
from tests.raw_lake import DAY, NOON, ClockedStore, archive, capture, ingest, land

TODAY = NOON.date()
NOTE = f"_catalog/parsed/source={SOURCE}.json"


def _load(store: ObjectStore, days: Days | None = None, today: date = TODAY) -> Captured:
    return Captured.load(store, SOURCE, days or Days.one(TODAY), today=today)


def _pending_urls(store: ObjectStore, **options: Any) -> list[str | None]:
    return [RawArchive(store).read(pointer).url for pointer in _load(store, **options).pending]


def _url(number: int) -> str:
    return f"https://gazette.example/news/{number}"


def test_l02_what_was_archived_and_never_landed_is_pending_in_the_order_of_time() -> None:
    store = MemoryStore()
    captures = [capture(number, NOON - timedelta(minutes=number)) for number in range(6)]
    archived = archive(store, captures, "r1")
    assert _pending_urls(store) == [_url(number) for number in (5, 4, 3, 2, 1, 0)]
    land(store, archived[:4], "r1")  # articles and rejections
    assert _pending_urls(store) == [_url(5), _url(4)]
    land(store, archived[4:], "r1")
    assert _pending_urls(store) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 1), st.booleans()), max_size=8, unique_by=lambda c: c[:2]))
def test_l02_pending_never_leaves_out_a_page_of_which_there_is_no_row(drawn: list[tuple[int, int, bool]]) -> None:
    store = ClockedStore()
    captures = [capture(number, NOON + hours * timedelta(hours=1)) for number, hours, _ in drawn]
    archived = archive(store, captures, "r1")
    land(store, [each for each, (*_, done) in zip(archived, drawn, strict=True) if done], "r1")
    pending = set(_load(store).pending)
    for each, (number, hours, done) in zip(archived, drawn, strict=True):
        rivals = [other for other in drawn if other[0] == number and other[2] and not number % 2]
        superseded = any(other[1] <= hours for other in rivals) and any(hours <= other[1] for other in rivals)
        if not done and not superseded:
            assert each.pointer in pending
        if done and number % 2:
            assert each.pointer not in pending


def test_closed_rejections_speak_for_their_captures_too() -> None:
    store = MemoryStore()
    archived = archive(store, [capture(1)], "r1")
    land(store, archived, "r1")
    row = Lake(store).read_rejects(SOURCE, str(TODAY)).to_pylist()[0]
    Lake(store).land([], [replace(rejected(1, capture_digest=row["capture_digest"]), state="closed")], mode="live")
    assert _load(store).pending == ()


def test_a03_a_capture_whose_article_has_a_newer_complete_row_is_not_parsed_again() -> None:
    store = MemoryStore()
    captures = [capture(0, NOON + timedelta(hours=hour), body=b"<p>%d" % hour) for hour in range(3)]
    for each in captures:
        ingest(store, [each], "r1")
    assert _load(store).pending == ()


def test_a_capture_from_before_all_that_landed_is_pending_since_it_never_did() -> None:
    store = MemoryStore()
    early, late = capture(0), capture(0, NOON + timedelta(hours=2), body=b"<p>late")
    archive(store, [early, late], "r1")
    ingest(store, [late], "r2")
    assert len(_load(store).pending) == 1


@pytest.mark.parametrize("kept", [Fidelity.TEXT, Fidelity.PARTIAL])
def test_a_lesser_row_hides_no_complete_page(kept: Fidelity) -> None:
    store = MemoryStore()
    captures = [capture(0, NOON + timedelta(hours=hour), body=b"<p>%d" % hour) for hour in range(3)]
    archived = archive(store, captures, "r1")
    land(store, [archived[0]], "r1", fidelity=kept)
    land(store, [archived[2]], "r1", fidelity=kept)
    assert _load(store).pending == (archived[1].pointer,)


def test_a_cut_page_gives_way_to_any_row() -> None:
    store = MemoryStore()
    captures = [capture(0, NOON + timedelta(hours=hour), body=b"<p>%d" % hour) for hour in range(3)]
    captures[1] = replace(captures[1], truncated=True)
    archived = archive(store, captures, "r1")
    land(store, [archived[0], archived[2]], "r1", fidelity=Fidelity.PARTIAL)
    assert _load(store).pending == ()


def test_an_error_page_is_pending_until_its_rejection_is_there() -> None:
    store = MemoryStore()
    captures = [capture(0, NOON + timedelta(hours=hour), body=b"<p>%d" % hour) for hour in range(3)]
    captures[1] = replace(captures[1], http_status=404)
    archived = archive(store, captures, "r1")
    land(store, [archived[0], archived[2]], "r1")
    assert _load(store).pending == (archived[1].pointer,)


def test_a_stub_that_lost_to_an_earlier_row_is_parsed_once_and_noted() -> None:
    store = MemoryStore()
    ingest(store, [capture(0)], "r1")
    stub = archive(store, [capture(0, NOON + timedelta(hours=1), body=b"<p>stub")], "r2")
    before = _load(store)
    assert before.pending == (stub[0].pointer,)
    land(store, stub, "r2", fidelity=Fidelity.PARTIAL)
    before.note_parsed(store)
    assert _load(store).pending == ()
    store.delete(NOTE)
    assert _load(store).pending == (stub[0].pointer,)


@pytest.mark.parametrize("body", [b"{", b"7", b'[7, null, {"a": 1}]', b""])
def test_a_note_that_cannot_be_read_is_as_none(body: bytes) -> None:
    store = MemoryStore()
    archive(store, [capture(0)], "r1")
    store.objects[NOTE] = body
    captured = _load(store)
    assert len(captured.pending) == 1
    captured.note_parsed(store)
    assert _load(store).pending == ()


def test_the_note_forgets_what_has_rows_by_now() -> None:
    store = MemoryStore()
    archived = archive(store, [capture(0), capture(2)], "r1")
    _load(store).note_parsed(store)
    size = len(store.objects[NOTE])
    land(store, archived, "r1")
    archive(store, [capture(4)], "r2")
    _load(store).note_parsed(store)
    assert len(store.objects[NOTE]) < size


def test_f28_where_nothing_is_pending_nothing_is_written() -> None:
    store = MemoryStore()
    ingest(store, [capture(0), capture(1)], "r1")
    writes = len(store.puts)
    captured = _load(store)
    captured.note_parsed(store)
    assert (captured.pending_chunks(), len(store.puts)) == ([], writes)


def test_a_row_speaks_for_its_capture_wherever_a_copy_of_it_lies() -> None:
    store, rival = MemoryStore(), MemoryStore()
    archive(store, [capture(0)], "r1")
    theirs = archive(rival, [capture(0)], "r2")
    store.objects |= rival.objects
    assert len(_load(store).pending) == 1
    land(store, theirs, "r2")
    assert _load(store).pending == ()


def test_partitions_that_point_to_older_captures_only_are_not_read() -> None:
    store = MemoryStore()
    ingest(store, [capture(0, NOON - 9 * DAY)], "r1", published_at=NOON - 10 * DAY)
    archive(store, [capture(2)], "r2")
    store.gets.clear()
    assert len(_load(store).pending) == 1
    assert not [key for key in store.gets if key.startswith("articles/")]


def test_articles_without_an_address_speak_for_their_captures() -> None:
    store = MemoryStore()
    text = replace(capture(0), url=None)
    archived = archive(store, [text], "r1")
    place = archived[0].pointer
    row = landed(
        0,
        url=None,
        canonical_url=None,
        captured_at=NOON,
        capture_uri=place.uri,
        capture_offset=place.offset,
        capture_digest=text.digest,
    )
    Lake(store).land([row], mode="ingest")
    assert _load(store).pending == ()


def test_partitions_that_were_not_written_since_are_not_opened() -> None:
    store = ClockedStore()
    store.now = NOON - 9 * DAY
    ingest(store, [capture(0, NOON - 10 * DAY)], "r1", published_at=NOON - 10 * DAY)
    store.now = NOON
    ingest(store, [capture(2)], "r2")
    store.gets.clear()
    assert _load(store).pending == ()
    assert [key for key in store.gets if key.startswith("articles/")] == [
        f"articles/source={SOURCE}/date={TODAY}/articles.parquet"
    ]


class _VanishingStore(MemoryStore):
    """Partitions are deleted between being listed and being read."""

    @override
    def get(self, key: str) -> Stored | None:
        return None if key.endswith("/articles.parquet") else super().get(key)


def test_a_partition_that_is_deleted_meanwhile_lets_its_captures_be_parsed_again() -> None:
    store = MemoryStore()
    ingest(store, [capture(0)], "r1")
    vanishing = _VanishingStore()
    vanishing.objects = store.objects
    assert len(_load(vanishing).pending) == 1


def test_l11_a_damaged_partition_is_named() -> None:
    store = MemoryStore()
    ingest(store, [capture(0)], "r1")
    store.objects[f"articles/source={SOURCE}/date={TODAY}/articles.parquet"] = b"PAR1"
    with pytest.raises(NewslakeError, match=r"articles\.parquet is damaged"):
        _load(store)
