"""`kill -9` of `newslake run` at many moments: started again, it asks for nothing archived, and loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.demo_site import DemoSite
from infra.demo_site.server import Request
from infra.intake.web.fetch_many import WAITING_ANSWERS
from infra.store.open_store import open_store
from infra.work.live.archive_and_parse import BATCH_PAGES
from parsers.registry import sources
from tests.live_lake import FAST, rows, today, work, yesterday

pytestmark = pytest.mark.integration
SOURCE = "theissue"
SITE = "https://www.theissue.com"
PER_DAY = 75  # more than a batch: some kills strike between two
COMMAND = "import sys; from flows.cli import main; main()"
SECONDS = 60  # for a run that takes three on an idle machine


@dataclass
class Killer:
    """Kills a run once the site has answered so many requests of it.

    Attributes:
        pages: answers with a page of an article; None: never.
        lists: answers of other kinds; None: never.
        pid: of the run.
        answered: until now, by whether it was a page.
    """

    pages: int | None = None
    lists: int | None = None
    pid: int = 0
    answered: Counter[bool] = field(default_factory=Counter)

    def on_answer(self, request: Request) -> None:
        pattern = sources()[SOURCE].article_url
        is_page = pattern is not None and bool(pattern.search(request.path))
        self.answered[is_page] += 1
        if self.answered[is_page] == (self.pages if is_page else self.lists):
            os.kill(self.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@pytest.fixture(scope="module")
def site(killer: Killer) -> Iterator[DemoSite]:
    with DemoSite(today(), days=2, per_day=PER_DAY, on_answer=killer.on_answer) as running:
        yield running


def start(site: DemoSite, lake: Path) -> "subprocess.Popen[bytes]":
    settings = {
        "NEWSLAKE_ORIGINS": site.origins,
        "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST),
        "NEWSLAKE_WORKERS": "1",
        "XDG_STATE_HOME": str(lake / "state"),
    }
    command = [sys.executable, "-c", COMMAND, "run", SOURCE, "--day", str(yesterday()), "--lake", str(lake / "lake")]
    # A group of its own, so that parse workers can be ended, too, should they outlive it.
    return subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL, start_new_session=True)


def require_same_end(site: DemoSite, lake: Path) -> int:
    """Run again what was killed: no page is asked for that the archive has, and every article lands.

    Returns:
        How many captures the archive had.
    """
    archived = {entry.url for entry in RawArchive(open_store(str(lake / "lake"))).entries(SOURCE)}
    site.forget_requests()
    work(site, lake / "lake", SOURCE, Days.one(yesterday()))
    asked = {f"{SITE}{request.path}" for request in site.requests}
    assert not asked & archived
    landed = {row["title"]: row["capture_uri"] for row in rows(lake / "lake", SOURCE, yesterday())}
    assert landed.keys() == {each.title for each in site.expected(SOURCE, yesterday())}
    assert all((lake / "lake" / str(uri)).is_file() for uri in landed.values())
    return len(archived)


def kill(site: DemoSite, killer: Killer, lake: Path, *, pages: int | None = None, lists: int | None = None) -> None:
    killer.answered.clear()
    killer.pages, killer.lists = pages, lists
    process = start(site, lake)
    killer.pid = process.pid  # long before its first request: Python takes a second to start
    assert process.wait(SECONDS) == -signal.SIGKILL
    killer.pages = killer.lists = None


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
    archived = require_same_end(site, tmp_path)
    waiting = WAITING_ANSWERS + 2  # for whoever archives them, with the one in hand and the one that was just answered
    assert archived > 0 or pages < BATCH_PAGES + waiting


def first_batch(lake: Path) -> bool:
    return any(lake.glob("raw/**/*.warc.gz"))


def second_batch(lake: Path) -> bool:
    return len(list(lake.glob("raw/**/*.warc.gz"))) > 1


def first_index(lake: Path) -> bool:
    return any(lake.glob("raw/**/*.cdxj"))


def first_partition(lake: Path) -> bool:
    return any(lake.glob("articles/**/articles.parquet"))


def feeds_remembered(lake: Path) -> bool:
    return any(lake.glob("discovery/**/*.gz"))


@pytest.mark.parametrize("moment", [first_batch, first_index, second_batch, first_partition, feeds_remembered])
def test_a_run_that_is_killed_once_something_is_written_goes_on_from_there(
    moment: Callable[[Path], bool], site: DemoSite, tmp_path: Path
) -> None:
    """The last ones may end before the kill reaches them, which leaves a run that is done: nothing else to show."""
    process = start(site, tmp_path)
    try:
        ends = time.monotonic() + SECONDS
        while not moment(tmp_path / "lake") and process.poll() is None:
            assert time.monotonic() < ends
            time.sleep(0.001)
    finally:
        process.kill()
        process.wait()
    assert moment(tmp_path / "lake")
    require_same_end(site, tmp_path)
