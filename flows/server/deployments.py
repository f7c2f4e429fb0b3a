"""The one list of what `newslake up` and production serve, and of what runs when."""

from typing import TYPE_CHECKING, Any, Final

from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.jobs.backfill import backfill
from flows.jobs.ingest import ingest
from flows.jobs.maintain import maintain
from flows.jobs.reparse import reparse
from flows.jobs.run import run
from parsers.registry import sources

if TYPE_CHECKING:
    from prefect import Flow

    from parsers.source.definition import Source

# UTC. The last runs of a day begin before 05:00 (`parsers.source.schedule`): what is missing at 05:45 needs repair.
# More than
# once a day, since feeds forget a day within two, and a laptop is not always on; nothing missing takes no request.
MAINTAIN_CRON: Final = "45 5,11,17,23 * * *"

RUN_TEXT: Final = """\
**One publication day of one source**, now: *Run → Custom run*, choose source and day (UTC).

Takes what is archived first, asks the source for the rest, and never fetches a page twice."""
SOURCE_TEXT: Final = """\
**{title}** ({hosts}). Lands the UTC day of the *scheduled* time less the lag, however late a run starts:

{schedules}

*Run → Quick run* lands yesterday. The switch above pauses this source alone; what is missed meanwhile `maintain`
repairs as far as the source still lists it ({horizon} days), `backfill` whatever an archive has."""
BACKFILL_TEXT: Final = """\
**A range of days made right**, from what is archived first, from the sources second. `end` is left out.

Tick *dry run* first: an artifact lists each day, its state, what would be done, about how many requests. Cancel it at
any time; the same again goes on where it stopped."""
INGEST_TEXT: Final = """\
**Files, WARC archives, folders and S3 prefixes** into the lake. The same again changes nothing."""
REPARSE_TEXT: Final = """\
**History again, after a parser has improved**, from the raw archive: no request to any site.

Tick *dry run* first: it shows, field by field, what would change."""
MAINTAIN_TEXT: Final = """\
**Repairs what an outage left**: days that no run has looked at as a whole or that are partial, as far as the sources
still list them. Names what only an archive could give, and sources that have gone quiet.

Four times a day. Nothing missing: nothing done, and no request sent."""


def deployments() -> list[RunnerDeployment]:
    """All deployments: those that people start, and one a source with its own schedules.

    One a source, not one with the schedules of all: Prefect's UI shows of a schedule only its time, and of a deployment
    its last and next runs and a switch. And late runs of one source are then runs of one deployment.
    """
    asked = [source for source in sources().values() if source.timetable]
    return [
        _deployment(run, run.name, RUN_TEXT),
        _deployment(backfill, backfill.name, BACKFILL_TEXT),
        _deployment(ingest, ingest.name, INGEST_TEXT),
        _deployment(reparse, reparse.name, REPARSE_TEXT),
        _deployment(
            maintain,
            maintain.name,
            MAINTAIN_TEXT,
            schedules=[Cron(MAINTAIN_CRON, timezone="UTC", slug="repair")],
        ),
        *(
            _deployment(run, source.name, _source_text(source), _schedules(source), {"source": source.name})
            for source in asked
        ),
    ]


def _schedules(source: "Source") -> list[Schedule]:
    """The schedules of a source, each of which can be paused by itself, too."""
    return [
        Cron(
            schedule.cron,
            timezone=source.timezone,
            parameters={"source": source.name, "lag_days": schedule.lag_days},
            slug=f"{source.name.replace('_', '-')}-{number}-lag-{schedule.lag_days}",
        )
        for number, schedule in enumerate(source.timetable, start=1)
    ]


def _source_text(source: "Source") -> str:
    lines = (f"- `{schedule.cron}` {source.timezone}: {_day_text(schedule.lag_days)}" for schedule in source.timetable)
    return SOURCE_TEXT.format(
        title=source.title,
        hosts=", ".join(source.hosts),
        schedules="\n".join(lines),
        horizon=f"{source.horizon_days:,}",
    )


def _day_text(lag_days: int) -> str:
    match lag_days:
        case 0:
            return "the day under way"
        case 1:
            return "the day before"
        case _:
            return f"the day {lag_days} days before"


def _deployment(
    of: "Flow[..., Any]",
    name: str,
    description: str,
    schedules: list[Schedule] | None = None,
    parameters: dict[str, Any] | None = None,
) -> RunnerDeployment:
    # By module path: newslake runs from an installed package in whatever folder it was started.
    deployment = of.to_deployment(
        name,
        description=description,
        entrypoint_type=EntrypointType.MODULE_PATH,
        schedules=schedules or [],  # None would leave those that an earlier version had
        parameters=parameters,
    )
    if not isinstance(deployment, RunnerDeployment):
        raise TypeError("deployments are made outside of event loops")  # Prefect gives a coroutine inside of one
    return deployment
