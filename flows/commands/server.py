"""`newslake up`, `newslake deploy`: the same flows with schedules and a UI, on this machine or on many."""

from typing import Annotated

import typer

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout

DEFAULT_PORT = 4200  # Prefect's own, which its documentation and its users know
DEFAULT_POOL = "newslake"


def up(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the server and its UI, on 127.0.0.1.")
    ] = DEFAULT_PORT,
    lake: options.Lake = None,
) -> int:
    """Start a Prefect server and serve all flows with their schedules, on this machine. Stop it with Ctrl-C.

    [bold]Example[/bold]

    newslake up --port 4300 --lake s3://news/lake
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from flows.server.serve import serve_all

    settings = load_run_settings(lake)
    open_checked_store(settings)
    serve_all(port=port, settings=settings, say=stderr().print)
    return ExitCode.DONE


def deploy(
    pool: Annotated[
        str, typer.Option(metavar="NAME", help="Process work pool of the workers; created if it does not exist.")
    ] = DEFAULT_POOL,
    as_json: options.Json = False,
) -> int:
    """Register all flows with their schedules on the server of PREFECT_API_URL. Repeat it after each upgrade.

    Workers run them: `prefect worker start --pool newslake --type process`, on any number of machines.

    [bold]Example[/bold]

    PREFECT_API_URL=http://127.0.0.1:4200/api newslake deploy
    """
    from flows.server.serve import keep_silent

    keep_silent()  # before Prefect is imported
    from flows.server.deploy import deploy as register

    names = register(pool)
    if as_json:
        print_json({"work_pool": pool, "deployments": names})
        return ExitCode.DONE
    out = stdout()
    out.print(f"deployed to the work pool [bold]{pool}[/bold]: {', '.join(names)}")
    out.print(f"[dim]To run them, here or elsewhere: prefect worker start --pool {pool} --type process[/dim]")
    return ExitCode.DONE
