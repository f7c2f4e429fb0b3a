"""`kill -9` of `newslake run` at many moments: started again, it asks for nothing archived, and loses nothing."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.intake.web.fetch_many import WAITING_ANSWERS
from infra.work.live.page_batches import BATCH_PAGES
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


def first_batch(lake: Path) -> bool:
    return any(lake.glob("staging/**/*.warc.gz"))


def second_batch(lake: Path) -> bool:
    return len(list(lake.glob("staging/**/*.warc.gz"))) > 1


def first_object(lake: Path) -> bool:
    return any(lake.glob("raw/**/*.warc.gz"))


def first_index(lake: Path) -> bool:
    return any(lake.glob("raw/**/*.cdxj"))


def first_partition(lake: Path) -> bool:
    return any(lake.glob("articles/**/articles.parquet"))


def feeds_remembered(lake: Path) -> bool:
    return any(lake.glob("discovery/**/*.gz"))


MOMENTS = [first_batch, second_batch, first_object, first_index, first_partition, feeds_remembered]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_that_is_killed_once_something_is_written_goes_on_from_there(
    moment: Callable[[Path], bool], site: DemoSite, tmp_path: Path
) -> None:
    """The last ones may end before the kill reaches them, which leaves a run that is done: nothing else to show."""
    process = start(site, tmp_path)
    try:
        ends = time.monotonic() + SECONDS
        while not (met := moment(tmp_path / "lake")) and process.poll() is None:
            assert time.monotonic() < ends
            time.sleep(0.001)
    finally:
        process.kill()
        process.wait()
    assert met or moment(tmp_path / "lake")
    require_same_end(site, tmp_path)
