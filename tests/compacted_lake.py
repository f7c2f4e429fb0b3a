"""A lake of many small raw objects, and its compaction, for tests of that."""

import re
from datetime import date, timedelta

from infra.store.object_store import ObjectStore
from infra.upkeep.compaction import CompactionReport, compact, plan_compaction
from tests.raw_lake import DAY, NOON, ClockedStore, capture, ingest

BEFORE = date(2024, 5, 20)
LATEST = NOON + DAY + timedelta(hours=2)  # of the captures that `fill` makes: articles have the latest
NO_GRACE = timedelta(0)
COMPACTED = re.compile(r"2024-05-0\d/0-\d{4}-[0-9a-f]{16}-\d{5}\.warc\.gz")


def fill(store: ObjectStore, *, days: int = 2, runs: int = 3) -> None:
    """Each run sees two pages for the first time, and again all pages that there were before."""
    for day in range(days):
        for number in range(runs):
            at = NOON + day * DAY + number * timedelta(hours=1)
            seen = range(2 * number + 2)
            ingest(store, (capture(each, at) for each in seen), f"r{day}{number}")


def compact_all(store: ObjectStore, *, grace: timedelta = NO_GRACE, dry_run: bool = False) -> CompactionReport:
    """Compact all days that are over; without grace unless told otherwise."""
    now = store.now if isinstance(store, ClockedStore) else NOON + 365 * 100 * DAY
    report = CompactionReport()
    for stretch in plan_compaction(store, BEFORE):
        report += compact(store, stretch, now=now, grace=grace, dry_run=dry_run)
    return report
