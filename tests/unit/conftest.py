"""What unit tests begin with: an empty store in memory, the lake on it, a run into a folder."""

from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.work.run import Run
from tests.memory_store import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def lake(store: MemoryStore) -> Lake:
    return Lake(store)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(Settings(lake=str(tmp_path / "lake"), workers=1), "20240201T000000Z-000001")
