"""Ctrl-C and SIGTERM in every phase of every kind of work: the command ends in time, and the same goes on."""

import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests import sample_pages
from tests.demo_site.site import DemoSite
from tests.live_lake import today
from tests.prefect_server import CLICKED, FEW, newslake_up
from tests.raw_server import RawServer, hang, raw_server
from tests.servers import free_ports
from tests.stopped_commands import (
    BACKFILL,
    INGEST,
    PAGE_DAYS,
    PAGES,
    PHASES,
    SITES,
    SLOW,
    STORY,
    Attempt,
    Phase,
    kill_tree,
    require_same_end,
    tell_to_stop,
    wait_until,
)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(today(), days=2, per_day=6) as running:
        yield running


@pytest.fixture(scope="module")
def hanging() -> Iterator[RawServer]:
    with raw_server(hang()) as running:
        yield running


@pytest.fixture(scope="module")
def filled(site: DemoSite, hanging: RawServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of archived pages, beside the folder that they came from."""
    folder = tmp_path_factory.mktemp("filled")
    sample_pages.write_folder(folder / "pages", PAGES, days=PAGE_DAYS)
    attempt = Attempt(site, folder, hanging)
    assert attempt.start(INGEST, {}).wait(300) == 0, attempt.said
    return folder


# Both signals end a command by the same thread: SIGTERM where it waits for a site, and where its processes are at work.
BY_SIGTERM = [each for each in PHASES if str(each) in ("run-a-robots-file", "ingest-parsing")]


@pytest.mark.parametrize(
    ("phase", "number"),
    [*((each, signal.SIGINT) for each in PHASES), *((each, signal.SIGTERM) for each in BY_SIGTERM)],
    ids=lambda value: getattr(value, "name", None) if isinstance(value, signal.Signals) else str(value),
)
def test_told_to_stop_a_command_does_so_and_the_same_goes_on(
    phase: Phase,
    number: signal.Signals,
    site: DemoSite,
    hanging: RawServer,
    filled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # the locks that this process takes, too
    site.forget_requests()
    copytree(filled / "pages", tmp_path / "pages")
    if phase.filled:
        copytree(filled / "lake", tmp_path / "lake")
    attempt = Attempt(site, tmp_path, hanging)
    tell_to_stop(attempt, phase, number)
    require_same_end(attempt, phase)


def test_o02_up_that_is_stopped_while_it_starts_leaves_none(site: DemoSite, hanging: RawServer, tmp_path: Path) -> None:
    attempt = Attempt(site, tmp_path, hanging)
    log = tmp_path / "state" / "newslake" / "prefect" / "server.log"
    port = str(*free_ports(1))
    tell_to_stop(attempt, Phase("starting", ("up", "--port", port), lambda _: log.exists()), signal.SIGINT)
    listed = subprocess.run(["ps", "-eo", "args="], capture_output=True, check=True, text=True).stdout
    assert f"--port {port}" not in listed


def test_o02_after_a_killed_up_the_next_marks_its_runs_as_crashed_and_stops_in_order(
    site: DemoSite, tmp_path: Path
) -> None:
    site.forget_requests()
    settings = {"NEWSLAKE_ORIGINS": site.origins, "NEWSLAKE_SOURCES": "tass", **SLOW}
    with newslake_up(tmp_path, settings=settings) as up:
        run_id = up.start("backfill", start=BACKFILL[-3], end=BACKFILL[-1], sources=list(SITES))
        wait_until(lambda: any(re.search(STORY, request.host + request.path) for request in site.requests))
        kill_tree(up.process.pid)
    with newslake_up(tmp_path, stop=signal.SIGINT, settings=settings) as second:
        assert second.ended(run_id)["type"] == "CRASHED"
    assert second.process.returncode == 130
    said = (tmp_path / "up.log").read_text()
    assert "interrupted" in said
    assert "Traceback" not in said
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(second.url.rpartition(":")[2]))) != 0
    with sqlite3.connect(tmp_path / "state" / "newslake" / "prefect" / "prefect.db") as database:
        known = database.execute("SELECT count(*), sum(paused) FROM deployment").fetchone()
        assert known == (len(CLICKED) + len(FEW), len(FEW) - 1)
        assert database.execute("SELECT min(active) FROM deployment_schedule").fetchone() == (1,)
    database.close()
