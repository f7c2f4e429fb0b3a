"""What the tests of commands stand on."""

import os
from pathlib import Path

import pytest


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
