"""A live run of one day that is killed, and the same run again."""

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.days import Days
from infra.store.open_store import open_store
from parsers.registry import sources
from tests.demo_site.site import DemoSite, Request
from tests.live_lake import FAST, rows, work, yesterday

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
