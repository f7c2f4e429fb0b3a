"""`newslake ingest`, `newslake reparse`, and what the commands that fill the lake share."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.record_text import shown

if TYPE_CHECKING:
    from infra.work.ingest import Chunk
    from infra.work.reparse.plan import ArchivedChunk, Scope
    from infra.work.run import Run
    from infra.work.run_report import RunReport


_Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH…",
        help="Pages (HTML, text, MHTML), tables of pages (JSON lines, CSV, Parquet), WARC, WACZ, zip, tar; packed "
        "or not; folders, s3://…",
    ),
]
_SourceOfAll = Annotated[
    str | None, typer.Option(callback=options.known, help="Source of all pages. Default: by address or content.")
]
_CapturedAt = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="When the pages were captured, ISO 8601. Default: from archive or file."),
]
_Manifest = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="JSON lines: file, url, captured_at, source. Default: the folder's own."),
]
_Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE=NAME",
        help="What a column of a table is called: html=page, url=link, captured_at=seen, status=code; repeatable. "
        "Default: the usual names.",
    ),
]
_Hosts = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST", help="Only pages of this host and those below it; repeatable. Others are counted."),
]
_FirstCaptured = Annotated[
    date | None,
    typer.Option(
        metavar="DATE", parser=options.day("--start"), help="First day of capture, UTC. Default: the earliest."
    ),
]
_CcNews = Annotated[
    bool,
    typer.Option(
        "--cc-news",
        help="Read Common Crawl's news crawl of the days from --start to --end, not files: pages of --source "
        "and --host, or all with --generic.",
    ),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="List what would be read, with its bytes; read nothing.")]


def ingest(
    paths: _Paths = None,
    source: _SourceOfAll = None,
    captured_at: _CapturedAt = None,
    manifest: _Manifest = None,
    column: _Columns = None,
    host: _Hosts = None,
    start: _FirstCaptured = None,
    end: options.End = None,
    generic: options.Generic = False,
    cc_news: _CcNews = False,
    dry_run: _DryRun = False,
    lake: options.Lake = None,
    prefect: options.InPrefect = False,
    as_json: options.Json = False,
) -> int:
    """Archive, parse and land saved pages. Running it again changes nothing.

    What a file is, its content says, whatever its name. What is no page is counted.

    [bold]Examples[/bold]

    newslake ingest pages/

    newslake ingest crawl.warc.gz --source tass --lake s3://news/lake

    newslake ingest dump.jsonl --column url=link --column html=page

    newslake ingest CC-NEWS-20240501.warc.gz --host apnews.com --host bbc.com

    newslake ingest --cc-news --start 2024-05-01 --end 2024-05-02 --source bbc
    """
    from flows.jobs.start import begin_run, load_run_settings, new_run_id
    from infra.base.days import parse_instant
    from infra.intake.captures import find_inputs
    from infra.work.cc_news import plan_cc_news, refuse_other_inputs, wanted_of_cc_news
    from infra.work.ingest import ingest_chunk, plan
    from infra.work.pages import Wanted
    from infra.work.run import Run
    from infra.work.run_report import RunReport

    hosts = tuple(host or ())
    if cc_news:
        refuse_other_inputs(PATH=paths, manifest=manifest, captured_at=captured_at, column=column)
        wanted, inputs = wanted_of_cc_news(source, hosts, start, end, generic=generic), []
    else:
        wanted = Wanted(hosts, start, end)
        instant = parse_instant(captured_at, "--captured-at") if captured_at else None
        inputs = find_inputs(paths or (), manifest=manifest, source=source, captured_at=instant, columns=column or ())
    if dry_run:
        run = Run(load_run_settings(lake, generic=generic), new_run_id())  # of a lake that is not written to
    else:
        run = begin_run(lake, generic=generic)
        if under_prefect(prefect):
            from flows.jobs.ingest import ingest as flow

            told = (paths or [], source or "", captured_at or "", manifest or "", run.settings.lake)
            report = flow(*told, run.settings.generic, column or [], list(hosts), start, end, cc_news=cc_news)
            return finish(report, run, as_json)
    chunks, report = plan_cc_news(wanted, run) if cc_news else (plan(inputs), RunReport())
    if dry_run:
        return _list_inputs(chunks, report, as_json)
    with progress("ingesting", sum(each.size for chunk in chunks for each in chunk.inputs)) as advance:
        reports = [ingest_chunk(chunk, run, lambda each: advance(each.size), wanted) for chunk in chunks]
    return finish(sum(reports, report), run, as_json)


def _list_inputs(chunks: Sequence["Chunk"], report: "RunReport", as_json: bool) -> int:
    """Print what would be read, with its bytes: a line for each file, whose parts count together."""
    from flows.reports.tables import table

    found: Counter[str] = Counter()
    for each in (one for chunk in chunks for one in chunk.inputs):
        found[each.location] += each.size
    if as_json:
        inputs = [{"location": location, "bytes": size} for location, size in found.items()]
        print_json({"inputs": inputs, "bytes": found.total(), "skipped": report.skipped, "alarms": report.alarms})
        return ExitCode.DONE
    shown = table("input", "bytes", numbers=["bytes"])
    for location, size in [*found.items(), (f"{len(found)} in all", found.total())]:
        shown.add_row(location, f"{size:,}")
    stdout().print(shown)
    for line in (*report.alarms, *(f"{count} × {kind}" for kind, count in report.skipped.items())):
        stderr().print(Text(line, "yellow"))
    return ExitCode.DONE


def reparse(
    sources: options.Sources = None,
    start: options.Start = None,
    end: options.End = None,
    outdated: Annotated[bool, typer.Option("--outdated", help="Only rows that an older parser version made.")] = False,
    only_rejects: Annotated[
        bool, typer.Option("--only-rejects", help="Only pages whose rejection is still open. See `newslake rejects`.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change; land nothing.")] = False,
    accept: Annotated[
        str,
        typer.Option(
            metavar="REASON", help="Also remove or worsen rows that the quality gate would keep, and say why."
        ),
    ] = "",
    lake: options.Lake = None,
    prefect: options.InPrefect = False,
    as_json: options.Json = False,
) -> int:
    """Parse archived pages again after a parser has improved. Fetches nothing; days are publication days.

    --diff shows first what would change.

    [bold]Examples[/bold]

    newslake reparse tass --diff

    newslake reparse tass --only-rejects
    """
    from flows.jobs.start import begin_run
    from infra.work.reparse.plan import Scope

    scope = Scope(tuple(sources or ()), start, end, only_rejects, outdated)
    if diff:
        return _show_diff(scope, lake, as_json)
    run = begin_run(lake, accept)
    if under_prefect(prefect):
        from flows.jobs.reparse import reparse as flow

        report = flow(list(scope.names), start, end, only_rejects, outdated, accept=accept, lake=run.settings.lake)
        return finish(report, run, as_json)
    return _reparse_here(scope, run, as_json)


def _show_diff(scope: "Scope", lake: str | None, as_json: bool) -> int:
    from flows.jobs.start import load_run_settings, new_run_id
    from flows.reports.diff_report import diff_tables
    from infra.work.reparse.reparse import try_out
    from infra.work.run import Run

    run = Run(load_run_settings(lake), new_run_id())  # a lake that is only read is not tried out by writing to it
    chunks = scope.plan(run.open_store())
    with progress("comparing", sum(len(chunk.pointers) for chunk in chunks)) as advance:
        found = try_out(chunks, run, lambda chunk: advance(len(chunk.pointers)))
    if as_json:
        print_json({"lake": run.settings.lake, **found.as_json()})
    else:
        stdout().print(*diff_tables(found), sep="\n")
    return ExitCode.DONE


def _reparse_here(scope: "Scope", run: "Run", as_json: bool) -> int:
    from infra.work.reparse.reparse import rebuild, reparse_chunk

    chunks = scope.plan(run.open_store())
    if not chunks:
        names = ", ".join(scope.names or ["any source"])
        stderr().print(f"nothing is archived for {names}: nothing to do. `newslake ingest` fills the archive.")
    with progress("parsing", sum(len(chunk.pointers) for chunk in chunks)) as advance:

        def reparse_one(chunk: "ArchivedChunk", run: "Run") -> "RunReport":
            done = reparse_chunk(chunk, run)
            advance(len(chunk.pointers))
            return done

        report = rebuild(chunks, run, reparse_one)
    return finish(report, run, as_json)


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
    from flows.reports.account_text import look_at
    from flows.reports.report import summary_table

    if as_json:
        print_json({"run_id": run.run_id, "lake": run.settings.lake, **report.as_json()})
    else:
        stdout().print(summary_table(report))
    limit = run.settings.quarantine_limit
    for line in look_at(report, limit):
        stderr().print(Text(shown(line), "yellow"), soft_wrap=True)
    return ExitCode.OVER_QUARANTINE_LIMIT if report.is_lacking(limit) else ExitCode.DONE


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar if stderr is a terminal: call it with work done, or with a new `total` or `description`."""
    from rich.progress import Progress

    console = stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(description, total=total)
        yield lambda amount=0, **changes: bar.update(task, advance=amount, **changes)
