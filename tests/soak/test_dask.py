"""Killed workers of a Dask cluster, and pages that misbehave on it: the same lake as without either."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.base.settings import Settings
from infra.intake import captures
from infra.intake.files.input_types import Input
from infra.store.open_store import open_store
from infra.work.dask_workers import DaskWorkers
from infra.work.parse_pool import ParsePool
from infra.work.run import Run
from tests.dask_cluster import COUNT, archive_of, ingested, run_on
from tests.disturbed_lake import objects
from tests.misbehaving_parsers import parse_unless_told

if TYPE_CHECKING:
    from distributed import Client


KILLED_AT = (3, 8, 13)  # parts of some 20


@pytest.mark.parametrize("in_place", [False, True])
def test_l02_killed_workers_change_nothing(
    cluster: "Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_place: bool
) -> None:
    path = archive_of(tmp_path / "a.warc.gz")
    monkeypatch.setattr(captures, "PART_BYTES", path.stat().st_size // 20)
    whole = ingested(path, run_on(tmp_path / "here"), in_place=in_place)
    told: list[Input] = []
    killed: set[int] = set()

    def kill_one(each: Input) -> None:
        told.append(each)
        if len(told) in KILLED_AT:
            worker = min(cluster.run(os.getpid, on_error="ignore").values())
            killed.add(worker)
            os.kill(worker, signal.SIGKILL)

    report = ingested(path, run_on(tmp_path / "there", cluster), kill_one, in_place=in_place)
    assert len(killed) == len(KILLED_AT)
    assert (report.captures, report.parsed) == (whole.captures, whole.parsed) == (COUNT, COUNT)
    assert objects(open_store(str(tmp_path / "there"))) == objects(open_store(str(tmp_path / "here")))


def test_p06_p07_pages_cost_only_themselves(cluster: "Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_pool(run: Run) -> ParsePool:
        elsewhere = None if run.dask is None else DaskWorkers(run.dask, 2)
        settings = Settings(workers=2, page_deadline_seconds=2.0)
        return ParsePool(settings, elsewhere=elsewhere, parse_page=parse_unless_told)

    monkeypatch.setattr(Run, "open_pool", open_pool)
    path = archive_of(tmp_path / "a.warc.gz", (b"hang", b"segfault", b"raise"))
    monkeypatch.setattr(captures, "PART_BYTES", path.stat().st_size // 3)
    cluster.wait_for_workers(2, timeout=60)  # one that another test killed may still be starting
    before = set(cluster.run(os.getpid, on_error="ignore").values())
    report = ingested(path, run_on(tmp_path / "there", cluster))
    assert report.rejected == {"timeout": 1, "parser_crash": 1, "parser_error": 1}
    assert report.parsed == COUNT
    assert set(cluster.run(os.getpid, on_error="ignore").values()) == before  # no worker of Dask's is lost for them
    ingested(path, run_on(tmp_path / "here"))
    assert objects(open_store(str(tmp_path / "there"))) == objects(open_store(str(tmp_path / "here")))
