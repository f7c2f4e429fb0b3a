"""`newslake reparse`: history again after a parser has improved, with a look at what would change."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout
from flows.commands.runs import PrefectOption, finish, progress, rebuild_here, under_prefect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.work.reparse.comparison import Comparison
    from infra.work.reparse.plan import ArchivedChunk, Scope
    from infra.work.run import Run

OnlyRejectsOption = Annotated[
    bool, typer.Option("--only-rejects", help="Only pages whose rejection is open. See `newslake rejects`.")
]
AcceptOption = Annotated[
    str,
    typer.Option(metavar="REASON", help="Remove and worsen rows, too, that the quality gate would keep, and say why."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not show what would change first, and do not ask.")]


def reparse(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE…", help="Names of sources. None: all sources.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="SOURCE", help="The same as SOURCE; as often as needed.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First publication day, UTC. Default: from the beginning.")
    ] = None,
    end: Annotated[
        str | None, typer.Option(metavar="DATE", help="First publication day left out, UTC. Default: to the end.")
    ] = None,
    outdated: Annotated[bool, typer.Option("--outdated", help="Only rows that an older parser version made.")] = False,
    only_rejects: OnlyRejectsOption = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change; land nothing.")] = False,
    yes: YesOption = False,
    accept: AcceptOption = "",
    lake: LakeOption = None,
    prefect: PrefectOption = False,
    as_json: JsonOption = False,
) -> int:
    """Parse again what is archived, after a parser improved. Fetches nothing.

    On a terminal it first shows what would change, and asks.

    [bold]Examples[/bold]

    newslake reparse tass --diff

    newslake reparse --outdated --yes

    newslake reparse tass --only-rejects
    """
    from flows.jobs.start import begin_run
    from infra.base.days import parse_day
    from infra.work.reparse.plan import Scope

    first = parse_day(start, "--start") if start else None
    last = parse_day(end, "--end") if end else None
    scope = Scope((*(sources or ()), *(source or ())), first, last, only_rejects, outdated)
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
            return rebuild_here(chunks, run, as_json, ", ".join(scope.names or ["any source"]))
    from flows.jobs.reparse import reparse as flow

    report = flow(list(scope.names), first, last, only_rejects, outdated, accept=accept, lake=run.settings.lake)
    return finish(report, run, as_json)


def _show_diff(scope: "Scope", lake: str | None, as_json: bool) -> int:
    from flows.jobs.start import load_run_settings, new_run_id
    from flows.reports.diff_report import diff_tables
    from infra.work.run import Run

    run = Run(load_run_settings(lake), new_run_id())  # a lake that is only read is not tried out by writing to it
    found = _compared(scope.plan(run.open_store()), run)
    if as_json:
        print_json({"lake": run.settings.lake, **found.as_json()})
    else:
        for table in diff_tables(found):
            stdout().print(table)
    return ExitCode.DONE


def _confirmed(chunks: "Sequence[ArchivedChunk]", run: "Run") -> bool:
    """Show what would change, and ask; without a question where nothing would."""
    from flows.reports.diff_report import diff_tables

    found = _compared(chunks, run)
    for table in diff_tables(found):
        stdout().print(table)
    if found.is_empty:
        return False
    if typer.confirm("Land this?", err=True):
        return True
    stderr().print("nothing was changed")
    return False


def _compared(chunks: "Sequence[ArchivedChunk]", run: "Run") -> "Comparison":
    from infra.work.reparse.reparse import try_out

    with progress("comparing", sum(len(chunk.pointers) for chunk in chunks)) as advance:
        return try_out(chunks, run, lambda chunk: advance(len(chunk.pointers)))
