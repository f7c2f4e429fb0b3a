"""`newslake deploy`: register all flows on a Prefect server, for its workers to run."""

import os
from typing import Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, print_json, stdout

DEFAULT_POOL = "newslake"


def deploy(
    pool: Annotated[
        str, typer.Option(metavar="NAME", help="Process work pool that the workers serve; made if there is none.")
    ] = DEFAULT_POOL,
    as_json: JsonOption = False,
) -> int:
    """Register all flows with their schedules on the server of PREFECT_API_URL. Do it again after each upgrade.

    Workers run them: `prefect worker start --pool newslake --type process`, on as many machines as you like.

    [bold]Example[/bold]

    PREFECT_API_URL=http://127.0.0.1:4200/api newslake deploy
    """
    from flows.server.serve import SILENT

    for name, setting in SILENT.items():  # before Prefect is imported, which reads them
        os.environ.setdefault(name, setting)
    from flows.server.deploy import deploy as register

    names = register(pool)
    if as_json:
        print_json({"work_pool": pool, "deployments": names})
        return ExitCode.DONE
    out = stdout()
    out.print(f"deployed to the work pool [bold]{pool}[/bold]: {', '.join(names)}")
    out.print(f"[dim]Serve it, here or on another machine: prefect worker start --pool {pool} --type process[/dim]")
    return ExitCode.DONE
