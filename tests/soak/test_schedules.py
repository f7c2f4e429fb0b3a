"""Schedules, late runs, repairs and slots on a real Prefect server, with the demo site for the network."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.commands.demo import SOURCES
from flows.jobs.run import SKIPPED, source_slot
from flows.server.deployments import CONCURRENT_RUNS
from infra.base.days import Days
from infra.lake.day_states import day_grid
from infra.store.open_store import open_store
from tests.demo_site.site import DemoSite
from tests.live_lake import today, work
from tests.prefect_server import ENDED, Up, newslake_up
from tests.servers import wait_for

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("schedules")]

OUTAGE_DAYS = 5
LATE_DAYS = 2
MINUTELY = {"source": "tass", "lag_days": 1, "only_archive": False}  # the last tells it from the source's own
LISTS = 8  # what theissue may be asked for besides articles, a run: robots file, lists, pages that are no article
LEASE_AND_CLEAN_UP = 60 + 60  # seconds: the least lease Prefect takes; its clean-up, and the wait between two tries
# Takes the slot of a source, says so, and keeps it; with another word it takes it and ends.
HOLDER = """
import sys, time
from flows.jobs.run import source_slot
with source_slot("bbc"):
    print("held", flush=True)
    time.sleep(0 if sys.argv[1:] else 600)
"""


@dataclass(frozen=True)
class Operations:
    """`newslake up` that has the demo site for the network."""

    up: Up
    site: DemoSite
    cron_since: datetime
    waiter: "subprocess.Popen[str]"

    def due_runs(self, name: str, before: datetime) -> list[dict[str, Any]]:
        """The scheduled runs of a source whose time had come."""
        wanted: dict[str, Any] = {"deployment_id": {"any_": [self.up.deployment(f"run/source-{name}")["id"]]}}
        wanted["expected_start_time"] = {"before_": before.isoformat()}
        runs: list[dict[str, Any]] = self.up.api("/flow_runs/filter", {"flow_runs": wanted, "limit": 200})
        return [run for run in runs if run["auto_scheduled"]]

    def is_whole(self, name: str, days_ago: int) -> bool:
        return _is_whole(str(self.up.lake), name, today() - timedelta(days=days_ago))

    def pages(self, name: str, *days_ago: int) -> Counter[str]:
        """Requests for pages of a source and some days (none: all), lists and the robots file left out, by path."""
        days = [today() - timedelta(days=ago) for ago in days_ago or range(31)]
        articles = {each.url for day in days for each in self.site.expected(name, day)}
        return Counter(
            request.path for request in self.site.requests if f"https://{request.host}{request.path}" in articles
        )


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    """What takes minutes begins here: a schedule of every minute, and a process that dies with a slot."""
    with (
        DemoSite(today(), days=12, per_day=4) as site,
        newslake_up(
            tmp_path_factory.mktemp("schedules"),
            settings={
                "NEWSLAKE_ORIGINS": site.origins,
                "NEWSLAKE_HOST_INTERVAL_SECONDS": "0.01",
                "NEWSLAKE_SOURCES": ",".join(SOURCES),
            },
        ) as up,
    ):
        environment = up.environment | {"PREFECT_API_URL": f"{up.url}/api", "PREFECT_HOME": str(up.lake.parent / "p")}
        holder = _hold(environment)
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
        waiter = _hold(environment, "briefly")
        tass = up.deployment("run/source-tass")
        every_minute = {"cron": "* * * * *", "timezone": "Europe/Moscow"}
        schedule = {"schedule": every_minute, "active": True, "slug": "minutely"}
        up.api(f"/deployments/{tass['id']}/schedules", [schedule | {"parameters": MINUTELY}])
        try:
            yield Operations(up, site, datetime.now(UTC), waiter)
        finally:
            waiter.kill()
            waiter.wait()
            if waiter.stdout:
                waiter.stdout.close()


def _hold(environment: dict[str, str], *briefly: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, *briefly], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_o03_late_runs_after_downtime_leave_one_for_each_day(operations: Operations) -> None:
    """O03: two days without a worker, and every run that was scheduled meanwhile becomes due at once."""
    up, now = operations.up, datetime.now(UTC)
    window = {"start_time": (now - timedelta(days=LATE_DAYS)).isoformat(), "end_time": now.isoformat()}
    up.api(
        f"/deployments/{up.deployment('run/source-theissue')['id']}/schedule", window | {"min_runs": 99, "max_runs": 99}
    )
    late = operations.due_runs("theissue", now)
    assert len(late) >= 13

    def ended() -> bool:
        return all(run["state_type"] in ENDED for run in operations.due_runs("theissue", now))

    wait_for("late runs", 400, ended)
    runs = operations.due_runs("theissue", now)
    assert {run["state_type"] for run in runs} == {"COMPLETED"}
    worked = [run for run in runs if run["state"]["name"] != SKIPPED]
    days = {_day_of(run) for run in runs}
    assert len(worked) == len(days)  # each day once
    assert {_day_of(run) for run in worked} == days
    assert all(run["state"]["message"].startswith("the run scheduled for") for run in runs if run not in worked)
    # Those that the first ones ended never had a process: only some that were started together with them did.
    assert sum(run["run_count"] > 0 for run in runs) <= len(days) + CONCURRENT_RUNS
    for days_ago in range(1, LATE_DAYS):
        assert operations.is_whole("theissue", days_ago)
    asked = [each for each in operations.site.requests if each.host.endswith("theissue.com")]
    pages = operations.pages("theissue")
    # The feed names some pages by an earlier address, which redirects: that is known once it was asked.
    redirects = sum(each.path.endswith("-first-draft") for each in asked)
    assert pages.total() - len(pages) <= redirects
    lists = len(asked) - pages.total() - redirects
    assert lists <= len(worked) * LISTS


def _is_whole(lake: str, name: str, day: date) -> bool:
    (found,) = day_grid(open_store(lake), day, day + timedelta(days=1), [name])
    return found.is_whole


def _day_of(run: dict[str, Any]) -> str:
    scheduled = datetime.fromisoformat(run["expected_start_time"]).astimezone(UTC)
    return str(scheduled.date() - timedelta(days=run["parameters"]["lag_days"]))


def test_o04_two_runs_of_one_day_at_the_same_time_fetch_each_page_once(operations: Operations) -> None:
    """O04: the second waits for the slot of the source, then finds that the archive has everything."""
    up, day = operations.up, today() - timedelta(days=9)
    lake = str(up.lake.parent / "twice")  # of its own: `maintain` would go back to this day
    both = [up.start("run", source="globalresearch", day=str(day), lake=lake) for _ in range(2)]
    ends = [up.ended(run) for run in both]
    assert [end["type"] for end in ends] == ["COMPLETED"] * 2, ends
    assert set(operations.pages("globalresearch", 9).values()) == {1}
    assert _is_whole(lake, "globalresearch", day)


def test_o04_the_first_two_runs_of_a_source_may_both_find_that_it_has_no_slot_yet(
    operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, read = Barrier(2), SyncPrefectClient.read_global_concurrency_limit_by_name

    def read_at_once(client: SyncPrefectClient, name: str) -> object:
        try:
            return read(client, name)
        finally:
            both.wait(60)

    def hold() -> None:
        with source_slot("spiegel"):  # no other test takes it
            pass

    monkeypatch.setattr(SyncPrefectClient, "read_global_concurrency_limit_by_name", read_at_once)
    with temporary_settings({PREFECT_API_URL: f"{operations.up.url}/api"}), ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(copy_context().run, hold) for _ in range(2)]
        for run in runs:
            run.result()


def test_maintain_repairs_five_days_of_outage_and_then_has_nothing_to_do(operations: Operations) -> None:
    up, site = operations.up, operations.site
    work(site, up.lake, "globalresearch", Days.one(today() - timedelta(days=OUTAGE_DAYS + 1)))
    dry = up.start("maintain", sources=["globalresearch"], dry_run=True)
    assert up.ended(dry)["type"] == "COMPLETED"
    assert not operations.is_whole("globalresearch", OUTAGE_DAYS)
    assert up.artifacts(dry)["repairs"]["data"].count('"action": "repair"') == OUTAGE_DAYS

    assert up.ended(up.start("maintain", sources=["globalresearch"]))["type"] == "COMPLETED"
    assert all(operations.is_whole("globalresearch", days) for days in range(1, OUTAGE_DAYS + 1))
    before = len([each for each in site.requests if each.host.endswith("globalresearch.ca")])
    assert up.ended(up.start("maintain", sources=["globalresearch"]))["type"] == "COMPLETED"
    assert len([each for each in site.requests if each.host.endswith("globalresearch.ca")]) == before


def test_o01_a_cron_schedule_fires_by_itself_and_lands_the_day_of_its_scheduled_time(operations: Operations) -> None:
    up = operations.up

    def landed() -> list[dict[str, Any]]:
        runs = operations.due_runs("tass", datetime.now(UTC))
        worked = [run for run in runs if run["state_type"] == "COMPLETED" and run["parameters"] == MINUTELY]
        return [run for run in worked if run["state"]["name"] != SKIPPED]

    wait_for("a run by its schedule", 240, landed)
    run = landed()[0]
    assert datetime.fromisoformat(run["expected_start_time"]) >= operations.cron_since - timedelta(minutes=1)
    assert run["name"] == f"tass-{_day_of(run)}"
    tass = up.deployment("run/source-tass")
    (minutely,) = [each for each in tass["schedules"] if each["slug"] == "minutely"]
    assert minutely["schedule"]["timezone"] == "Europe/Moscow"
    assert list(up.lake.glob(f"articles/source=tass/date={_day_of(run)}/articles.parquet"))


def test_o02_the_slot_of_a_killed_process_comes_free_within_two_minutes(operations: Operations) -> None:
    operations.waiter.wait(LEASE_AND_CLEAN_UP)
    assert operations.waiter.returncode == 0
    assert operations.waiter.stdout
    assert operations.waiter.stdout.read() == "held\n"
    files = list(Path(operations.up.environment["XDG_STATE_HOME"]).glob("newslake/prefect/concurrency_leases"))
    assert len(files) == 1  # leases lie where a restart of the server finds them
