"""The raw layer: nothing captured is lost, changed or kept twice; revisits of earlier versions are read back whole."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest
from typing_extensions import override

from infra.archive.raw_archive import IndexEntry, RawArchive
from infra.base.errors import NewslakeError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.intake.captures import find_inputs
from infra.intake.files.input_types import Skipped
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from tests.archive_reading import read_captures
from tests.old_lakes import archive_revisit, encode_revisit
from tests.raw_pages import DAY, MOMENT, add, index_of, page


def keys(store: ObjectStore) -> list[str]:
    return [one.key for one in store.list("raw/")]


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


def test_captures_are_filed_by_source_and_day_and_returned_in_order(store: ObjectStore) -> None:
    next_day = page(1, at=MOMENT + timedelta(days=1))
    archived = RawArchive(store).add(
        [("tass", next_day), (UNKNOWN_SOURCE, page(2)), ("tass", page(3))], run_id="r", worker="w"
    )
    assert [one.capture for one in archived] == [next_day, page(2), page(3)]
    raw = RawArchive(store)
    assert {source for source, _ in RawArchive(store).folders()} == {UNKNOWN_SOURCE, "tass"}
    assert RawArchive(store).folders("tass") == [("tass", date(2017, 5, 10)), ("tass", date(2017, 5, 11))]
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
def test_l02_a_retry_takes_what_its_killed_try_put(store: ObjectStore, tmp_path: Path, *, keep_index: bool) -> None:
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
def test_l06_names_that_leave_their_folder_are_refused(store: ObjectStore, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(NewslakeError, match=said):
        add(RawArchive(store), page(), **wrong)
    assert keys(store) == []


@pytest.mark.parametrize("status", [200, None])
@pytest.mark.parametrize("later", [timedelta(minutes=5), DAY, 2 * DAY])
def test_a02_a_revisit_is_read_as_it_was_captured(store: ObjectStore, status: int | None, later: timedelta) -> None:
    first = replace(page(), http_status=status)
    again = replace(first, captured_at=MOMENT + later, http_headers=(("Age", "300"),), truncated=True)
    (original,) = add(RawArchive(store), first)
    place = archive_revisit(store, again, "run2", "tass")
    raw = RawArchive(store)
    assert (raw.read(original.pointer), raw.read(place)) == (first, again)
    assert [entry.original for entry in raw.entries("tass")] == [None, original.pointer]
    index = index_of(store, place)
    assert b'"mime": "warc/revisit", ' in index
    store.delete(place.uri.replace(".warc.gz", ".cdxj"))
    assert len(RawArchive(store).entries("tass")) == 2
    assert index_of(store, place) == index  # made again from the WARC


def test_a02_ingested_from_another_lake_revisits_are_counted(store: ObjectStore, tmp_path: Path) -> None:
    add(RawArchive(store), page())
    archive_revisit(store, page(at=MOMENT + DAY), "run2", "tass")
    found = [one for each in find_inputs([str(tmp_path / "lake/raw")]) for one in read_captures(each)]
    assert page() in found
    assert [one.kind for one in found if isinstance(one, Skipped)].count("revisit") == 1


def test_a01_a_revisit_whose_original_is_gone_or_another_is_an_error_that_names_it(store: ObjectStore) -> None:
    (original,) = add(RawArchive(store), page())
    (other,) = add(RawArchive(store), page(5, body=b"other"), run="run2")
    again = page(at=MOMENT + DAY)
    revisit = archive_revisit(store, again, "run3", "tass")
    for wrong, said in ((other.pointer, "but was archived as"), (revisit, "has no body")):
        pointed = encode_revisit(again, IndexEntry.of("tass", page(), wrong))
        broken = replace(revisit, uri=f"{said[:3]}.warc.gz".replace(" ", ""), offset=0, length=len(pointed))
        store.put(broken.uri, pointed, if_match=None)
        with pytest.raises(NewslakeError, match=f"{broken.uri} at byte 0 .*{said}"):
            RawArchive(store).read(broken)
    store.delete(original.pointer.uri)
    with pytest.raises(NewslakeError, match=re.escape(original.pointer.uri)):
        RawArchive(store).read(revisit)
