"""Register everything on a Prefect server for its workers: a work pool, the deployments, an automation."""

import os
from contextlib import suppress
from datetime import timedelta
from typing import Final, cast

from httpx import HTTPError
from prefect.automations import Automation
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events import ResourceSpecification
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.exceptions import ObjectAlreadyExists, PrefectHTTPStatusError

from flows.server.deployments import deployments, keep_pauses
from infra.base.errors import NewslakeError, UsageError

POOL_TYPE: Final = "process"  # runs are child processes of the worker: no image to pull, no cluster
HEARTBEAT: Final = "prefect.flow-run.heartbeat"
ENDINGS: Final = frozenset(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed"))
# Runs send a heartbeat every 30 seconds (PREFECT_FLOWS_HEARTBEAT_FREQUENCY, the least that Prefect takes; its default
# of 180 would mark live runs as crashed). A run is dead once three are missing and the fourth is late.
SILENCE: Final = timedelta(seconds=120)
DEAD_RUNS: Final = "newslake: runs without a heartbeat"


def deploy(pool: str) -> list[str]:
    """Register on the server of PREFECT_API_URL and return the names of the deployments.

    Repeating it updates everything and starts nothing; what people have paused stays paused.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise UsageError(
            "there is no server to deploy to", "Set PREFECT_API_URL, for example http://127.0.0.1:4200/api."
        )
    try:
        with get_client(sync_client=True) as client:
            _ensure_pool(client, pool)
        served = deployments()
        keep_pauses(served)
        for deployment in served:
            deployment.apply(work_pool_name=pool)
        _ensure_automation()
    except HTTPError as error:  # base class of Prefect's errors of status, too
        raise _explained(error) from error
    return [deployment.full_name for deployment in served]


def dead_runs() -> Automation:
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


def _ensure_pool(client: SyncPrefectClient, name: str) -> None:
    """Make the process work pool; an existing one keeps its limits."""
    with suppress(ObjectAlreadyExists):  # a starting worker makes its pool, too, maybe at this moment
        client.create_work_pool(WorkPoolCreate(name=name, type=POOL_TYPE))
    found = client.read_work_pool(name)
    if found.type != POOL_TYPE:
        raise UsageError(f"the work pool {name} is of type {found.type}", "Name another with --pool.")


def _ensure_automation() -> None:
    wanted = dead_runs()
    try:
        found = cast("Automation", Automation.read(name=DEAD_RUNS))  # a coroutine only in event loops
    except ValueError:  # how Prefect says that it doesn't exist
        wanted.create()
    else:
        wanted.id = found.id
        wanted.enabled = found.enabled  # switched off by people, it stays off
        wanted.update()


def _explained(error: HTTPError) -> NewslakeError:
    if not isinstance(error, PrefectHTTPStatusError):
        what = f"no Prefect server answers at PREFECT_API_URL ({type(error).__name__})"
        return NewslakeError(what, "Start it, or correct the address: it ends in /api.")
    status = error.response.status_code
    if status in {401, 403}:
        remedy = "Set PREFECT_API_AUTH_STRING (user:password) or PREFECT_API_KEY to what the server expects."
        return NewslakeError(f"the Prefect server refused us ({status})", remedy)
    return NewslakeError(f"the Prefect server answered {status}", "Its log says why.")
