"""L12: a lake of ten thousand partitions at a glance, a day of a hundred thousand articles merged, in bounded memory.

Times have room for a busy machine; `python -m bench lake` measures them.
"""

from datetime import date
from pathlib import Path

import pytest

from bench import lake as bench
from infra.lake.day_states import State, day_grid
from infra.lake.lake import Lake
from infra.store.local_store import LocalStore


@pytest.mark.timeout(300)
def test_l12_ten_thousand_partitions_at_a_glance(tmp_path: Path) -> None:
    small, wide = tmp_path / "small", tmp_path / "wide"
    bench.run("land", small, 1, bench.DAYS)
    bench.run("spread", small, wide, bench.SOURCES)
    memory = [bench.status(str(wide))[1] for _ in ("cold", "warm")]
    assert max(memory) < 300
    grid = day_grid(LocalStore(wide))
    assert len(grid) == bench.SOURCES * bench.DAYS
    assert {(day.state, day.articles) for day in grid} == {(State.UNLISTED, bench.ROWS_A_DAY)}
    assert grid[0].date == date(2024, 5, 1).isoformat()


ROWS = 20_000  # of 4 KB: seventy times a busy day of a source


@pytest.mark.timeout(300)
def test_l12_twenty_thousand_rows_are_merged_and_verified_within_a_gigabyte(tmp_path: Path) -> None:
    bench.run("make_large", tmp_path, ROWS)
    _, memory = bench.run("merge", tmp_path, ROWS)
    assert memory < 1000
    manifest = Lake(LocalStore(tmp_path)).read_manifest("gazette", "2024-05-01")
    assert manifest is not None
    assert manifest.rows == ROWS + bench.NEW_ROWS
    _, memory = bench.run("verify", tmp_path, ROWS)
    assert memory < 1000
