"""A Dask cluster of this machine, and what is ingested on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.base.settings import Settings
from infra.intake.files.input_types import Input
from infra.work.dask_workers import DaskWorkers
from infra.work.ingest import IngestRequest
from infra.work.run import Run, RunReport
from tests import sample_pages as pages
from tests.disturbed_lake import FIRST_RUN
from tests.ingests import ingest_all
from tests.warc_builder import answer, gzipped, record

if TYPE_CHECKING:
    from distributed import Client

COUNT = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator["Client"]:
    """A client of the cluster that newslake makes for itself; others find it by its address."""
    workers = DaskWorkers("", 2)
    yield workers._client
    workers.close()
    workers.join()


def address_of(client: "Client") -> str:
    return str(client.scheduler_info()["address"])


def archive_of(path: Path, more: tuple[bytes, ...] = ()) -> Path:
    """A WARC of pages, and of more that misbehave."""
    made = [pages.capture(number) for number in range(COUNT)]
    bodies = [(each, each.body) for each in made] + [(pages.capture(COUNT + n), body) for n, body in enumerate(more)]
    records = [
        record(answer(body), uri=each.url, date=f"{each.captured_at:%Y-%m-%dT%H:%M:%SZ}") for each, body in bodies
    ]
    path.write_bytes(gzipped(records))
    return path


def ingested(
    path: Path, run: Run, on_input: Callable[[Input], object] = lambda _: None, *, in_place: bool = False
) -> RunReport:
    inputs, *_ = IngestRequest(paths=[str(path)], in_place=in_place).find()
    return ingest_all(inputs, run, on_input=on_input)


def run_on(lake: Path, cluster: "Client | None" = None) -> Run:
    return Run(Settings(lake=str(lake), workers=2), FIRST_RUN, dask=address_of(cluster) if cluster else None)
