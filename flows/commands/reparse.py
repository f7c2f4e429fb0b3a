"""`newslake reparse`: history again after a parser has improved, with a look at what would change."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.commands.runs import finish, progress, under_prefect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.work.reparse.comparison import Comparison
    from infra.work.reparse.plan import ArchivedChunk, Scope
    from infra.work.run import Run
    from infra.work.run_report import RunReport


def reparse(
    sources: options.Sources = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="SOURCE", callback=options.known, help="Same as SOURCE; repeatable.")
    ] = None,
    start: options.Start = None,
    end: options.End = None,
    outdated: Annotated[bool, typer.Option("--outdated", help="Only rows that an older parser version made.")] = False,
    only_rejects: Annotated[
        bool, typer.Option("--only-rejects", help="Only pages whose rejection is still open. See `newslake rejects`.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change; land nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the preview and the question.")] = False,
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

    On a terminal, it first shows what would change and asks.

    [bold]Examples[/bold]

    newslake reparse tass --diff

    newslake reparse --outdated --yes

    newslake reparse tass --only-rejects
    """
    from flows.jobs.start import begin_run
    from infra.work.reparse.plan import Scope

    scope = Scope((*(sources or ()), *(source or ())), start, end, only_rejects, outdated)
    if diff:
        return _show_diff(scope, lake, as_json)
    run = begin_run(lake, accept)
    in_flow = under_prefect(prefect)
    asking = not yes and not as_json and sys.stdin.isatty()
    if asking or not in_flow:
        chunks = scope.plan(run.open_store())
        if chunks and asking and not _confirmed(chunks, run):
            return ExitCode.DONE
        if not in_flow:
            if not chunks:
                names = ", ".join(scope.names or ["any source"])
                stderr().print(f"nothing is archived for {names}: nothing to do. `newslake ingest` fills the archive.")
            return _reparse_here(chunks, run, as_json)
    from flows.jobs.reparse import reparse as flow

    report = flow(list(scope.names), start, end, only_rejects, outdated, accept=accept, lake=run.settings.lake)
    return finish(report, run, as_json)


def _show_diff(scope: "Scope", lake: str | None, as_json: bool) -> int:
    from flows.jobs.start import load_run_settings, new_run_id
    from infra.work.run import Run

    run = Run(load_run_settings(lake), new_run_id())  # a lake that is only read is not tried out by writing to it
    found = _compared(scope.plan(run.open_store()), run, shown=not as_json)
    if as_json:
        print_json({"lake": run.settings.lake, **found.as_json()})
    return ExitCode.DONE


def _confirmed(chunks: "Sequence[ArchivedChunk]", run: "Run") -> bool:
    """Show what would change, and ask; without a question where nothing would."""
    if _compared(chunks, run, shown=True).is_empty:
        return False
    if typer.confirm("Land this?", err=True):
        return True
    stderr().print("nothing was changed")
    return False


def _compared(chunks: "Sequence[ArchivedChunk]", run: "Run", *, shown: bool) -> "Comparison":
    from flows.reports.diff_report import diff_tables
    from infra.work.reparse.reparse import try_out

    with progress("comparing", sum(len(chunk.pointers) for chunk in chunks)) as advance:
        found = try_out(chunks, run, lambda chunk: advance(len(chunk.pointers)))
    for table in diff_tables(found) if shown else ():
        stdout().print(table)
    return found


def _reparse_here(chunks: "Sequence[ArchivedChunk]", run: "Run", as_json: bool) -> int:
    from infra.work.reparse.reparse import rebuild, reparse_chunk

    with progress("parsing", sum(len(chunk.pointers) for chunk in chunks)) as advance:

        def reparse(chunk: "ArchivedChunk", run: "Run", so_far: "RunReport") -> "RunReport":
            done = reparse_chunk(chunk, run, so_far)
            advance(len(chunk.pointers))
            return done

        report = rebuild(chunks, run, reparse)
    return finish(report, run, as_json)
