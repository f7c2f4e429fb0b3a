"""Register everything on a Prefect server for its workers: a work pool, the deployments, automations."""

import asyncio
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from httpx import HTTPError, InvalidURL
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists, PrefectHTTPStatusError

from flows.jobs.alerts import close_late
from flows.server.alerts import ensure_alerts, ensure_dead_runs_end
from flows.server.deployments import Served, register, switched
from infra.base.errors import NewslakeError, UsageError

ADDRESS: Final = "correct PREFECT_API_URL: it ends in /api."
POOL_TYPE: Final = "process"  # runs are child processes of the worker: no image to pull, no cluster


def deploy(pool: str, named: Collection[str], alerts: str) -> Served:
    """Register on the server of PREFECT_API_URL, and switch on the sources that are named."""
    with asking_server():
        with get_client(sync_client=True) as client:
            _ensure_pool(client, pool)
        served = switched(named)
        close_late(served.on)
        asyncio.run(register(served, lambda each: each.aapply(work_pool_name=pool)))
        ensure_dead_runs_end()
        if alerts:
            ensure_alerts(alerts)
    return served


@contextmanager
def asking_server() -> Iterator[None]:
    """Require a server of one's own, and tell in one line what it refuses."""
    if not os.environ.get("PREFECT_API_URL"):
        raise UsageError("no server is named", "Set PREFECT_API_URL, for example http://127.0.0.1:4200/api.")
    try:
        yield
    except (HTTPError, InvalidURL) as error:  # the first is the base class of Prefect's errors of status, too
        raise _explained(error) from error


def _ensure_pool(client: SyncPrefectClient, name: str) -> None:
    """Make the process work pool; an existing one keeps its limits."""
    with suppress(ObjectAlreadyExists):  # a starting worker makes its pool, too, maybe at this moment
        client.create_work_pool(WorkPoolCreate(name=name, type=POOL_TYPE))
    found = client.read_work_pool(name)
    if found.type != POOL_TYPE:
        raise UsageError(f"the work pool {name} is of type {found.type}", "Name another with --pool.")


def _explained(error: HTTPError | InvalidURL) -> NewslakeError:
    if not isinstance(error, PrefectHTTPStatusError):
        what = f"no Prefect server answers at PREFECT_API_URL ({type(error).__name__})"
        return NewslakeError(what, f"Start it, or {ADDRESS}")
    status = error.response.status_code
    if status in {401, 403}:
        remedy = "Set PREFECT_API_AUTH_STRING (user:password) or PREFECT_API_KEY to what the server expects."
        return NewslakeError(f"the Prefect server refused us ({status})", remedy)
    if status in {409, 422}:  # of a run: parameters that its deployment does not take
        detail = error.response.json().get("detail", "no reason given")
        return UsageError(f"the Prefect server refuses that: {detail}", "Correct it, or see `newslake deploy`.")
    return NewslakeError(f"the Prefect server answered {status}", f"Its log says why, or {ADDRESS}")
