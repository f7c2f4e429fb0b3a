"""Runs that are due for the same day of one source collapse: the newest of them does the work of all.

After an outage of the workers, all runs scheduled meanwhile become due at once, many for the same day. The first to
start ends the others of its deployment except the newest for each day, without a process for any of them. Nothing is
lost: the newest asks the source last, and if it fails, `maintain` repairs its day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas import filters
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.context import FlowRunContext
from prefect.states import Completed

SKIPPED: Final = "Skipped"  # name of the state, for people; its type is COMPLETED
PAGE: Final = 200  # the most that Prefect's API gives at once
# States of runs that do the work or have done it. One that failed has not.
LIVE_STATES: Final = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.COMPLETED]


@dataclass(frozen=True, slots=True)
class DueRun:
    """A scheduled run whose time has come; `waits` until something begins to run it."""

    run_id: UUID
    scheduled: datetime
    day: date
    waits: bool


def day_of(scheduled: datetime, lag_days: int) -> date:
    """The UTC day that a scheduled run lands: by its scheduled time, never by the clock."""
    return scheduled.astimezone(UTC).date() - timedelta(days=lag_days)


def newest_by_day(runs: Iterable[DueRun]) -> dict[date, DueRun]:
    """For each day the run that does the work of all."""
    return {run.day: run for run in sorted(runs, key=lambda run: (run.scheduled, run.run_id))}


def skipped_for_newer_run() -> State | None:
    """End due runs that a newer one makes superfluous; if this run is one, return the state that it is to end in."""
    context = FlowRunContext.get()
    mine = context.flow_run if context else None
    if mine is None or not mine.auto_scheduled or mine.deployment_id is None:
        return None  # started by hand
    with get_client(sync_client=True) as client:
        due = _due_beside(client, mine)
        newest = newest_by_day(due)
        for run in due:
            if run.waits and run.run_id != mine.id and newest[run.day] != run:
                client.set_flow_run_state(run.run_id, _skipped(newest[run.day]))
    kept = next((newest[run.day] for run in due if run.run_id == mine.id), None)
    return _skipped(kept) if kept and kept.run_id != mine.id else None


def _skipped(newer: DueRun) -> State:
    when = newer.scheduled.astimezone(UTC)
    return Completed(name=SKIPPED, message=f"the run scheduled for {when:%Y-%m-%d %H:%M} UTC lands {newer.day}, too")


def _due_beside(client: SyncPrefectClient, mine: FlowRun) -> list[DueRun]:
    """The scheduled runs of the same deployment from this one on, with the same parameters except for the lag."""
    wanted = filters.FlowRunFilter(
        deployment_id=filters.FlowRunFilterDeploymentId(any_=[mine.deployment_id]),  # type: ignore[list-item] # checked above
        state=filters.FlowRunFilterState(
            type=filters.FlowRunFilterStateType(any_=LIVE_STATES),
            name=filters.FlowRunFilterStateName(not_any_=[SKIPPED]),
        ),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(
            after_=mine.expected_start_time,
            before_=datetime.now(UTC),  # type: ignore[arg-type] # Prefect's own name for datetime
        ),
    )
    found: list[FlowRun] = []
    while len(page := client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=len(found))) == PAGE:
        found += page
    return [
        DueRun(
            run.id,
            run.expected_start_time,
            day_of(run.expected_start_time, run.parameters.get("lag_days", 1)),
            waits=run.state_type is StateType.SCHEDULED,
        )
        for run in [*found, *page]
        if run.auto_scheduled and run.expected_start_time and _rest(run.parameters) == _rest(mine.parameters)
    ]


def _rest(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != "lag_days"}
