"""`newslake demo`: the main job on sample pages, from an empty folder to a query, in one command."""

import os
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from flows.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout

if TYPE_CHECKING:
    from infra.run_report import RunReport

SAMPLES = "samples"  # folder beside this file: pages written for newslake, in the layouts of three sources
QUERY = "SELECT source, date, title, word_count FROM articles ORDER BY date, source, title LIMIT 8"


def demo(lake: LakeOption = None, as_json: JsonOption = False) -> int:
    """Ingest sample pages through the real flow, then show the lake. Needs no server and no network.

    [bold]Example[/bold]

    newslake demo
    """
    from flows.start import load_run_settings, open_checked_store

    settings = load_run_settings(lake)
    open_checked_store(settings)
    with as_file(files("flows") / SAMPLES) as folder:
        report = _run_flow(str(folder), settings.lake)
    if as_json:
        print_json({"lake": settings.lake, **report.as_json()})
    else:
        _show(report, settings.lake)
    return ExitCode.DONE


def _run_flow(folder: str, lake: str) -> "RunReport":
    """The flow `ingest`, on the configured Prefect server or on a temporary one that leaves no trace."""
    console = stderr()
    where = os.environ.get("PREFECT_API_URL")
    with console.status("") as status:
        status.update("loading Prefect …")
        if not where:
            from flows.serve import isolated
            from infra.site_lock import state_folder

            home = state_folder() / "demo"
            home.mkdir(parents=True, exist_ok=True)
            # The log of a temporary server is of no use to a newcomer; what goes wrong is raised all the same.
            os.environ |= isolated(home) | {"PREFECT_LOGGING_LEVEL": "CRITICAL"}
        from flows.ingest import ingest

        server = f"on {where}" if where else "on a temporary Prefect server (up to 15 seconds to start)"
        status.update(f"running the flow [bold]ingest[/bold] {server} …")
        return ingest([folder], lake=lake)


def _show(report: "RunReport", lake: str) -> None:
    from flows.grid import calendar
    from flows.report import query_table, summary_table
    from infra.catalog import Catalog
    from infra.object_store import open_store
    from infra.query import run_query

    console = stdout()
    store = open_store(lake)
    console.rule("[bold]What the flow did", align="left")
    console.print(summary_table(report))
    console.rule("[bold]newslake status[/bold]: articles by source and day", align="left")
    for line in calendar(Catalog(store).grid()):
        console.print(line)
    console.rule(f'[bold]newslake query[/bold] "{QUERY}"', align="left")
    console.print(query_table(run_query(store, QUERY)))
    console.rule("[bold]Where it is", align="left")
    for what, place in (("Parquet, for any reader", "articles/"), ("raw pages, byte for byte", "raw/")):
        console.print(f"{what:<25} {store.uri}/{place}", soft_wrap=True)
    console.rule("[bold]What to type next", align="left")
    console.print("newslake ingest PATH…    your own pages: files, folders, WARC, zip, s3://")
    console.print("newslake up              the same flows with schedules and a UI")
    console.print("newslake --help          everything else")
