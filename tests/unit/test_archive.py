"""The raw layer: nothing that was captured is lost, changed or kept twice."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from infra.archive.raw_archive import RawArchive
from infra.archive.raw_objects import RawObjects
from infra.base.errors import NewslakeError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from parsers.record.capture import Capture, MediaType
from tests.raw_pages import MOMENT, add, any_capture, page


def keys(store: ObjectStore) -> list[str]:
    return [one.key for one in store.list("raw/")]


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


@given(captures=st.lists(any_capture, min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    assert {source for source, _ in RawObjects(store).folders()} == {UNKNOWN_SOURCE, "tass"}
    assert raw.days("tass") == [date(2017, 5, 10), date(2017, 5, 11)]
    assert raw.days("nobody") == []
    assert [entry.url for entry in raw.entries("tass")] == [page(3).url, page(1).url]


def test_a03_the_same_capture_is_kept_once_and_another_body_beside_it(store: ObjectStore) -> None:
    changed = page(body=b"<html><p>Berlin, updated")
    first = add(RawArchive(store), page(), page(), changed)
    assert [one.new for one in first] == [True, False, True]
    assert first[0].pointer == first[1].pointer
    again = add(RawArchive(store), changed, page(), run="run2")
    assert [one.new for one in again] == [False, False]
    assert [one.pointer for one in again] == [first[2].pointer, first[0].pointer]
    assert len(keys(store)) == 2


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


@pytest.mark.parametrize(
    ("wrong", "said"),
    [*(({"source": name}, "source name") for name in ("", "..", "a/b", "tass\n")), ({"run": "../x"}, "run id")],
)
def test_l06_names_that_could_leave_their_folder_are_refused(
    store: ObjectStore, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(NewslakeError, match=said):
        add(RawArchive(store), page(), **wrong)
    assert keys(store) == []
