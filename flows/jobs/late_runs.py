"""Runs that are due for the same day of one source collapse: the newest of them does the work of all.

After an outage of the workers, all runs scheduled meanwhile become due at once, many for the same day. The first to
start ends the others of its deployment except the newest for each day, without a process for any of them. Nothing is
lost: the newest asks the source last, and if it fails, `maintain` repairs its day.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.context import FlowRunContext
from prefect.states import Completed

SKIPPED: Final = "Skipped"  # name of the state, for people; its type is COMPLETED
PAGE: Final = 200  # the most that Prefect's API gives at once
# States of runs that do the work or have done it. One that failed has not.
LIVE_STATES: Final = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.COMPLETED]


def day_of(scheduled: datetime, lag_days: int) -> date:
    """The UTC day that a scheduled run lands: by its scheduled time, never by the clock."""
    return scheduled.astimezone(UTC).date() - timedelta(days=lag_days)


def newest_by_day(runs: Iterable[FlowRun]) -> dict[date, FlowRun]:
    """For each day the run that does the work of all."""
    return {_day(run): run for run in sorted(runs, key=lambda run: (_scheduled(run), run.id))}


def skipped_for_newer_run() -> State | None:
    """End due runs that a newer one makes superfluous; if this run is one, return the state that it is to end in."""
    context = FlowRunContext.get()
    mine = context.flow_run if context else None
    if mine is None or not mine.auto_scheduled or mine.deployment_id is None:
        return None  # started by hand
    with get_client(sync_client=True) as client:
        due = {run.id: run for run in _due_beside(client, mine)}
        newest = newest_by_day(due.values())
        for run in due.values():
            if run.state_type is StateType.SCHEDULED and run.id != mine.id and newest[_day(run)] is not run:
                client.set_flow_run_state(run.id, _skipped(newest[_day(run)]))
    kept = newest[_day(due[mine.id])] if mine.id in due else mine
    return _skipped(kept) if kept.id != mine.id else None


def _scheduled(run: FlowRun) -> datetime:
    return cast("datetime", run.expected_start_time)  # which those that a schedule has made have


def _day(run: FlowRun) -> date:
    return day_of(_scheduled(run), run.parameters.get("lag_days", 1))


def _skipped(newer: FlowRun) -> State:
    when = _scheduled(newer).astimezone(UTC)
    return Completed(name=SKIPPED, message=f"the run scheduled for {when:%Y-%m-%d %H:%M} UTC lands {_day(newer)}, too")


def _due_beside(client: SyncPrefectClient, mine: FlowRun) -> list[FlowRun]:
    """The scheduled runs of the same deployment from this one on, with the same parameters except for the lag."""
    alive = {"type": {"any_": LIVE_STATES}, "name": {"not_any_": [SKIPPED]}}
    due = {"after_": mine.expected_start_time, "before_": datetime.now(UTC)}
    of = {"any_": [mine.deployment_id]}
    wanted = FlowRunFilter.model_validate({"deployment_id": of, "state": alive, "expected_start_time": due})
    found: list[FlowRun] = []
    while len(page := client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=len(found))) == PAGE:
        found += page
    alike = (run for run in [*found, *page] if _rest(run.parameters) == _rest(mine.parameters))
    return [run for run in alike if run.auto_scheduled and run.expected_start_time]


def _rest(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != "lag_days"}
