"""`kill -9` of `newslake run` at many moments: started again, it asks for nothing archived, and loses nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.intake.web.fetch_many import WAITING_ANSWERS
from infra.work.live.fetch_pages import BATCH_PAGES
from tests.demo_site.site import DemoSite
from tests.killed_run import PER_DAY, SECONDS, Killer, kill, require_same_end, start
from tests.live_lake import today


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@pytest.fixture(scope="module")
def site(killer: Killer) -> Iterator[DemoSite]:
    with DemoSite(today(), days=2, per_day=PER_DAY, on_answer=killer.on_answer) as running:
        yield running


@pytest.mark.parametrize("lists", [1, 2, 5])
def test_a_run_that_is_killed_while_it_reads_lists_has_fetched_nothing(
    lists: int, site: DemoSite, killer: Killer, tmp_path: Path
) -> None:
    kill(site, killer, tmp_path, lists=lists)
    assert require_same_end(site, tmp_path) == 0


@pytest.mark.parametrize("pages", [1, 20, 49, 50, 51, 52, 60, 68, 70, PER_DAY])
def test_a_run_that_is_killed_after_some_pages_goes_on_from_there(
    pages: int, site: DemoSite, killer: Killer, tmp_path: Path
) -> None:
    kill(site, killer, tmp_path, pages=pages)
    kept = require_same_end(site, tmp_path)
    # What a run may have got while its first batch is being kept: a full queue, one in hand, one just answered.
    assert kept > 0 or pages <= BATCH_PAGES + WAITING_ANSWERS + 2


# What a run writes, in this order, and how many of it are there when the kill comes.
MOMENTS = [
    ("staging/**/*.warc.gz", 1),
    ("staging/**/*.warc.gz", 2),
    ("raw/**/*.warc.gz", 1),
    ("raw/**/*.cdxj", 1),
    ("articles/**/articles.parquet", 1),
    ("discovery/**/*.gz", 1),
]


@pytest.mark.parametrize(("written", "count"), MOMENTS)
def test_a_run_that_is_killed_once_something_is_written_goes_on_from_there(
    written: str, count: int, site: DemoSite, tmp_path: Path
) -> None:
    """The last ones may end before the kill reaches them, which leaves a run that is done: nothing else to show."""

    def is_there() -> bool:
        return len(list((tmp_path / "lake").glob(written))) >= count

    process = start(site, tmp_path)
    try:
        ends = time.monotonic() + SECONDS
        while not (met := is_there()) and process.poll() is None:
            assert time.monotonic() < ends
            time.sleep(0.001)
    finally:
        process.kill()
        process.wait()
    assert met or is_there()
    require_same_end(site, tmp_path)
