"""The one list of what `newslake up` serves, and of what runs when."""

from typing import TYPE_CHECKING

from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.backfill import backfill
from flows.ingest import ingest
from flows.reparse import reparse
from flows.run import run
from parsers.registry import sources

if TYPE_CHECKING:
    from prefect import Flow

    from infra.run_report import RunReport

FIRST_HOUR = 3  # UTC: the day before is over, and late captures of its evening have arrived
MINUTES = 60  # sources start a minute apart, so that they do not all begin at once


def deployments() -> list[RunnerDeployment]:
    """All deployments: `run` with a daily schedule per source, and three that people start."""
    return [
        _deployment(run, "One source, one day. Daily for every source.", schedules=daily_schedules()),
        _deployment(ingest, "Files, archives and S3 prefixes into the lake."),
        _deployment(backfill, "A range of days, from what is archived."),
        _deployment(reparse, "History again, after a parser has improved."),
    ]


def daily_schedules() -> list[Schedule]:
    """One schedule a source, so that each can be paused by itself. In UTC, since a day is a UTC day."""
    return [
        Cron(f"{number % MINUTES} {FIRST_HOUR} * * *", timezone="UTC", parameters={"source": name}, slug=name)
        for number, name in enumerate(sources())
    ]


def _deployment(
    of: "Flow[..., RunReport]", description: str, schedules: list[Schedule] | None = None
) -> RunnerDeployment:
    # By module path: newslake runs from an installed package in whatever folder it was started.
    deployment = of.to_deployment(
        of.name, description=description, entrypoint_type=EntrypointType.MODULE_PATH, schedules=schedules
    )
    if not isinstance(deployment, RunnerDeployment):
        raise TypeError("deployments are made outside of event loops")  # Prefect gives a coroutine inside of one
    return deployment
