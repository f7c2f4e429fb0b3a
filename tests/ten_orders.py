"""Do all orders of ingesting make the same lake?

One process ingests all captures; then, for each order, four processes ingest overlapping batches of them into one new
lake, in an order drawn by chance. Equal must be: partitions, rows and their order, every column but `OF_THE_COPY`, the
captures in the raw archive, and what `newslake verify` says.
"""

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final

from infra.archive.raw_archive import RawArchive
from infra.base.settings import Settings
from infra.intake.captures import ALL
from infra.intake.files.input_types import Input
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.upkeep.verify import verify
from infra.work.ingest import Chunk, ingest, ingest_chunk
from tests.disturbed_lake import SECOND_RUN, InlineRun
from tests.ingests import ingest_all

INGESTERS: Final = 4
BATCH: Final = 7  # inputs: several batches a process, even of the few inputs of a test
# What may differ between lakes that hold the same: which of several copies of a capture a row points to.
OF_THE_COPY: Final = ("capture_uri", "capture_offset", "capture_length")


@dataclass(frozen=True, slots=True)
class Content:
    """What must be the same, whatever the order."""

    rows: dict[str, list[dict[str, Any]]]
    captures: set[tuple[Any, ...]]
    faults: set[str]

    @classmethod
    def of(cls, store: ObjectStore) -> "Content":
        lake, archive = Lake(store), RawArchive(store)
        rows = {
            kind.key(source, day): lake.read_partition(source, day, kind).drop_columns(OF_THE_COPY).to_pylist()
            for kind in (ARTICLES, REJECTS)
            for source, day, _ in lake.partitions(kind=kind)
        }
        sources = {source for source, _ in RawArchive(store).folders()}
        captures = {(source, entry.identity) for source in sources for entry in archive.entries(source)}
        return cls(rows, captures, {fault.fault for fault in verify(store, archive)})

    def differences(self, other: "Content") -> list[str]:
        """Partitions and other matters in which the two are not the same."""
        keys = sorted({*self.rows, *other.rows})
        found = [key for key in keys if self.rows.get(key) != other.rows.get(key)]
        found += ["the captures in raw/"] if self.captures != other.captures else []
        return found + (["what verify finds"] if self.faults != other.faults else [])


@dataclass(frozen=True, slots=True)
class Order:
    """One lake that several processes made."""

    seed: int
    ingested: int
    differences: list[str]


def ingest_alone(inputs: Sequence[Input], uri: str) -> Content:
    ingest_all(inputs, InlineRun(Settings(lake=uri, workers=1), SECOND_RUN))
    return Content.of(open_store(uri))


def ingest_in_orders(inputs: Sequence[Input], uri: str, orders: int, expected: Content) -> Iterator[Order]:
    """Make a lake below `uri` for each order, and say how it differs from what is expected."""
    # spawn: a fork of this process, which may have threads, could inherit a lock that is held
    with ProcessPoolExecutor(INGESTERS, mp_context=get_context("spawn")) as ingesters:
        for seed in range(orders):
            shares = overlapping(inputs, random.Random(seed))
            lake = f"{uri}/{seed}"
            list(ingesters.map(ingest_batches, [lake] * INGESTERS, range(INGESTERS), shares))
            ingested = sum(len(batch) for batches in shares for batch in batches)
            yield Order(seed, ingested, Content.of(open_store(lake)).differences(expected))


def ingest_batches(uri: str, worker: int, batches: Sequence[Sequence[Input]]) -> None:
    """Ingest batches as one worker of a run does its chunks."""
    run = InlineRun(Settings(lake=uri, workers=1), SECOND_RUN)
    wait_for_all(open_store(uri), str(worker), INGESTERS)
    for number, batch in enumerate(batches):
        chunk = Chunk(worker * 1000 + number, tuple(batch))
        ingest([chunk], batch, ALL, run, lambda chunk: ingest_chunk(chunk, run))


def overlapping(inputs: Sequence[Input], chance: random.Random) -> list[list[list[Input]]]:
    """For each worker batches in random order; together all inputs, most of them several times."""
    shares: list[list[Input]] = [[] for _ in range(INGESTERS)]
    for each in inputs:
        for share in chance.sample(shares, chance.randint(1, INGESTERS)):
            share.append(each)
    for share in shares:
        chance.shuffle(share)
    return [[share[start : start + BATCH] for start in range(0, len(share), BATCH)] for share in shares]


def wait_for_all(store: ObjectStore, name: str, writers: int) -> None:
    """Begin when every process is ready: none may be done before the last has started."""
    store.put(f"ready/{name}", b"", if_match=None)
    while len(list(store.list("ready/"))) < writers:
        time.sleep(0.005)
