"""The one list of what `newslake up` and production serve, and when; and the runner of `newslake up`."""

import asyncio
import signal
import warnings
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final
from uuid import UUID

from prefect import Flow
from prefect._internal.versioning import VersionType  # which `to_deployment` takes, and no public module has
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.context import AsyncClientContext
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.states import Cancelled, Crashed
from prefect.types.entrypoint import EntrypointType
from typing_extensions import override

from flows.jobs.alerts import MOST, OF_SOURCE, STATE, close_late, is_on, registered
from flows.jobs.backfill import backfill
from flows.jobs.ingest import ingest
from flows.jobs.maintain import maintain
from flows.jobs.reparse import reparse
from flows.jobs.run import run
from flows.reports.source_list import horizon, language_of
from flows.server.alerts import ensure_dead_runs_end
from infra.base.stop import StoppedError, ignore_signals
from parsers.registry import sources
from parsers.source.definition import Source

# UTC. The last runs of a day begin before 05:00 (`parsers.source.definition`): what is missing at 05:45 needs repair.
# Four times a day, since feeds forget a day within two, and a laptop is not always on; if nothing is missing, nothing
# is requested.
MAINTAIN_CRON: Final = "45 5,11,17,23 * * *"
# Each run uses all workers, but mostly waits for its site. Two backfills and a maintain must not hold up the scheduled
# runs; a run takes about 250 MB.
CONCURRENT_RUNS: Final = 4
# How often the server is asked for runs that are due. With Prefect's 10 s, people wait as long for what they started,
# and slots stay empty for half of the time between runs of some 5 s.
ASK_SECONDS: Final = 2
# Tag of what a name has switched on once. From then on only people switch it.
NAMED: Final = "named"
# Tag of the deployments that people start, to find them among those of the sources.
BY_HAND: Final = ("by-hand",)

LEFT_OVER: Final = "`newslake up` ended before this run. Run the same again to finish."
AT_WORK: Final = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)

SOURCE_TEXT: Final = """\
**{title}** ({hosts}). Lands the UTC day of the *scheduled* time less the lag, however late a run starts:

{schedules}

Off until somebody names it (`newslake up --source {name}`) or switches it on here, by the switch beside *Schedules*,
which Prefect shows while it is off. To switch it off again, switch off each schedule. *Run → Quick run* lands
yesterday, on or off. `maintain` later repairs the days missed as long as the source still lists them ({horizon});
`backfill` lands older ones from an archive."""


@dataclass(frozen=True, slots=True)
class Served:
    """All deployments, with their switches set."""

    deployments: list[RunnerDeployment]
    on: tuple[str, ...]  # sources that are asked on schedule
    paused: tuple[str, ...]  # sources that were named, and that people have paused
    replaced: tuple[UUID, ...]  # deployments of an older newslake, which named them as their sources

    def summary(self) -> str:
        """Which sources are on, and how to switch others on."""
        off = len(sources()) - len(self.on)
        said = f"On schedule: {', '.join(self.on)}." if self.on else "No source is on schedule."
        if self.paused:
            said += f" Named, but paused in the UI: {', '.join(self.paused)}."
        if off:
            said += (
                f" Off: {off} of {len(sources())} (`newslake sources`). To switch one on: --source NAME, "
                "NEWSLAKE_SOURCES, or its switch in the UI."
            )
        return said


def deployments() -> list[RunnerDeployment]:
    """All deployments: those that people start, and one for each source with its own schedules.

    One deployment for all sources would not do: Prefect's UI shows last and next runs and a switch of deployments, not
    of schedules. And the late runs of a source must be runs of one deployment.
    """
    asked = (source for source in sources().values() if source.timetable)
    return [
        *(_deployment(each, tags=BY_HAND) for each in (run, backfill, ingest, reparse)),
        _deployment(maintain, tags=BY_HAND, schedules=[Cron(MAINTAIN_CRON, timezone="UTC", slug="repair")]),
        *(_deployment(run, OF_SOURCE + each.name, _source_text(each), _schedules(each), {"source": each.name},
                      _tags(each)) for each in asked),
    ]  # fmt: skip


def switched(named: Collection[str]) -> Served:
    """All deployments as the server of PREFECT_API_URL should have them.

    A source is off until it is named. The first time that switches it on; whatever people pause or resume stays so.
    `maintain` asks sources by itself, so it follows them: off while all are off, else for those that are on.
    """
    served = {each.name: each for each in deployments()}
    with get_client(sync_client=True) as client:
        known = {each.name: each for each in registered(client, [*served, *sources()])}
    old = {name: known[name] for name in sources() if name in known and known[name].parameters == {"source": name}}
    for name, each in served.items():
        source = name.removeprefix(OF_SOURCE)
        if name != maintain.name:
            _switch(each, known.get(name) or old.get(source), wanted=source in named or not each.schedules)
    on = tuple(name for name in sources() if (of_source := served.get(OF_SOURCE + name)) and is_on(of_source))
    _switch(served[maintain.name], known.get(maintain.name), wanted=bool(on))
    if not on:
        served[maintain.name].paused, served[maintain.name].tags = True, [*BY_HAND]
    served[maintain.name].parameters = {"sources": list(on)}  # by hand, too: its form names those that are on
    paused = tuple(name for name in named if name not in on)
    return Served(list(served.values()), on, paused, tuple(each.id for each in old.values()))


def _switch(deployment: RunnerDeployment, found: DeploymentResponse | None, *, wanted: bool) -> None:
    """Switch a deployment on or off, in place, as it was found. Schedules are recognised by their slugs."""
    known = found is not None and NAMED in found.tags
    first = wanted and not known and bool(deployment.schedules)
    if first or known:
        deployment.tags = [*deployment.tags, NAMED]
    deployment.tags += [tag for tag in (found.tags if found else ()) if tag.startswith(STATE)]
    deployment.paused = found.paused if found and not first else not wanted
    active = {schedule.slug: schedule.active for schedule in found.schedules} if found else {}
    for schedule in deployment.schedules or []:
        schedule.active = active.get(schedule.slug, True)


class DeploymentRunner(Runner):
    """A runner that both signals end alike: Prefect's own handler of SIGTERM forgets to await its clean-up."""

    def __init__(self, say_alerts: Callable[[], Coroutine[None, None, None]]) -> None:
        # Prefect pauses schedules at shutdown by default; ours must go on after a restart.
        super().__init__(pause_on_shutdown=False, limit=CONCURRENT_RUNS, query_seconds=ASK_SECONDS)
        self._say_alerts = say_alerts

    @override
    async def start(self, run_once: bool = False, webserver: bool | None = None) -> None:
        """Serve until a signal comes, which cancels this task; so everything is closed."""
        self._serving = asyncio.current_task()
        signal.signal(signal.SIGINT, self.handle_sigterm)
        self._saying = asyncio.create_task(self._say_alerts())  # the event loop keeps no reference of its own
        await super().start(run_once, webserver)

    @override
    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """End the serving."""
        ignore_signals()
        # Connections that are just being opened are dropped with their coroutines, of which Python would warn.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        if self._serving:
            self._serving.get_loop().call_soon_threadsafe(self._serving.cancel)


def mark_earlier_runs() -> None:
    """Mark the runs that an earlier `newslake up` left as crashed; those of a worker name their process."""
    at_work = {"state": {"type": {"any_": AT_WORK}}, "deployment_id": {"is_null_": False}}
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(at_work), limit=MOST):
            if run.infrastructure_pid is None:
                ended = Cancelled if run.state_type is StateType.CANCELLING else Crashed
                client.set_flow_run_state(run.id, ended(message=LEFT_OVER), force=True)


def serve_until_stopped(
    named: Collection[str],
    on_ready: Callable[[Served], None],
    say_alerts: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Register deployments and start their runs until SIGINT or SIGTERM raises StoppedError."""
    runner = DeploymentRunner(say_alerts)
    mark_earlier_runs()
    ensure_dead_runs_end()
    served = switched(named)
    close_late(served.on)
    asyncio.run(register(served, runner.aadd_deployment))
    on_ready(served)
    try:
        asyncio.run(runner.start())
    except asyncio.CancelledError:
        raise StoppedError from None


async def register(served: Served, by: Callable[[RunnerDeployment], Awaitable[object]]) -> None:
    """Register deployments through one client: Prefect makes two for each, which takes longer than what they ask."""
    async with AsyncClientContext.get_or_create() as context:
        for each in served.deployments:
            await by(each)
        for id_ in served.replaced:
            await context.client.delete_deployment(id_)


def _schedules(source: Source) -> list[Schedule]:
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
        name=source.name,
        title=source.title,
        hosts=", ".join(source.hosts),
        schedules="\n".join(lines),
        horizon=horizon(source),
    )


def _tags(source: Source) -> list[str]:
    language = f"language:{language_of(source)}"
    return [f"country:{source.country}", language] if source.country else [language]


def _deployment(
    of: Flow[..., Any],
    name: str = "",
    description: str = "",
    schedules: list[Schedule] | None = None,
    parameters: dict[str, Any] | None = None,
    tags: Sequence[str] = (),
) -> RunnerDeployment:
    """A deployment with the name and the first lines of the docstring of its flow, unless told otherwise."""
    # By module path: newslake runs as an installed package, in any folder.
    deployment = of.to_deployment(
        name or of.name,
        description=description or str(of.description).partition("\n\nArgs:")[0],
        entrypoint_type=EntrypointType.MODULE_PATH,
        schedules=schedules or [],  # None would keep those of an earlier version
        parameters=parameters,
        tags=list(tags),
        # Else Prefect asks git, four times each, and takes the commit of whatever folder it is in.
        version=metadata.version("newslake"),
        version_type=VersionType.SIMPLE,
    )
    if not isinstance(deployment, RunnerDeployment):
        raise TypeError("deployments are made outside of event loops")  # there, Prefect returns a coroutine
    return deployment
