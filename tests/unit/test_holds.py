"""Holds: small objects that say what is held back, and what became of it."""

from dataclasses import replace

import pytest

from infra.base.errors import NewslakeError, UsageError
from infra.lake.holds import (
    HeldCapture,
    Hold,
    HoldState,
    close_hold,
    hold_key,
    open_holds,
    put_hold,
    read_hold,
    read_holds,
    released,
    since,
)
from parsers.source.checks import Check, Finding, Severity
from tests.memory_store import MemoryStore

TITLE = Finding("tass", "2024-05-01", Check.FILL, Severity.FATAL, "title", 0.4, 0.5, "title: 40 %")
REJECTS = Finding("tass", "2024-05-01", Check.REJECTS, Severity.FATAL, None, 0.9, 0.5, "90 %")
SAMPLE = HeldCapture("https://tass.com/1", "ab", "raw/source=tass/date=2024-05-01/r.warc.gz", 0, 10)


def hold(day: str = "2024-05-01", **changes: object) -> Hold:
    stated = Hold("tass", day, "run-1", 20, 15, (TITLE,), (SAMPLE,), ("tass/2024-05-01",))
    return replace(stated, **changes)  # type: ignore[arg-type]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_a_hold_is_read_as_it_was_written(store: MemoryStore) -> None:
    put_hold(store, hold())
    assert list(store.objects) == ["holds/source=tass/date=2024-05-01/hold.json"]
    assert read_hold(store, "tass", "2024-05-01") == hold()
    assert read_hold(store, "tass", "2024-05-02") is None


def test_holds_are_listed_by_source_and_day(store: MemoryStore) -> None:
    put_hold(store, hold())
    put_hold(store, hold("2024-05-03"))
    put_hold(store, hold(source="apnews"))
    store.objects["holds/source=tass/date=2024-05-01/note.txt"] = b"a stranger"
    places = [(each.source, each.date) for each in read_holds(store)]
    assert places == [("apnews", "2024-05-01"), ("tass", "2024-05-01"), ("tass", "2024-05-03")]
    assert [each.date for each in read_holds(store, "tass", {"2024-05-03"})] == ["2024-05-03"]


def test_what_is_found_again_stays_as_the_run_that_found_it_first_wrote_it(store: MemoryStore) -> None:
    put_hold(store, hold())
    store.puts.clear()
    put_hold(store, hold(run_id="run-2"))
    assert store.puts == []


def test_what_a_later_run_finds_takes_the_place_of_what_was_found(store: MemoryStore) -> None:
    put_hold(store, hold())
    put_hold(store, hold(run_id="run-2", findings=(REJECTS,), got=("tass/2024-05-09",)))
    found = read_hold(store, "tass", "2024-05-01")
    assert found is not None
    assert (found.run_id, found.findings) == ("run-2", (REJECTS,))
    assert found.got == ("tass/2024-05-01", "tass/2024-05-09")  # both are still held


def test_batches_of_one_run_are_joined_in_any_order(store: MemoryStore) -> None:
    worse, other = replace(TITLE, observed=0.1), replace(SAMPLE, url="https://tass.com/0")
    first, second = hold(), hold(captures=30, findings=(worse, REJECTS), samples=(other,), got=("tass/2024-05-02",))
    joined = []
    for batches in ((first, second), (second, first), (first, second, second, first)):
        store.objects.clear()
        for batch in batches:
            put_hold(store, batch)
        joined.append(read_hold(store, "tass", "2024-05-01"))
    expected = hold(
        captures=30, findings=(worse, REJECTS), samples=(other, SAMPLE), got=("tass/2024-05-01", "tass/2024-05-02")
    )
    assert joined == [expected] * 3


def test_a_released_hold_says_why_and_by_which_run(store: MemoryStore) -> None:
    put_hold(store, hold())
    put_hold(store, released(hold(), "A strike.", "run-2"))
    found = read_hold(store, "tass", "2024-05-01")
    assert found is not None
    assert (found.state, found.reason, found.ended_by) == (HoldState.RELEASED, "A strike.", "run-2")
    assert open_holds([found]) == []


def test_a_hold_that_another_run_renewed_is_not_closed(store: MemoryStore) -> None:
    put_hold(store, hold())
    put_hold(store, hold(run_id="run-2", findings=(REJECTS,)))
    close_hold(store, hold(), "run-3")
    assert [each.state for each in read_holds(store)] == [HoldState.HELD]
    close_hold(store, hold(run_id="run-2", findings=(REJECTS,)), "run-3")
    assert [each.state for each in read_holds(store)] == [HoldState.CLOSED]


def test_since_is_the_first_day_that_is_held_for_the_same_thing() -> None:
    holds = [
        hold("2024-04-01", findings=(REJECTS,)),
        hold("2024-04-02", state=HoldState.RELEASED),
        hold("2024-04-03", source="apnews"),
        hold("2024-04-05"),
        hold("2024-04-09", findings=(TITLE, REJECTS)),
    ]
    assert since(holds[3], holds) == "2024-04-05"
    assert since(holds[4], holds) == "2024-04-01"
    assert since(hold("2024-06-01"), []) == "2024-06-01"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"findings": [{"check": "x"}], "samples": []}'])
def test_l11_a_damaged_hold_is_named(body: bytes, store: MemoryStore) -> None:
    store.objects[hold_key("tass", "2024-05-01")] = body
    with pytest.raises(NewslakeError, match=r"date=2024-05-01/hold.json is damaged"):
        read_holds(store)


def test_l06_a_bad_name_is_refused() -> None:
    with pytest.raises(UsageError, match="is no name of a source"):
        hold_key("../x", "2024-05-01")
