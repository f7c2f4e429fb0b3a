"""A trial reads the lake and writes beside it."""

from infra.store.trial_store import TrialStore
from tests.memory_store import MemoryStore


def _trial(**objects: bytes) -> TrialStore:
    base = MemoryStore()
    for key, body in objects.items():
        base.put(key, body, if_match=None)
    return TrialStore(base, MemoryStore())


def test_what_is_there_is_read_until_it_is_written_and_then_as_it_was_written() -> None:
    trial = _trial(a=b"old")
    stored = trial.get("a")
    assert stored is not None
    assert (stored.body, trial.get_range("a", 1, 2)) == (b"old", b"ld")
    etag = trial.put("a", b"newer", if_match=stored.etag)
    assert trial.get_range("a", 3, 2) == b"er"
    trial.put("a", b"newest", if_match=etag)
    after, before = trial.get("a"), trial.base.get("a")
    assert after is not None
    assert before is not None
    assert (after.body, before.body) == (b"newest", b"old")


def test_a_listing_has_each_object_once_as_it_is_now_and_in_order() -> None:
    trial = _trial(a=b"1", c=b"1", d=b"1")
    trial.put("c", b"22", if_match="whatever it was")
    trial.put("b", b"333", if_match=None)
    assert [(info.key, info.size) for info in trial.list()] == [("a", 1), ("b", 3), ("c", 2), ("d", 1)]
    assert [info.key for info in trial.list("d")] == ["d"]


def test_what_is_deleted_stays_in_the_lake() -> None:
    trial = _trial(a=b"1", b=b"2")
    trial.delete("a")
    assert trial.get("a") is None
    assert [info.key for info in trial.list()] == ["b"]
    assert trial.base.get("a") is not None


def test_messages_name_the_lake() -> None:
    trial = _trial(a=b"1")
    assert trial.uri == trial.base.uri
    trial.check()
