"""Prefect's runner, ended in order by SIGTERM as by Ctrl-C."""

import asyncio
import signal
from collections.abc import Iterable
from typing import Any

from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from typing_extensions import override

from flows.server.pauses import keep_pauses

# Each run already uses all workers, but waits for its site most of the time. Two backfills and a maintain must not keep
# the scheduled runs waiting; a run takes some 250 MB.
CONCURRENT_RUNS = 4


class DeploymentRunner(Runner):
    """A runner that SIGTERM ends like Ctrl-C: Prefect's own handler forgets to await its clean-up."""

    @override
    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """Have asyncio cancel the main task, so that everything is closed."""
        signal.raise_signal(signal.SIGINT)


def serve_until_interrupted(served: Iterable[RunnerDeployment]) -> None:
    """Register deployments and start their runs until SIGINT or SIGTERM.

    Raises:
        KeyboardInterrupt: asked to stop.
    """
    # A shell that starts us in the background has SIGINT ignored, which would make us deaf to both.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Schedules must go on after a restart, so they are not paused at shutdown, as Prefect would by default.
    runner = DeploymentRunner(pause_on_shutdown=False, limit=CONCURRENT_RUNS)
    deployments = list(served)
    keep_pauses(deployments)
    for deployment in deployments:
        runner.add_deployment(deployment)
    asyncio.run(runner.start())
