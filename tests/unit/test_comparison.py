"""What a trial would change, counted and shown: rows added, removed, moved, changed; fields by name."""

from collections.abc import Sequence
from datetime import timedelta

from infra.lake.lake import Lake
from infra.lake.rejects import Reject
from infra.store.trial_store import TrialStore
from infra.work.reparse.comparison import FIELD_SAMPLES, ROW_SAMPLES, Comparison, Kind, compare
from tests.lake_samples import NOON, SOURCE, Landed, capture_of, landed
from tests.memory_store import MemoryStore

DAY, NEXT_DAY = "2024-05-01", "2024-05-02"


def _compared(
    before: Sequence[Landed], after: Sequence[Landed], rejects: Sequence[Reject] = (), old: Sequence[Reject] = ()
) -> Comparison:
    """What a parser of version 2 changes, that makes `after` and `rejects` of all captures."""
    base = MemoryStore()
    Lake(base).land(before, old)
    kept = dict(base.objects)
    trial = TrialStore(base, MemoryStore())
    captures = [capture_of(number) for number in range(100)]
    Lake(trial).land(after, rejects, reparsed={SOURCE: captures})
    assert base.objects == kept
    return compare(trial)


def test_an_article_whose_identity_changes_is_the_one_of_the_same_capture() -> None:
    """A page that says its own address better now has another id, on the same day or on another."""
    better = {"parser_version": 2, "canonical_url": "https://gazette.example/0", "article_id": "0" * 32}
    found = _compared([landed(0), landed(1)], [landed(0, **better), landed(1)])
    assert found.rows == {Kind.CHANGED: 1}
    assert set(found.fields) == {"article_id", "canonical_url"}
    later = NOON + timedelta(days=1)
    found = _compared([landed(0), landed(1)], [landed(0, **better, published_at=later), landed(1)])
    assert found.rows == {Kind.MOVED: 1}
    assert set(found.fields) == {"article_id", "canonical_url", "published_at"}


def test_samples_are_few_and_have_some_of_each_field_and_kind() -> None:
    before = [landed(number) for number in range(60)]
    after = [landed(number, parser_version=2, section="Sea") for number in range(30)]
    after += [landed(59, parser_version=2, genre="news")]
    found = _compared(before, after)
    kinds = [sample.kind for sample in found.samples]
    assert found.rows == {Kind.CHANGED: 31, Kind.REMOVED: 29}
    assert kinds.count(Kind.CHANGED) == FIELD_SAMPLES + 1
    assert kinds.count(Kind.REMOVED) == ROW_SAMPLES
