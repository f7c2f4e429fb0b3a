"""A run of a deployment on the server of PREFECT_API_URL, which its workers do: submitted, and followed to its end."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from httpx import TransportError
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import LogFilter
from prefect.client.schemas.objects import Log, State
from prefect.exceptions import ObjectNotFound
from prefect.utilities.urls import url_for

from flows.server.deploy import ADDRESS, asking_server
from infra.base.errors import NewslakeError
from infra.base.stop import pause

if TYPE_CHECKING:
    from prefect.types import DateTime

LOOK_SECONDS: Final = 2.0  # as often as runs send their log lines
LOG_LINES: Final = 200  # the most that the server gives at once
# Lines of several processes of a run may arrive in another order than they were written in.
OVERLAP: Final = timedelta(seconds=30)
LOST_SECONDS: Final = 300.0  # a server that is restarted or migrates is back before that
LATE: Final = "no worker takes it: is one running? (`prefect worker start --pool newslake --type process`)"

Say = Callable[[str], None]


def submit(deployment: str, parameters: Mapping[str, Any]) -> tuple[UUID, str, str]:
    """Have a deployment run with parameters, as its form in the UI does; the run's id, name and address."""
    with asking_server(), get_client(sync_client=True) as client:
        try:
            found = client.read_deployment_by_name(f"{deployment}/{deployment}")
        except ObjectNotFound as error:
            remedy = f"Register it (`newslake deploy`), or {ADDRESS}"  # a page of the UI answers 404, too
            raise NewslakeError(f"the Prefect server has no deployment {deployment!r}", remedy) from error
        run = client.create_flow_run_from_deployment(found.id, parameters=dict(parameters))
        return run.id, run.name, url_for(run) or str(run.id)


def follow(run_id: UUID, say: Say) -> tuple[str, State[Any]]:
    """Say the states and log lines of a run until it ends; the name that it gave itself, and its last state."""
    with asking_server(), get_client(sync_client=True) as client:
        told, heard = None, time.monotonic()
        said: dict[UUID, DateTime] = {}  # times of the lines
        while True:
            try:
                run = client.read_flow_run(run_id)
                _say_new(client, run_id, said, say)
                heard = time.monotonic()
                if told != (told := run.state_name):
                    say(f"{run.name}: {LATE if told == 'Late' else str(told).lower()}")
                if run.state and run.state.is_final():
                    pause(LOOK_SECONDS)  # its last lines are on their way
                    _say_new(client, run_id, said, say)
                    return run.name, run.state
            except TransportError:
                if time.monotonic() - heard > LOST_SECONDS:
                    raise
                say("the Prefect server does not answer; asking again")
            pause(LOOK_SECONDS)


def _say_new(client: SyncPrefectClient, run: UUID, said: "dict[UUID, DateTime]", say: Say) -> None:
    last = max(said.values(), default=None)
    for line in _lines_after(client, run, last and last - OVERLAP):
        if line.id not in said:
            said[line.id] = line.timestamp
            message = line.message.partition("\nTraceback ")[0]  # which Prefect adds to its own errors
            say(f"{line.timestamp:%H:%M:%S} {logging.getLevelName(line.level).lower()}: {message}")


def _lines_after(client: SyncPrefectClient, run: UUID, since: "DateTime | None") -> list[Log]:
    of, level = {"any_": [run]}, {"ge_": logging.INFO}
    wanted = LogFilter.model_validate({"flow_run_id": of, "level": level, "timestamp": since and {"after_": since}})
    lines: list[Log] = []
    while page := client.read_logs(wanted, limit=LOG_LINES, offset=len(lines)):
        lines += page
        if len(page) < LOG_LINES:
            break
    return lines
