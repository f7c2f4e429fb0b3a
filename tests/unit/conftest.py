"""What unit tests begin with: an empty store in memory, the lake on it, a run into a folder; a folder for commands."""

import os
from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.work.run import Run
from tests.memory_store import MemoryStore


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run commands in, with one worker, a wide terminal, and no other setting and no server."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("NEWSLAKE_", "PREFECT_API")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NEWSLAKE_WORKERS", "1")
    return tmp_path


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def lake(store: MemoryStore) -> Lake:
    return Lake(store)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(Settings(lake=str(tmp_path / "lake"), workers=1), "20240201T000000Z-000001")
