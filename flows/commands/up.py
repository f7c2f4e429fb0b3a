"""`newslake up`: a Prefect server with its UI and all deployments, in one command and on this machine only."""

from typing import Annotated

import typer

from flows.commands.console import ExitCode, LakeOption, stderr

DEFAULT_PORT = 4200  # Prefect's own, which its documentation and its users know


def up(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the server and its UI, on 127.0.0.1.")
    ] = DEFAULT_PORT,
    lake: LakeOption = None,
) -> int:
    """Start the Prefect server and serve all flows, with schedules. Stops on Ctrl-C.

    [bold]Examples[/bold]

    newslake up

    newslake up --port 4300 --lake s3://news/lake
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from flows.server.serve import serve_all

    settings = load_run_settings(lake)
    open_checked_store(settings)
    serve_all(port=port, settings=settings, say=stderr().print)
    return ExitCode.DONE
