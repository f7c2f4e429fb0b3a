"""Prefect's own command has the workers of a server do what a person on another machine asks (docs/operations.md)."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.live_lake import today
from tests.prefect_server import COMMAND, Up

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]


def remotely(up: Up, *parameters: str) -> "subprocess.CompletedProcess[str]":
    """A backfill by a machine that has no lake, only the address of the server."""
    start, end = today() - timedelta(days=1), today()
    given = ('sources=["tass"]', f"start={start}", f"end={end}", *parameters)
    asked = [word for each in given for word in ("--param", each)]
    environment = {name: value for name, value in up.environment.items() if not name.startswith("NEWSLAKE_")}
    return subprocess.run(
        [str(Path(COMMAND[0]).with_name("prefect")), "deployment", "run", "backfill/backfill", *asked, "--watch"],
        env=environment | {"PREFECT_API_URL": f"{up.url}/api"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_backfill_of_the_servers_workers_is_followed_to_its_end(up: Up) -> None:
    done = remotely(up)
    assert done.returncode == 0
    assert " links, " in done.stdout
    assert (up.lake / f"articles/source=tass/date={today() - timedelta(days=1)}/articles.parquet").exists()


def test_a_run_that_fails_ends_the_command_with_1(up: Up, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    failed = remotely(up, f"lake={tmp_path / 'file' / 'lake'}")
    assert failed.returncode == 1
    assert "Cannot make" in " ".join(failed.stdout.split())
    assert "Traceback" not in failed.stdout
