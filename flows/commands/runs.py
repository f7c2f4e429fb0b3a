"""`newslake ingest`, `newslake reparse`, and what the commands that fill the lake share."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.text import shown
from infra.base.choices import MAX_PROCESSES, Runner
from infra.base.days import parse_instant

if TYPE_CHECKING:
    from infra.work.ingest import Chunk
    from infra.work.reparse.reparse import ArchivedChunk
    from infra.work.run import Run, RunReport


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
    datetime | None,
    typer.Option(
        "--captured-at",
        metavar="TIME",
        parser=lambda text: parse_instant(text, "--captured-at"),
        help="When the pages were captured, ISO 8601. Default: from archive or file.",
    ),
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
_FirstCaptured = Annotated[date | None, options.day("--start", "First day of capture, UTC. Default: the earliest.")]
_CcNews = Annotated[
    bool,
    typer.Option(
        "--cc-news",
        help="Read Common Crawl's news crawl of the days from --start to --end, not files: pages of --source "
        "and --host, or all with --generic.",
    ),
]
_InPlace = Annotated[
    bool,
    typer.Option("--in-place", help="Leave records of gzip-packed WARCs in their files, and only note where they lie."),
]
_Processes = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=MAX_PROCESSES, help="How many processes parse. Default: one per processor."),
]
_Runner = Annotated[Runner, typer.Option(help="Whose processes parse: this machine's, or a Dask cluster's.")]
_Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="The cluster's scheduler (tcp://…). Default: a cluster on this machine."),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="List what would be read, with its bytes; read nothing.")]


def ingest(
    paths: _Paths = None,
    source: _SourceOfAll = None,
    captured_at: _CapturedAt = None,
    column: _Columns = None,
    host: _Hosts = None,
    start: _FirstCaptured = None,
    end: options.End = None,
    generic: options.Generic = False,
    cc_news: _CcNews = False,
    in_place: _InPlace = False,
    processes: _Processes = None,
    runner: _Runner = Runner.LOCAL,
    scheduler: _Scheduler = None,
    dry_run: _DryRun = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Archive, parse and land saved pages. Running it again changes nothing.

    The content of a file decides what it is, never its name. Files that are no pages are counted.

    [bold]Examples[/bold]

    newslake ingest pages/

    newslake ingest crawl.warc.gz --source tass --lake s3://news/lake

    newslake ingest dump.jsonl --column url=link --column html=page

    newslake ingest CC-NEWS-20240501.warc.gz --host apnews.com --host bbc.com

    newslake ingest --cc-news --start 2024-05-01 --end 2024-05-02 --source bbc
    """
    from flows.jobs.start import begin_run
    from infra.work.ingest import IngestRequest, ingest_chunk, plan_left
    from infra.work.ingest import ingest as ingest_all

    request = IngestRequest(
        paths=paths or (), source=source, captured_at=captured_at, columns=column or (), hosts=host or (),
        start=start, end=end, generic=generic, cc_news=cc_news, in_place=in_place,
    )  # fmt: skip
    with progress("looking for pages"):
        inputs, wanted, report = request.find()
    run = begin_run(lake, writes=not dry_run, generic=generic, processes=processes, runner=runner, scheduler=scheduler)
    chunks, before = plan_left(inputs, wanted, run)
    if dry_run:
        return _list_inputs(chunks, report + before, as_json)
    with progress("ingesting", sum(each.size for chunk in chunks for each in chunk.inputs)) as advance:
        report += before + ingest_all(
            chunks, inputs, wanted, run, lambda chunk: ingest_chunk(chunk, run, lambda each: advance(each.size))
        )
    return finish(report, run, as_json)


def _list_inputs(chunks: Sequence["Chunk"], report: "RunReport", as_json: bool) -> int:
    """Print what would be read, with its bytes: a line for each file, whose parts count together."""
    from flows.reports.text import table

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
    as_json: options.Json = False,
) -> int:
    """Parse archived pages again after a parser has improved. Fetches nothing; days are publication days.

    Use --diff first to see what would change.

    [bold]Examples[/bold]

    newslake reparse tass --diff

    newslake reparse tass --only-rejects
    """
    from flows.jobs.start import begin_run
    from flows.reports.diff_report import diff_tables
    from infra.lake.lake import Lake
    from infra.lake.staged_rows import land_staged
    from infra.work.reparse.reparse import Scope, rebuild, reparse_chunk, try_out

    scope = Scope(tuple(sources or ()), start, end, only_rejects, outdated)
    run = begin_run(lake, accept, writes=not diff)
    if not diff:
        land_staged(Lake(run.open_store()))  # else they would land after what is parsed now
    chunks = scope.plan(run.open_store())
    pages = sum(len(chunk.pointers) for chunk in chunks)
    if diff:
        with progress("comparing", pages) as advance:
            found = try_out(chunks, run, lambda chunk: advance(len(chunk.pointers)))
        if as_json:
            print_json({"lake": run.settings.lake, **found.as_json()})
        else:
            stdout().print(*diff_tables(found), sep="\n")
        return ExitCode.DONE
    if not chunks:
        named = ", ".join(scope.names or ["any source"])
        stderr().print(f"nothing is archived for {named}: nothing to do. `newslake ingest` fills the archive.")
    with progress("parsing", pages) as advance:

        def reparse_one(chunk: "ArchivedChunk", run: "Run") -> "RunReport":
            done = reparse_chunk(chunk, run)
            advance(len(chunk.pointers))
            return done

        report = rebuild(chunks, run, reparse_one)
    return finish(report, run, as_json)


def finish(report: "RunReport", run: "Run", as_json: bool) -> int:
    """Print the summary; exit code 3 if pages are lacking beyond the limit, or a day is suspect or unlisted."""
    from flows.reports.report import look_at, summary_rows
    from flows.reports.text import counts_table

    if as_json:
        print_json({"run_id": run.run_id, "lake": run.settings.lake, **report.as_json()})
    else:
        stdout().print(counts_table(summary_rows(report)))
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
