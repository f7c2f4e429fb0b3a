"""Ctrl-C and SIGTERM in every phase of every kind of work: the command ends in time, and the same goes on."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests import sample_pages
from tests.demo_site.site import DemoSite
from tests.live_lake import today
from tests.prefect_server import Up, newslake_up
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

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("stopping")]


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


# Both signals end a command by the same thread: SIGTERM once for each command, in its first phase.
BY_SIGTERM = tuple({phase.command: phase for phase in reversed(PHASES)}.values())


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_o02_up_that_is_told_to_stop_while_its_server_starts_leaves_none(
    number: signal.Signals, site: DemoSite, hanging: RawServer, tmp_path: Path
) -> None:
    attempt = Attempt(site, tmp_path, hanging)
    log = tmp_path / "state" / "newslake" / "prefect" / "server.log"
    port = str(*free_ports(1))
    tell_to_stop(attempt, Phase("starting", ("up", "--port", port), lambda _: log.exists()), number)
    listed = subprocess.run(["ps", "-eo", "args="], capture_output=True, check=True, text=True).stdout
    assert f"--port {port}" not in listed


@pytest.fixture
def running(site: DemoSite, tmp_path: Path) -> Iterator[tuple[Up, str]]:
    """A server, and the id of a backfill that has asked for its first pages."""
    site.forget_requests()
    settings = {"NEWSLAKE_ORIGINS": site.origins, **SLOW}
    with newslake_up(tmp_path, settings=settings) as up:
        run_id = up.start("backfill", start=BACKFILL[-3], end=BACKFILL[-1], sources=list(SITES))
        wait_until(lambda: any(re.search(STORY, request.host + request.path) for request in site.requests))
        yield up, run_id


def test_o02_a_backfill_that_is_cancelled_gives_its_slots_back_and_asks_for_nothing_more(
    running: tuple[Up, str], site: DemoSite
) -> None:
    up, run_id = running
    up.api(f"/flow_runs/{run_id}/set_state", {"state": {"type": "CANCELLING"}})
    assert up.ended(run_id)["type"] == "CANCELLED"
    assert {each["active_slots"] for each in up.api("/v2/concurrency_limits/filter", {})} == {0}
    asked = len(site.requests)
    again = up.start("backfill", start=BACKFILL[-3], end=BACKFILL[-1], sources=list(SITES))
    assert len(site.requests) == asked
    assert up.ended(again)["type"] == "COMPLETED"


def test_o02_runs_of_an_up_that_was_killed_are_marked_as_crashed_by_the_next_one(
    running: tuple[Up, str], tmp_path: Path
) -> None:
    up, run_id = running
    kill_tree(up.process.pid)
    with newslake_up(tmp_path) as second:
        assert second.ended(run_id)["type"] == "CRASHED"
