"""`newslake maintain`: what an outage left behind is repaired, and what is beyond repair named."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout
from flows.commands.runs import PrefectOption, finish, show_rows, under_prefect

if TYPE_CHECKING:
    from infra.upkeep.repair import Repairs


def maintain(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE…", help="Names of sources. None: all sources.")
    ] = None,
    max_active: Annotated[int, typer.Option(metavar="N", help="Sources worked on at a time, 1 to 16.")] = 2,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be repaired and what left; send no request.")
    ] = False,
    lake: LakeOption = None,
    prefect: PrefectOption = False,
    as_json: JsonOption = False,
) -> int:
    """Write anew what an older newslake wrote; repair days before today that are missing or half done.

    Days are those of sources that have been asked before, as far back as a source still lists them, 31 days at most.
    Nothing missing: nothing done, no request sent.

    [bold]Examples[/bold]

    newslake maintain --dry-run

    newslake maintain tass theissue
    """
    from flows.commands.backfill import work_here
    from flows.jobs.start import begin_run
    from infra.base.known_sources import require_source
    from infra.upkeep.repair import plan_repairs
    from infra.upkeep.upgrade import upgrade
    from infra.work.run_report import RunReport

    for name in sources or ():
        require_source(name)
    run = begin_run(lake)
    if not dry_run and under_prefect(prefect):
        from flows.jobs.maintain import maintain as flow

        return finish(flow(sources or [], max_active=max_active, lake=run.settings.lake), run, as_json)
    store = run.open_store()
    repairs = plan_repairs(store, today=datetime.now(UTC).date(), names=sources or ())
    if dry_run:
        return _show(repairs, as_json)
    stderr().print(f"[dim]{repairs.summary()}[/dim]")
    upgrade(store, repairs.old)
    report = work_here(repairs.batches, run, max_active, "repairing")
    return finish(report + RunReport(alarms=repairs.alarms), run, as_json)


def _show(repairs: "Repairs", as_json: bool) -> int:
    from flows.reports.report import repair_rows

    if as_json:
        print_json(repairs.as_json())
        return ExitCode.DONE
    show_rows(repair_rows(repairs))
    stdout().print(repairs.summary())
    return ExitCode.DONE
