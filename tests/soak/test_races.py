"""Several processes at once on one lake: no row is lost, and who comes first does not matter."""

from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import orjson
import pytest

from infra.intake.captures import find_inputs
from infra.intake.files.input_types import Input
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES
from infra.store.open_store import open_store
from infra.upkeep.doctor import Verdict, diagnose
from tests import sample_pages as pages
from tests.lake_samples import SOURCE, landed
from tests.ten_orders import ingest_alone, ingest_in_orders, wait_for_all

WRITERS, MERGES = 8, 50
DAY = "2024-05-01"


def land_many(uri: str, writer: int) -> int:
    """Land articles one by one into one partition; how many of the landings wrote."""
    store = open_store(uri)
    wait_for_all(store, str(writer), WRITERS)
    lake = Lake(store)
    numbers = range(writer * MERGES, (writer + 1) * MERGES)
    # One second apart: all of one day.
    moments = [datetime(2024, 5, 1, tzinfo=UTC) + timedelta(seconds=number) for number in numbers]
    return sum(
        len(lake.land([landed(number, published_at=moment)]).written)
        for number, moment in zip(numbers, moments, strict=True)
    )


@pytest.mark.parametrize("store", ["folder", "seaweedfs"])
def test_l03_no_landing_of_eight_processes_is_lost(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
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


@pytest.mark.parametrize(("store", "orders"), [("folder", 10), ("seaweedfs", 3)])
def test_l03_l04_overlapping_batches_in_any_order_by_four_processes_make_the_same_lake(
    store: str, orders: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    inputs = write_captures(tmp_path / "in")
    alone = ingest_alone(inputs, str(tmp_path / "alone"))
    uri: str = str(tmp_path / "lake") if store == "folder" else request.getfixturevalue("seaweedfs_lake")
    tried = list(ingest_in_orders(inputs, uri, orders, alone))
    assert [order.differences for order in tried] == [[]] * orders
    assert min(order.ingested for order in tried) > len(inputs)
