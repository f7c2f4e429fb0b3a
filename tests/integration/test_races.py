"""Several processes at once on one lake: no row is lost, and who comes first does not matter."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
import pytest

from infra.archive import RawArchive
from infra.captures import find_inputs
from infra.doctor import Verdict, diagnose
from infra.ingest import Chunk, ingest_chunk
from infra.inputs import Input
from infra.lake import Lake
from infra.object_store import ObjectStore, open_store
from infra.partition import ARTICLES, REJECTS
from infra.settings import Settings
from infra.verify import verify
from tests import sample_pages as pages
from tests.disturbed_lake import SECOND_RUN, InlineRun
from tests.lake_samples import SOURCE, landed

pytestmark = pytest.mark.integration

WRITERS, MERGES = 8, 50
DAY = "2024-05-01"
INGESTERS = 4
# What may differ between lakes that hold the same: which of several copies of a capture a row points to.
OF_THE_COPY = ("capture_uri", "capture_offset", "capture_length")


def wait_for_all(store: ObjectStore, name: str, writers: int) -> None:
    """Begin when every process is ready: none may be done before the last has started."""
    store.put(f"ready/{name}", b"", if_match=None)
    while len(list(store.list("ready/"))) < writers:
        time.sleep(0.005)


def land_many(uri: str, writer: int) -> int:
    """Land articles one by one into one partition; how many of the landings wrote."""
    store = open_store(uri)
    wait_for_all(store, str(writer), WRITERS)
    lake = Lake(store)
    numbers = range(writer * MERGES, (writer + 1) * MERGES)
    # One second apart: all of one day.
    moments = [datetime(2024, 5, 1, tzinfo=UTC) + timedelta(seconds=number) for number in numbers]
    return sum(
        lake.land([landed(number, published_at=moment)], mode="live").partitions_written
        for number, moment in zip(numbers, moments, strict=True)
    )


@pytest.mark.parametrize("store", ["folder", "seaweedfs"])
def test_l03_no_landing_of_eight_processes_into_one_partition_is_lost(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    uri: str = str(tmp_path / "lake") if store == "folder" else request.getfixturevalue("seaweedfs_lake")
    # spawn: a fork of this process, which has threads, could inherit a lock that is held
    with ProcessPoolExecutor(WRITERS, mp_context=get_context("spawn")) as processes:
        wrote = list(processes.map(land_many, [uri] * WRITERS, range(WRITERS)))
    assert wrote == [MERGES] * WRITERS
    lake = Lake(open_store(uri))
    rows = lake.read_partition(SOURCE, DAY)
    assert rows["title"].to_pylist() == [landed(number)[0].title for number in range(WRITERS * MERGES)]
    assert [info.key for info in open_store(uri).list("articles/")] == [ARTICLES.key(SOURCE, DAY)]


def test_l03_doctor_finds_one_winner_a_round_on_a_sound_server(seaweedfs_lake: str) -> None:
    found = dict(diagnose(seaweedfs_lake))
    assert found["one winner"].detail == "8 writers at once, 6 rounds: exactly one won each"
    assert {name for name, finding in found.items() if finding.verdict is Verdict.FAULT} == set()
    assert list(open_store(seaweedfs_lake).list()) == []


def write_captures(folder: Path) -> list[Input]:
    """Pages of three days: captured once, again unchanged, again corrected, again as a stub; and what nobody reads."""
    folder.mkdir()
    lines = []

    def write(name: str, body: bytes, number: int, hours: float) -> None:
        (folder / name).write_bytes(body)
        captured_at = pages.published_at(number, 3) + timedelta(hours=hours)
        lines.append({"file": name, "url": pages.url(number), "captured_at": captured_at.isoformat()})

    for number in range(9):
        body = pages.page(number)
        write(f"{number}-first.html", body, number, 2)
        write(f"{number}-same-capture.html", body, number, 2)
        if number % 2:
            write(f"{number}-again.html", body, number, 4)
            write(f"{number}-corrected.html", body.replace(b"third winter", b"fourth winter"), number, 5)
        if number % 3 == 0:
            later = pages.published_at(number, 3) + timedelta(days=1)
            write(f"{number}-moved.html", pages.page(number, published=later), number, 3 + number % 2 * 4)
            write(f"{number}-no-article.html", b"<html><p>Access denied", number, 6)
    (folder / "manifest.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return find_inputs([str(folder)])


def ingest_batches(uri: str, worker: int, batches: Sequence[Sequence[Input]]) -> None:
    """Ingest batches as one worker of a run does its chunks."""
    run = InlineRun(Settings(lake=uri, workers=1), SECOND_RUN)
    wait_for_all(open_store(uri), str(worker), INGESTERS)
    for number, batch in enumerate(batches):
        ingest_chunk(Chunk(worker * 100 + number, tuple(batch)), run)


def overlapping(inputs: Sequence[Input], chance: random.Random) -> list[list[list[Input]]]:
    """For each worker batches in random order; together all inputs, most of them several times."""
    shares: list[list[Input]] = [[] for _ in range(INGESTERS)]
    for each in inputs:
        for share in chance.sample(shares, chance.randint(1, INGESTERS)):
            share.append(each)
    for share in shares:
        chance.shuffle(share)
    return [[share[start : start + 7] for start in range(0, len(share), 7)] for share in shares]


def rows_of(store: ObjectStore) -> dict[str, list[dict[str, Any]]]:
    """All rows by partition, without what may differ; in the order of the file."""
    lake = Lake(store)
    read = {ARTICLES: lake.read_partition, REJECTS: lake.read_rejects}
    return {
        kind.key(source, day): table(source, day).drop_columns(OF_THE_COPY).to_pylist()
        for kind, table in read.items()
        for source, day, _ in lake.partitions(kind=kind)
    }


def captures_of(store: ObjectStore) -> set[tuple[Any, ...]]:
    """What is archived, each capture once."""
    archive = RawArchive(store)
    return {(source, entry.identity) for source in archive.sources() for entry in archive.entries(source)}


def faults_of(store: ObjectStore) -> set[str]:
    """What `newslake verify` finds."""
    return {fault.fault for fault in verify(store, RawArchive(store))}


@pytest.mark.parametrize(("store", "orders"), [("folder", 10), ("seaweedfs", 3)])
def test_l03_l04_overlapping_batches_in_any_order_by_four_processes_make_the_same_lake(
    store: str, orders: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Equal in every row and column but `OF_THE_COPY`, in the order of rows, and in what is archived."""
    inputs = write_captures(tmp_path / "in")
    alone = str(tmp_path / "alone")
    ingest_chunk(Chunk(0, tuple(inputs)), InlineRun(Settings(lake=alone, workers=1), SECOND_RUN))
    rows, captures, faults = rows_of(open_store(alone)), captures_of(open_store(alone)), faults_of(open_store(alone))
    uri: str = str(tmp_path / "lake") if store == "folder" else request.getfixturevalue("seaweedfs_lake")
    with ProcessPoolExecutor(INGESTERS, mp_context=get_context("spawn")) as ingesters:
        for seed in range(orders):
            batches = overlapping(inputs, random.Random(seed))
            lake = [f"{uri}/{seed}"] * INGESTERS
            list(ingesters.map(ingest_batches, lake, range(INGESTERS), batches))
            together = open_store(lake[0])
            assert rows_of(together) == rows
            assert captures_of(together) == captures
            assert faults_of(together) == faults
