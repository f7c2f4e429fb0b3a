"""L12: a lake of ten thousand partitions at a glance, a day of a hundred thousand articles merged, in bounded memory.

Times have room for a busy machine; `python -m bench lake` measures them.
"""

from datetime import date
from pathlib import Path

import pytest

from bench import lake as bench
from infra.lake.day_states import DayStates, State
from infra.lake.lake import Lake
from infra.store.local_store import LocalStore


@pytest.mark.timeout(300)
def test_l12_ten_thousand_partitions_at_a_glance(tmp_path: Path) -> None:
    small, wide = tmp_path / "small", tmp_path / "wide"
    bench.run("land", small, 1, bench.DAYS)
    bench.run("spread", small, wide, bench.SOURCES)
    cold, cold_memory = bench.status(str(wide))
    warm, warm_memory = bench.status(str(wide))
    assert cold < 60
    assert warm < 3
    assert max(cold_memory, warm_memory) < 300
    grid = DayStates(LocalStore(wide)).grid()
    assert len(grid) == bench.SOURCES * bench.DAYS
    assert {(day.state, day.articles) for day in grid} == {(State.LANDED, bench.ROWS_A_DAY)}
    assert grid[0].date == date(2024, 5, 1).isoformat()


@pytest.mark.timeout(300)
def test_l12_a_hundred_thousand_rows_are_merged_within_a_gigabyte(tmp_path: Path) -> None:
    bench.run("make_large", tmp_path, bench.LARGE_ROWS)
    _, memory = bench.run("merge", tmp_path, bench.LARGE_ROWS)
    assert memory < 1000
    manifest = Lake(LocalStore(tmp_path)).read_manifest("gazette", "2024-05-01")
    assert manifest is not None
    assert manifest.rows == bench.LARGE_ROWS + bench.NEW_ROWS


@pytest.mark.timeout(300)
def test_l12_a_hundred_thousand_rows_are_verified_and_moved_within_a_gigabyte(tmp_path: Path) -> None:
    bench.run("make_large", tmp_path, bench.LARGE_ROWS)
    _, memory = bench.run("verify", tmp_path, bench.LARGE_ROWS)
    assert memory < 1000
    _, memory = bench.run("move", tmp_path, bench.LARGE_ROWS)
    assert memory < 1000
    manifest = Lake(LocalStore(tmp_path)).read_manifest("gazette", "2024-05-01")
    assert manifest is not None
    assert (manifest.rows, manifest.capture_uris) == (bench.LARGE_ROWS, ("raw/0",))
