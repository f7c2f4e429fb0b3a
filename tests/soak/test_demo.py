"""The demo: the real flows on a temporary Prefect server."""

import os
from pathlib import Path

import pytest

from tests.prefect_server import newslake

pytestmark = pytest.mark.timeout(400)


def test_the_demo_runs_the_real_flow_and_shows_the_lake(tmp_path: Path) -> None:
    done = newslake("demo", env=os.environ | {"XDG_STATE_HOME": str(tmp_path)}, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tass" in done.stdout
    assert "newslake query" in done.stdout
    assert str(tmp_path / "lake") in done.stdout
    assert list(tmp_path.glob("lake/articles/source=*/date=*/articles.parquet"))
    assert "Traceback" not in done.stderr
    assert "INFO" not in done.stderr
