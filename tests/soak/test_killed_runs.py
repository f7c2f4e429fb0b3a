"""`kill -9` of `newslake run` at many moments: started again, it asks for nothing archived, and loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.days import Days
from infra.store.open_store import open_store
from infra.work.live.fetch_pages import BATCH_PAGES
from parsers.registry import sources
from tests.demo_site.site import DemoSite, Request
from tests.live_lake import FAST, rows, today, work, yesterday

SOURCE = "theissue"
SITE = "https://www.theissue.com"
PER_DAY = 75  # more than a batch: some kills strike between two
COMMAND = "import sys; from flows.cli import main; main()"
SECONDS = 60  # for a run that takes three on an idle machine


@dataclass
class Killer:
    """Kills a run once the site has answered so many requests of it, with a page of an article or with a list."""

    pages: int | None = None
    lists: int | None = None
    pid: int = 0
    answered: Counter[bool] = field(default_factory=Counter)  # by whether it was a page

    def on_answer(self, request: Request) -> None:
        pattern = sources()[SOURCE].article_url
        is_page = pattern is not None and bool(pattern.search(request.path))
        self.answered[is_page] += 1
        if self.answered[is_page] == (self.pages if is_page else self.lists):
            os.kill(self.pid, signal.SIGKILL)


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
    """Run again what was killed: no page that was kept is asked for, and every article lands; how many were kept."""
    store = open_store(str(lake / "lake"))
    kept = {entry.url for entry in RawArchive(store).entries(SOURCE)}
    kept |= {page.url for page in Staging(store, SOURCE).left_over()}
    site.forget_requests()
    work(site, lake / "lake", SOURCE, Days.one(yesterday()))
    asked = {f"{SITE}{request.path}" for request in site.requests}
    assert not asked & kept
    landed = {row["canonical_url"]: row["capture_uri"] for row in rows(lake / "lake", SOURCE, yesterday())}
    assert landed.keys() == {each.url for each in site.expected(SOURCE, yesterday())}
    assert all((lake / "lake" / str(uri)).is_file() for uri in landed.values())
    assert not list(store.list("staging/"))
    return len(kept)


def kill(site: DemoSite, killer: Killer, lake: Path, *, pages: int | None = None, lists: int | None = None) -> None:
    killer.answered.clear()
    killer.pages, killer.lists = pages, lists
    process = start(site, lake)
    killer.pid = process.pid  # long before its first request: Python takes a second to start
    assert process.wait(SECONDS) == -signal.SIGKILL
    killer.pages = killer.lists = None


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@pytest.fixture(scope="module")
def site(killer: Killer) -> Iterator[DemoSite]:
    with DemoSite(today(), days=2, per_day=PER_DAY, on_answer=killer.on_answer) as running:
        yield running


@pytest.mark.parametrize("lists", [1, 5])
def test_a_run_killed_while_reading_lists_fetched_nothing(
    lists: int, site: DemoSite, killer: Killer, tmp_path: Path
) -> None:
    kill(site, killer, tmp_path, lists=lists)
    assert require_same_end(site, tmp_path) == 0


@pytest.mark.parametrize("pages", [1, 49, 51, 68, PER_DAY])
def test_a_run_killed_after_some_pages_goes_on(pages: int, site: DemoSite, killer: Killer, tmp_path: Path) -> None:
    kill(site, killer, tmp_path, pages=pages)
    kept = require_same_end(site, tmp_path)
    # What a run may have got while its first batch is being kept: one in hand, one just answered.
    assert kept > 0 or pages <= BATCH_PAGES + 2


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
def test_a_run_killed_after_some_write_goes_on(written: str, count: int, site: DemoSite, tmp_path: Path) -> None:
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
