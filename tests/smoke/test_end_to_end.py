"""The main job, end to end, on a folder and on SeaweedFS: the same test on each."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.commands import Cli
from tests.disturbed_lake import objects

SAMPLES = Path(__file__).parents[2] / "flows" / "demo" / "captures"


@pytest.fixture(params=["folder", "seaweedfs"])
def lake(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("NEWSLAKE_WORKERS", "1")
    address: str = (
        str(tmp_path / "lake") if request.param == "folder" else request.getfixturevalue(f"{request.param}_lake")
    )
    monkeypatch.setenv("NEWSLAKE_LAKE", address)
    return address


def test_pages_land_once_and_are_rebuilt_from_the_archive(lake: str, tmp_path: Path, cli: Cli) -> None:
    store = open_store(lake)
    folder = pages.write_folder(tmp_path / "in", 7)
    (folder / "odd.html").write_bytes(b"<p>of no paper that is known here")
    (folder / "empty.html").write_bytes(b"")

    first = cli.json("ingest", str(folder), code=3)
    assert (first["captures"], first["parsed"], first["partitions_written"]) == (9, 7, 3)
    assert sum(first["rejected"].values()) == 2
    landed = objects(store)

    second = cli.json("ingest", str(folder), code=3)
    assert (second["known"], second["partitions_written"], second["partitions_unchanged"]) == (9, 0, 3)
    reparsed = cli.json("reparse", "tass")
    assert (reparsed["captures"], reparsed["parsed"], reparsed["partitions_written"]) == (7, 7, 0)
    assert objects(store) == landed
    assert cli.json("verify") == {"lake": store.uri, "faults": []}

    for key in landed:
        if key.startswith("articles/"):
            store.delete(key)
    rebuilt = cli.json("reparse", "tass")
    assert rebuilt["partitions_written"] == 3
    assert _rows(cli) == [["2024-01-10", 3], ["2024-01-11", 2], ["2024-01-12", 2]]

    backfilled = cli.json("backfill", "tass", "--start", "2024-01-10", "--end", "2024-01-13")
    assert backfilled["partitions_written"] == 3  # what is known of the days is new: captured and parsed
    again = cli.json("backfill", "tass", "--start", "2024-01-10", "--end", "2024-01-13")
    assert again["partitions_written"] == 0
    assert [day["state"] for day in cli.json("status", "--source", "tass", "--all")] == ["unlisted"] * 3


def _rows(cli: Cli) -> list[list[Any]]:
    printed = cli("query", "SELECT date::VARCHAR AS d, count(*) AS n FROM articles GROUP BY 1 ORDER BY 1", "--json")
    return [list(orjson.loads(line).values()) for line in printed.splitlines()]


def test_l10_the_samples_land_with_a_duplicate_a_rejection_and_a_correction(lake: str, cli: Cli) -> None:
    summary = cli.json("ingest", str(SAMPLES), code=3)
    captures = len((SAMPLES / "manifest.jsonl").read_bytes().splitlines())
    assert summary["captures"] == captures
    assert (summary["known"], summary["rejected"]) == (1, {"layout": 1})
    rows = sum(count for _, count in _rows(cli))
    assert rows == captures - 3  # the rejected one, the duplicate, and the correction that replaced its article
