"""The one list of what `newslake up` and production serve, and when; and the runner of `newslake up`."""

import asyncio
import signal
from collections.abc import Iterable
from typing import Any, Final

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType
from typing_extensions import override

from flows.jobs.backfill import backfill
from flows.jobs.ingest import ingest
from flows.jobs.maintain import maintain
from flows.jobs.reparse import reparse
from flows.jobs.run import run
from flows.server.dead_runs import ensure_automation, mark_earlier_runs
from infra.base.stop import StoppedError, ignore_signals
from parsers.registry import sources
from parsers.source.definition import Source

# UTC. The last runs of a day begin before 05:00 (`parsers.source.schedule`): what is missing at 05:45 needs repair.
# Four times a day, since feeds forget a day within two, and a laptop is not always on; if nothing is missing, nothing
# is requested.
MAINTAIN_CRON: Final = "45 5,11,17,23 * * *"
# Each run uses all workers, but mostly waits for its site. Two backfills and a maintain must not hold up the scheduled
# runs; a run takes about 250 MB.
CONCURRENT_RUNS: Final = 4

RUN_TEXT: Final = """\
**One publication day of one source**, now: *Run → Custom run*, choose source and day (UTC).

Lands archived pages first, asks the source for the rest, and never fetches a page twice."""
SOURCE_TEXT: Final = """\
**{title}** ({hosts}). Lands the UTC day of the *scheduled* time less the lag, however late a run starts:

{schedules}

*Run → Quick run* lands yesterday. The switch above pauses only this source. `maintain` later repairs the days missed
as long as the source still lists them ({horizon} days); `backfill` lands older ones from an archive."""
BACKFILL_TEXT: Final = """\
**Completes a range of days**, from the archive first, from the sources second. `end` is left out.

Tick *dry run* first: an artifact lists each day with its state, the action and the approximate number of requests.
Cancel at any time; the same run again continues where it stopped."""
INGEST_TEXT: Final = """\
**Lands files, WARC archives, folders and S3 prefixes.** Running it again changes nothing."""
REPARSE_TEXT: Final = """\
**Parses the raw archive again, after a parser has improved**, without a request to any site.

Tick *dry run* first: it shows, field by field, what would change."""
MAINTAIN_TEXT: Final = """\
**Repairs the gaps of an outage**: days that are missing or partial and that the sources still list. Names the gaps
that only an archive can fill, and sources that have gone quiet.

Four times a day. If nothing is missing, it sends no request."""


def deployments() -> list[RunnerDeployment]:
    """All deployments: those that people start, and one for each source with its own schedules.

    One deployment for all sources would not do: Prefect's UI shows last and next runs and a switch of deployments, not
    of schedules. And the late runs of a source must be runs of one deployment.
    """
    asked = [source for source in sources().values() if source.timetable]
    return [
        _deployment(run, run.name, RUN_TEXT),
        _deployment(backfill, backfill.name, BACKFILL_TEXT),
        _deployment(ingest, ingest.name, INGEST_TEXT),
        _deployment(reparse, reparse.name, REPARSE_TEXT),
        _deployment(maintain, maintain.name, MAINTAIN_TEXT, [Cron(MAINTAIN_CRON, timezone="UTC", slug="repair")]),
        *(
            _deployment(run, source.name, _source_text(source), _schedules(source), {"source": source.name})
            for source in asked
        ),
    ]


def keep_pauses(registered: Iterable[RunnerDeployment]) -> None:
    """Take over what people have paused on the server; registering would switch it on again.

    Changes the deployments in place. Schedules are recognised by their slugs.
    """
    with get_client(sync_client=True) as client:
        for deployment in registered:
            try:
                found = client.read_deployment_by_name(deployment.full_name)
            except ObjectNotFound:
                continue  # it is new: it runs
            deployment.paused = found.paused
            active = {schedule.slug: schedule.active for schedule in found.schedules}
            for schedule in deployment.schedules or []:
                schedule.active = active.get(schedule.slug, True)


class DeploymentRunner(Runner):
    """A runner that both signals end alike: Prefect's own handler of SIGTERM forgets to await its clean-up."""

    @override
    async def start(self, run_once: bool = False, webserver: bool | None = None) -> None:
        """Serve until a signal comes, which cancels this task; so everything is closed."""
        self._serving = asyncio.current_task()
        signal.signal(signal.SIGINT, self.handle_sigterm)
        await super().start(run_once, webserver)

    @override
    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """End the serving."""
        ignore_signals()
        if self._serving:
            self._serving.get_loop().call_soon_threadsafe(self._serving.cancel)


def serve_until_stopped() -> None:
    """Register deployments and start their runs until SIGINT or SIGTERM raises StoppedError."""
    # Prefect pauses schedules at shutdown by default; ours must go on after a restart.
    runner = DeploymentRunner(pause_on_shutdown=False, limit=CONCURRENT_RUNS)
    mark_earlier_runs()
    ensure_automation()
    served = deployments()
    keep_pauses(served)
    for deployment in served:
        runner.add_deployment(deployment)
    try:
        asyncio.run(runner.start())
    except asyncio.CancelledError:
        raise StoppedError from None


def _schedules(source: Source) -> list[Schedule]:
    """The schedules of a source; people can pause each by itself."""
    return [
        Cron(
            schedule.cron,
            timezone=source.timezone,
            parameters={"source": source.name, "lag_days": schedule.lag_days},
            slug=f"{source.name.replace('_', '-')}-{number}-lag-{schedule.lag_days}",
        )
        for number, schedule in enumerate(source.timetable, start=1)
    ]


def _source_text(source: Source) -> str:
    days = {0: "the same day", 1: "the day before"}
    lines = (
        f"- `{each.cron}` {source.timezone}: {days.get(each.lag_days, f'the day {each.lag_days} days before')}"
        for each in source.timetable
    )
    return SOURCE_TEXT.format(
        title=source.title,
        hosts=", ".join(source.hosts),
        schedules="\n".join(lines),
        horizon=f"{source.horizon_days:,}",
    )


def _deployment(
    of: Flow[..., Any],
    name: str,
    description: str,
    schedules: list[Schedule] | None = None,
    parameters: dict[str, Any] | None = None,
) -> RunnerDeployment:
    # By module path: newslake runs as an installed package, in any folder.
    deployment = of.to_deployment(
        name,
        description=description,
        entrypoint_type=EntrypointType.MODULE_PATH,
        schedules=schedules or [],  # None would keep those of an earlier version
        parameters=parameters,
    )
    if not isinstance(deployment, RunnerDeployment):
        raise TypeError("deployments are made outside of event loops")  # there, Prefect returns a coroutine
    return deployment
