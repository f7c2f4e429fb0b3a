"""`newslake ingest`, and what the commands that fill the lake share."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout

if TYPE_CHECKING:
    from infra.work.run import Run
    from infra.work.run_report import RunReport


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help="Text and HTML files, WARC, WET, zip (.gz or not), folders, s3://…"),
    ],
    source: Annotated[
        str | None, typer.Option(callback=options.known, help="Source of all pages. Default: by address or content.")
    ] = None,
    captured_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When the pages were captured, ISO 8601. Default: from archive or file."),
    ] = None,
    manifest: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="JSON lines: file, url, captured_at, source. Default: the folder's own."),
    ] = None,
    lake: options.Lake = None,
    prefect: options.InPrefect = False,
    as_json: options.Json = False,
) -> int:
    """Archive, parse and land saved pages. Running it again changes nothing.

    [bold]Examples[/bold]

    newslake ingest pages/

    newslake ingest crawl.warc.gz --source tass --lake s3://news/lake
    """
    from flows.jobs.start import begin_run
    from infra.base.days import parse_instant
    from infra.intake.captures import find_inputs
    from infra.work.ingest import ingest_chunk, plan
    from infra.work.run_report import RunReport

    instant = parse_instant(captured_at, "--captured-at") if captured_at else None
    inputs = find_inputs(paths, manifest=manifest, source=source, captured_at=instant)
    run = begin_run(lake)
    if under_prefect(prefect):
        from flows.jobs.ingest import ingest as flow

        return finish(flow(paths, source or "", captured_at or "", manifest or "", run.settings.lake), run, as_json)
    with progress("ingesting", sum(each.size for each in inputs)) as advance:
        reports = [ingest_chunk(chunk, run, lambda each: advance(each.size)) for chunk in plan(inputs)]
    return finish(sum(reports, RunReport()), run, as_json)


def under_prefect(asked: bool) -> bool:
    """Whether to run as a flow: on request, or if a server is configured. Says so if not."""
    if asked or os.environ.get("PREFECT_API_URL"):
        from flows.server.serve import keep_silent

        keep_silent()
        return True
    stderr().print("[dim]in this process, without Prefect (--prefect runs it as a flow)[/dim]")
    return False


def finish(report: "RunReport", run: "Run", as_json: bool) -> int:
    """Print the summary; exit code 3 if pages are lacking beyond the limit, or a day is suspect or unlisted."""
    from flows.reports.account_text import pending_lines, unreached_lines
    from flows.reports.report import summary_table

    if as_json:
        print_json({"run_id": run.run_id, "lake": run.settings.lake, **report.as_json()})
    else:
        stdout().print(summary_table(report))
    console = stderr()
    for alarm in report.alarms:
        console.print(Text(f"look at this: {alarm}", "yellow"))
    if report.suspect_findings:
        for finding in report.suspect_findings:
            console.print(Text(f"suspect: {finding.source} {finding.date}: {finding.detail}", "yellow"))
        console.print("What was read has landed; [yellow]`newslake status` says what to do.[/yellow]")
    if report.withheld:
        console.print(
            f"[yellow]{report.withheld.total()} rows stay as they were: the reparse would have removed or worsened "
            "them.[/yellow] To change them all the same: --accept REASON."
        )
    limit = run.settings.quarantine_limit
    if report.lost_share > limit:
        kept = " All are kept: see `newslake rejects`." if report.rejected else ""
        console.print(
            f"[yellow]{report.lost_share:.0%} of the pages gave no article, over the limit of {limit:.0%} "
            f"(NEWSLAKE_QUARANTINE_LIMIT).[/yellow]{kept}"
        )
    for line in (*pending_lines(report), *unreached_lines(report)):
        console.print(Text(line, "yellow"), soft_wrap=True)
    return ExitCode.OVER_QUARANTINE_LIMIT if report.is_lacking(limit) else ExitCode.DONE


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar if stderr is a terminal: call it with work done, or with a new `total` or `description`."""
    console = stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(description, total=total)
        yield lambda amount=0, **changes: bar.update(task, advance=amount, **changes)
