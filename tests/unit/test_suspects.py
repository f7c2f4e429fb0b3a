"""Suspect days in the lake: recorded, joined, closed, and read from lakes of before."""

from dataclasses import replace

import pytest

from infra.base.errors import NewslakeError
from infra.lake.suspects import SuspectCapture, SuspectDay, close_suspect, mark_suspect, since, suspect_days
from parsers.source.checks import Check, Finding, Severity
from tests.memory_store import MemoryStore

KEY = "suspects/source=tass/date=2024-05-01/findings.json"
FINDING = Finding("tass", "2024-05-01", Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, "title: 40 % have it")
OTHER = replace(FINDING, check=Check.REJECTS, field=None, detail="half rejected")
SAMPLE = SuspectCapture("https://tass.com/1", None, "raw/source=tass/date=2024-05-01/a.warc.gz", 0, 900)
SUSPECT = SuspectDay("tass", "2024-05-01", "run-1", 12, 0, (FINDING,), (SAMPLE,))


def test_what_is_marked_is_found_by_source_and_day(store: MemoryStore) -> None:
    mark_suspect(store, SUSPECT)
    mark_suspect(store, replace(SUSPECT, source="bbc"))
    assert [suspect.source for suspect in suspect_days(store)] == ["bbc", "tass"]
    assert suspect_days(store, "tass") == [SUSPECT]
    assert suspect_days(store, "tass", {"2024-05-02"}) == []


def test_finding_the_same_again_changes_nothing(store: MemoryStore) -> None:
    mark_suspect(store, SUSPECT)
    before = dict(store.objects)
    mark_suspect(store, replace(SUSPECT, run_id="run-2"))
    assert store.objects == before


def test_batches_of_one_run_are_joined_and_another_run_replaces(store: MemoryStore) -> None:
    mark_suspect(store, SUSPECT)
    mark_suspect(store, replace(SUSPECT, findings=(OTHER,), captures=3, withheld=2))
    (found,) = suspect_days(store)
    assert (found.captures, found.withheld, set(found.findings)) == (12, 2, {FINDING, OTHER})
    mark_suspect(store, replace(SUSPECT, run_id="run-2", findings=(OTHER,)))
    assert suspect_days(store)[0].findings == (OTHER,)


def test_a_day_in_order_is_closed_unless_something_else_was_found_meanwhile(store: MemoryStore) -> None:
    mark_suspect(store, SUSPECT)
    newer = replace(SUSPECT, run_id="run-2", findings=(OTHER,))
    mark_suspect(store, newer)
    close_suspect(store, SUSPECT)
    assert suspect_days(store) == [newer]
    close_suspect(store, newer)
    assert suspect_days(store) == []
    mark_suspect(store, SUSPECT)
    assert suspect_days(store) == [SUSPECT]


def test_since_when_is_the_first_day_with_the_same_thing_wrong(store: MemoryStore) -> None:
    days = [replace(SUSPECT, date="2024-04-28"), replace(SUSPECT, date="2024-04-01", findings=(OTHER,)), SUSPECT]
    assert since(SUSPECT, days) == "2024-04-28"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"source": "tass"}'])
def test_a_damaged_object_is_named(body: bytes, store: MemoryStore) -> None:
    store.objects[KEY] = body
    with pytest.raises(NewslakeError, match=r"findings\.json is damaged"):
        suspect_days(store)
