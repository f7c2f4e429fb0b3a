"""What unit tests begin with: an empty store in memory, the lake on it, a run into a folder, and no waits."""

import os
import ssl
from functools import cache
from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.work.run import Run
from tests.in_this_process import parse_in_this_process
from tests.memory_store import MemoryStore

# The authorities of the web: to read them takes each client 20 ms of processor time.
TRUSTING = cache(ssl.create_default_context)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def lake(store: MemoryStore) -> Lake:
    return Lake(store)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(Settings(lake=str(tmp_path / "lake"), workers=1), "20240201T000000Z-000001")


@pytest.fixture
def worker_processes() -> None:
    """For tests of what only processes of their own do: be killed at a deadline, die, keep memory apart."""


@pytest.fixture(autouse=True)
def _in_short(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process unless a test asks for others, and don't wait for the disk."""
    if "worker_processes" not in request.fixturenames:
        parse_in_this_process(monkeypatch)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(ssl, "create_default_context", TRUSTING)
