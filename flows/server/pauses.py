"""What people have paused on a server stays paused when everything is registered there again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.deployments.runner import RunnerDeployment


def keep_pauses(deployments: Iterable["RunnerDeployment"]) -> None:
    """Take over what is paused on the server; registering would switch it on again.

    Args:
        deployments: about to be registered; changed in place. Their schedules are told by their slugs.
    """
    with get_client(sync_client=True) as client:
        for deployment in deployments:
            _keep_pauses_of(deployment, client)


def _keep_pauses_of(deployment: "RunnerDeployment", client: "SyncPrefectClient") -> None:
    try:
        found = client.read_deployment_by_name(deployment.full_name)
    except ObjectNotFound:
        return  # it is new: it runs
    deployment.paused = found.paused
    active = {schedule.slug: schedule.active for schedule in found.schedules}
    for schedule in deployment.schedules or []:
        schedule.active = active.get(schedule.slug, True)
