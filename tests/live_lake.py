"""Runs against the demo site without Prefect, in this process: settings, a lake in a folder, and what it holds."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows.jobs.start import new_run_id
from infra.base.days import Days
from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from infra.work.live.plan import FetchPolicy
from infra.work.live.run_days import run_days
from infra.work.run import Run, RunReport
from tests.demo_site.site import DemoSite

FAST = 0.001  # seconds between requests; the demo site's Crawl-delay may ask for more


def today() -> date:
    """The present UTC day, until which the demo site publishes: what is fetched is captured today."""
    return datetime.now(UTC).date()


def yesterday() -> date:
    """A day that is over, and that every feed still names."""
    return today() - timedelta(days=1)


def run_on(site: DemoSite, lake: Path, **changes: object) -> Run:
    settings = Settings(lake=str(lake), workers=1, origins=site.origins, host_interval_seconds=FAST)
    return Run(settings.model_copy(update=changes), new_run_id())


def work(site: DemoSite, lake: Path, source: str, days: Days, policy: FetchPolicy | None = None) -> RunReport:
    return run_days(source, days, policy or FetchPolicy(), run_on(site, lake))


def rows(lake: Path, source: str, day: date) -> list[dict[str, object]]:
    """The rows of a partition, by time of publication."""
    read: list[dict[str, object]] = Lake(open_store(str(lake))).read_partition(source, day.isoformat()).to_pylist()
    return read


def snapshot(lake: Path) -> dict[str, bytes]:
    """Every object of a lake, byte for byte; not the locks of the folder."""
    return {
        path.relative_to(lake).as_posix(): path.read_bytes()
        for path in lake.rglob("*")
        if path.is_file() and ".locks" not in path.parts
    }
