"""The main job, end to end, on a folder and on SeaweedFS: the same test on each."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.cli import run as run_cli
from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.disturbed_lake import objects
from tests.in_this_process import parse_in_this_process

SAMPLES = Path(__file__).parents[2] / "flows" / "demo" / "captures"


@pytest.fixture(params=["folder", "seaweedfs"])
def lake(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty lake on each kind of store."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("NEWSLAKE_WORKERS", "1")
    address: str = (
        str(tmp_path / "lake") if request.param == "folder" else request.getfixturevalue(f"{request.param}_lake")
    )
    monkeypatch.setenv("NEWSLAKE_LAKE", address)
    return address


def _run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """A command with --json: what it printed."""
    capsys.readouterr()
    assert run_cli([*arguments, "--json"]) == code
    return orjson.loads(capsys.readouterr().out)


def test_pages_land_once_and_are_rebuilt_from_the_archive(
    lake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(lake)
    folder = pages.write_folder(tmp_path / "in", 7)
    (folder / "odd.html").write_bytes(b"<p>of no paper that is known here")
    (folder / "empty.html").write_bytes(b"")

    first = _run(capsys, "ingest", str(folder), code=3)
    assert (first["captures"], first["parsed"], first["partitions_written"]) == (9, 7, 3)
    assert sum(first["rejected"].values()) == 2
    landed = objects(store)

    second = _run(capsys, "ingest", str(folder), code=3)
    assert (second["known"], second["partitions_written"], second["partitions_unchanged"]) == (9, 0, 3)
    reparsed = _run(capsys, "reparse", "tass")
    assert (reparsed["captures"], reparsed["parsed"], reparsed["partitions_written"]) == (7, 7, 0)
    assert objects(store) == landed
    assert _run(capsys, "verify") == {"lake": store.uri, "faults": []}

    for key in landed:
        if key.startswith("articles/"):
            store.delete(key)
    rebuilt = _run(capsys, "reparse", "tass")
    assert rebuilt["partitions_written"] == 3
    assert _rows(capsys) == [["2024-01-10", 3], ["2024-01-11", 2], ["2024-01-12", 2]]

    backfilled = _run(capsys, "backfill", "tass", "--start", "2024-01-10", "--end", "2024-01-13")
    assert backfilled["partitions_written"] == 3  # what is known of the days is new: captured and parsed
    again = _run(capsys, "backfill", "tass", "--start", "2024-01-10", "--end", "2024-01-13")
    assert again["partitions_written"] == 0
    assert [day["state"] for day in _run(capsys, "status", "--source", "tass")] == ["unlisted"] * 3


def _rows(capsys: pytest.CaptureFixture[str]) -> list[list[Any]]:
    capsys.readouterr()
    assert (
        run_cli(["query", "SELECT date::VARCHAR AS d, count(*) AS n FROM articles GROUP BY 1 ORDER BY 1", "--json"])
        == 0
    )
    return [list(orjson.loads(line).values()) for line in capsys.readouterr().out.splitlines()]


def test_l10_the_samples_land_with_a_duplicate_a_rejection_and_a_correction(
    lake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = _run(capsys, "ingest", str(SAMPLES), code=3)
    captures = len((SAMPLES / "manifest.jsonl").read_bytes().splitlines())
    assert summary["captures"] == captures
    assert (summary["known"], summary["rejected"]) == (1, {"layout": 1})
    rows = sum(count for _, count in _rows(capsys))
    assert rows == captures - 3  # the rejected one, the duplicate, and the correction that replaced its article


def test_pages_are_ingested_from_a_prefix_of_a_bucket(
    moto_lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = open_store(f"{moto_lake}-inbox")
    for path in pages.write_folder(tmp_path / "in", 3).iterdir():
        inbox.put(path.name, path.read_bytes(), if_match=None)
    monkeypatch.setenv("NEWSLAKE_LAKE", moto_lake)
    parse_in_this_process(monkeypatch)  # worker processes that stand already know another environment
    summary = _run(capsys, "ingest", f"{moto_lake}-inbox/")
    assert (summary["captures"], summary["parsed"]) == (3, 3)
