"""Runs whose process has died without a word: else they stay "Running" for ever."""

from datetime import timedelta
from typing import Final, cast

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.events import ResourceSpecification
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.states import Cancelled, Crashed

HEARTBEAT: Final = "prefect.flow-run.heartbeat"
ENDINGS: Final = frozenset(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed"))
# Runs send a heartbeat every 30 seconds (PREFECT_FLOWS_HEARTBEAT_FREQUENCY, the least that Prefect takes; its default
# of 180 would mark live runs as crashed). A run is dead once three are missing and the fourth is late.
SILENCE: Final = timedelta(seconds=120)
DEAD_RUNS: Final = "newslake: runs without a heartbeat"
LEFT_OVER: Final = "`newslake up` ended before this run. Run the same again to finish."
AT_WORK: Final = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
MOST: Final = 200  # the most that the API gives at once; `newslake up` has four runs at a time


def mark_earlier_runs() -> None:
    """Mark the runs that an earlier `newslake up` left as crashed; call it before the first one is started.

    Only `up` itself starts runs of deployments on its server, unless a worker does, which names their process.
    """
    states = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(AT_WORK)))
    deployed = FlowRunFilterDeploymentId(is_null_=False)
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(flow_run_filter=FlowRunFilter(state=states, deployment_id=deployed), limit=MOST)
        for run in found:
            if run.infrastructure_pid is None:
                ended = Cancelled if run.state_type is StateType.CANCELLING else Crashed
                client.set_flow_run_state(run.id, ended(message=LEFT_OVER), force=True)


def ensure_automation() -> None:
    """Have the server mark dead runs; repeating it updates the automation."""
    put_automation(_automation())


def put_automation(wanted: Automation) -> None:
    """Create an automation, or update the one of its name; switched off by people, it stays off."""
    try:
        found = cast("Automation", Automation.read(name=wanted.name))  # a coroutine only in event loops
    except ValueError:  # how Prefect says that it doesn't exist
        wanted.create()
    else:
        wanted.id = found.id
        wanted.enabled = found.enabled
        wanted.update()


def _automation() -> Automation:
    """Mark a run as crashed once its heartbeats stop; else it stays "Running" for ever if its worker dies."""
    return Automation(
        name=DEAD_RUNS,
        description="Marks a run as crashed after two minutes without a heartbeat: its process, worker or machine "
        "has died. Run the same again to finish what is missing.",
        trigger=EventTrigger(
            after={HEARTBEAT},
            expect={HEARTBEAT, *ENDINGS},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                name="Crashed",
                state=StateType.CRASHED,
                message="No heartbeat for two minutes: the process has died.",
                force=False,
            )
        ],
    )
