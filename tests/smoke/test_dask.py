"""Ingest on a Dask cluster of this machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.commands import Cli
from tests.dask_cluster import COUNT, address_of, archive_of

if TYPE_CHECKING:
    from distributed import Client

pytestmark = pytest.mark.xdist_group("dask")


def test_the_command_uses_a_cluster_that_is_named(cluster: "Client", alone: Path, cli: Cli) -> None:
    path = archive_of(alone / "a.warc.gz")
    assert cli.json("ingest", path.name, "--runner", "dask", "--scheduler", address_of(cluster))["parsed"] == COUNT


def test_o01_a_scheduler_that_is_not_there_is_one_line(alone: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.work.dask_workers.CONNECT_SECONDS", 0.5)
    (alone / "a.html").write_bytes(b"<p>")
    cli("ingest", "a.html", "--runner", "dask", "--scheduler", "tcp://127.0.0.1:9", code=1)
    (line,) = [line for line in cli.err.splitlines() if line.startswith("error: ")]
    assert "tcp://127.0.0.1:9 cannot be reached" in line
