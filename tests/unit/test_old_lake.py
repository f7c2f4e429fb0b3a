"""A lake that newslake wrote on 2026-11-25 is still good: live days, saved pages, merged raw objects, a held day."""

import tarfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest

from flows.cli import run as run_cli
from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.lake.accounts import row_key
from infra.lake.lake import Lake
from infra.lake.query import run_query
from infra.store.local_store import LocalStore
from infra.upkeep.repair import plan_repairs, upgrade
from infra.work.live.listed import Captured
from parsers.record.article import NULL_PARTITION
from tests import sample_pages as pages
from tests.raw_lake import written_long_ago

LAKES = Path(__file__).parents[1] / "fixtures" / "lakes"
FETCHED = date(2026, 11, 25)  # the day on which its live pages were got
HELD = {"2026-11-24"}
LIVE_BLOG = "2026-04-25"  # of a live blog, which the parser of then rejected
# A page without an address: that a list of two links leads to one site cannot be known, so it is text (asides.py).
LINKS_STAY = "57c6b61a34268e5e940672119b50f3e7"
SAID = ("title", "content_digest", "capture_digest")
Rows = dict[str, dict[str, Any]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    with tarfile.open(LAKES / "written-2026-11-25.tar.gz") as packed:
        packed.extractall(tmp_path / "lake", filter="data")
    monkeypatch.setenv("NEWSLAKE_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("NEWSLAKE_WORKERS", "1")
    return LocalStore(tmp_path / "lake")


@pytest.fixture(scope="module")
def written() -> Rows:
    """The articles that it held when it was written, by id."""
    lines = (LAKES / "written-2026-11-25.rows.jsonl").read_bytes().splitlines()
    return {row["article_id"]: row for row in map(orjson.loads, lines)}


def rows(store: LocalStore) -> Rows:
    lake = Lake(store)
    found = {}
    for source, day, _ in lake.partitions():
        place = {"source": source, "date": None if day == NULL_PARTITION else day}
        for row in lake.read_partition(source, day).to_pylist():
            found[row["article_id"]] = {"article_id": row["article_id"], **place, **{name: row[name] for name in SAID}}
    return found


def kept(before: Rows, after: Rows) -> Rows:
    return {key: row for key, row in after.items() if key in before}


def test_l07_its_rows_are_read_and_lead_to_their_pages(store: LocalStore, written: Rows) -> None:
    assert rows(store) == written
    assert run_cli(["verify"]) == 0
    archive = RawArchive(store)
    sources = {source for source, _ in RawArchive(store).folders()}
    merged = [entry for source in sources for entry in archive.entries(source) if "/0-" in entry.pointer.uri]
    assert merged
    assert all(archive.read(entry.pointer).digest == entry.digest for entry in merged)


def test_l07_it_is_landed_into(store: LocalStore, written: Rows, tmp_path: Path) -> None:
    assert run_cli(["ingest", str(pages.write_folder(tmp_path / "in", 2))]) == 0
    after = rows(store)
    assert kept(written, after) == written
    assert after.keys() > written.keys()
    assert run_cli(["verify"]) == 0


def test_l07_it_is_parsed_again_and_says_the_same(store: LocalStore, written: Rows) -> None:
    """The day that is held back may land now, and the live blog: no row goes, and none but one says something else."""
    run_cli(["reparse"])
    after = rows(store)
    assert {key for key, row in kept(written, after).items() if row != written[key]} == {LINKS_STAY}
    assert after[LINKS_STAY]["title"] == written[LINKS_STAY]["title"]
    assert {row["date"] for key, row in after.items() if key not in written} <= {*HELD, LIVE_BLOG}
    assert run_cli(["verify"]) == 0


def test_l07_it_is_written_anew_and_then_readers_find_the_text_of_every_article(
    store: LocalStore, written: Rows
) -> None:
    upgrade(store, plan_repairs(store, now=datetime.now(UTC)).old)
    assert plan_repairs(store, now=datetime.now(UTC)).old == ()
    assert rows(store) == written
    assert run_cli(["verify"]) == 0
    frame = pd.read_parquet(store.root / "articles")
    assert set(frame["article_id"]) == written.keys()
    assert all(frame["text"])
    assert (frame["date"] == NULL_PARTITION).sum() == sum(row["date"] is None for row in written.values()) > 0


def test_l07_it_is_queried_as_it_is(store: LocalStore, written: Rows) -> None:
    asked = run_query(store, "SELECT article_id, date, length(text) > 100 AS long FROM articles").to_pylist()
    days = {key: row["date"] and date.fromisoformat(row["date"]) for key, row in written.items()}
    assert {row["article_id"]: row["date"] for row in asked} == days
    assert sum(row["long"] for row in asked) > len(asked) / 2


def test_a_live_run_asks_for_nothing_that_it_holds(store: LocalStore) -> None:
    captured = Captured.load(store, "theissue", Days.one(FETCHED), today=FETCHED)
    entries = RawArchive(store).entries("theissue", FETCHED)
    assert entries
    assert {row_key(str(entry.url)) for entry in entries} <= captured.pages.keys()


def test_nothing_that_its_rows_need_expires(store: LocalStore, written: Rows) -> None:
    written_long_ago(store.root)
    assert run_cli(["expire", "--layer", "raw", "--older-than", "1", "--yes"]) == 0
    assert rows(store) == written
    assert run_cli(["verify"]) == 0
