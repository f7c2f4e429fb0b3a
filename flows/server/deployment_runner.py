"""Prefect's runner, which SIGTERM ends as cleanly as Ctrl-C."""

import asyncio
import signal
from collections.abc import Iterable
from typing import Any

from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from typing_extensions import override

from flows.server.deployments import keep_pauses

# Each run uses all workers, but mostly waits for its site. Two backfills and a maintain must not hold up the scheduled
# runs; a run takes about 250 MB.
CONCURRENT_RUNS = 4


class DeploymentRunner(Runner):
    """A runner that SIGTERM ends like Ctrl-C: Prefect's own handler forgets to await its clean-up."""

    @override
    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """Let asyncio cancel the main task, which closes everything."""
        signal.raise_signal(signal.SIGINT)


def serve_until_interrupted(served: Iterable[RunnerDeployment]) -> None:
    """Register deployments and start their runs until SIGINT or SIGTERM raises KeyboardInterrupt."""
    # A shell ignores SIGINT for a command in the background, which would make us deaf to both.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Prefect pauses schedules at shutdown by default; ours must go on after a restart.
    runner = DeploymentRunner(pause_on_shutdown=False, limit=CONCURRENT_RUNS)
    deployments = list(served)
    keep_pauses(deployments)
    for deployment in deployments:
        runner.add_deployment(deployment)
    asyncio.run(runner.start())
