"""Pages that wait for the archive: none is lost wherever a run is killed, and no row ever points to where they wait."""

from datetime import timedelta

import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.choices import Layer
from infra.base.errors import NewslakeError
from infra.upkeep.expiry import GRACE, expire
from tests.lake_samples import SOURCE
from tests.raw_lake import DAY, NOON, ClockedStore, KilledError, by_identity, capture, captures_in, faults, land, rows

HOUR = timedelta(hours=1)
# Three batches of two days, the last with a page that was seen before: a revisit, once it is archived.
BATCHES = (
    [capture(0), capture(1)],
    [capture(2), capture(3, NOON + DAY)],
    [capture(0, NOON + HOUR), capture(4, NOON + DAY)],
)
ALL = [page for batch in BATCHES for page in batch]


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def staged(store: ClockedStore) -> list[str]:
    return [key for key in store.objects if key.startswith("staging/")]


def work(store: ClockedStore, run_id: str) -> None:
    """What a live run does: archive leftovers and land them, stage what it has to fetch, archive, land."""
    staging, archive = Staging(store, SOURCE), RawArchive(store)
    archived = archive.add([(SOURCE, page) for page in staging.left_over()], run_id=run_id, worker="left")
    staging.clear()
    known = {entry.identity for day in (NOON, NOON + DAY) for entry in archive.entries(SOURCE, day.date())}
    missing = [[page for page in batch if page.identity not in known] for batch in BATCHES]
    for batch in missing:
        staging.put(batch)
    archived += archive.add([(SOURCE, page) for batch in missing for page in batch], run_id=run_id, worker="live")
    staging.clear()
    land(store, archived, run_id)


def test_l02_killed_before_any_operation_no_page_is_lost_and_the_next_run_ends_as_one_that_was_not() -> None:
    kills = 0
    while True:
        store = ClockedStore()
        store.kill_before(kills)
        try:
            work(store, "r1")
        except KilledError:
            store.kill_before(None)
            kept = by_identity(Staging(store, SOURCE).left_over()) | captures_in(store)
        else:
            break
        assert faults(store) == [], f"after a kill before operation {kills}"
        assert len(kept) >= sum(map(len, BATCHES[: _batches_put(store)]))
        work(store, "r2")
        assert staged(store) == []
        assert captures_in(store) == by_identity(ALL)
        assert faults(store) == []
        kills += 1
    assert kills > 20


def _batches_put(store: ClockedStore) -> int:
    return sum(key.startswith("staging/") for key in set(store.puts))


def test_l03_no_row_or_expiry_that_comes_while_pages_wait_knows_them(store: ClockedStore) -> None:
    """A reparse beside a live run takes what the archive names; an expiry deletes nothing that waits."""
    staging = Staging(store, SOURCE)
    for batch in BATCHES:
        staging.put(batch)
    assert RawArchive(store).entries(SOURCE) == []
    store.now += 2 * GRACE
    assert expire(store, Layer.RAW, store.now.date(), now=store.now) == []
    work(store, "r2")
    uris = {row["capture_uri"] for row in rows(store).values()}
    assert uris
    assert all(uri.startswith("raw/") for uri in uris)


def test_a_staged_batch_that_is_damaged_is_named_with_the_remedy(store: ClockedStore) -> None:
    Staging(store, SOURCE).put(BATCHES[0])
    (key,) = staged(store)
    store.objects[key] = store.objects[key][:-30]
    with pytest.raises(NewslakeError, match=rf"{key} in memory is damaged: .*Move it out of the lake"):
        Staging(store, SOURCE).left_over()
