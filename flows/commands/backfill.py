"""`newslake backfill`, `newslake maintain`: complete a range of days, or the gaps of the last days."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.commands.remote import run_remotely
from flows.commands.runs import finish, progress
from infra.base.choices import Only, Reprocess
from infra.base.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.work.backfill.plan import Batch
    from infra.work.live.plan import LivePlan
    from infra.work.run import Run, RunReport

StartOption = Annotated[date, options.day("--start", "First publication day, UTC, YYYY-MM-DD.")]
EndOption = Annotated[date, options.day("--end", "The day after the last, UTC.")]
ReprocessOption = Annotated[
    Reprocess,
    typer.Option(
        help="Which days. missing: no run has completed them; outdated: some rows come from an older parser; "
        "failed: partial, suspect, with open rejections, or missing; all: every day."
    ),
]
SHOWN_DAYS = 60  # lines of a dry run that fit a screen or two; --json has all


def backfill(
    start: StartOption,
    end: EndOption,
    sources: options.Sources = None,
    reprocess: ReprocessOption = Reprocess.MISSING,
    only: options.OnlyArchive = None,
    max_active: options.MaxActive = 2,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print each day's state, the planned action and roughly how many requests."),
    ] = False,
    lake: options.Lake = None,
    remote: options.Remote = False,
    as_json: options.Json = False,
) -> int:
    """Complete a range of publication days, from the archive first, then from the sources. --end is not included.

    Interrupt it at any time: finished work is kept, and the same command continues where it stopped.

    [bold]Examples[/bold]

    newslake backfill globalresearch --start 2026-11-01 --end 2026-11-08 --dry-run

    newslake backfill --start 2017-05-01 --end 2017-06-01 --reprocess outdated --only archive

    newslake backfill tass --start 2026-11-20 --end 2026-11-22 --remote
    """
    from flows.jobs.start import begin_run
    from flows.reports.plan import plan_rows, plan_summary
    from infra.base.days import Days, require_begun
    from infra.work.backfill.plan import BackfillRequest, batches_of, plan_backfill, totals, unreached

    now, days = datetime.now(UTC), Days(start, end)
    require_begun(days, now)
    request = BackfillRequest(
        days=days, names=tuple(sources or ()), reprocess=reprocess, only_archive=only is Only.ARCHIVE
    )
    if remote:
        if not (request.names or dry_run):
            raise UsageError("no source is named", "Name those that the workers are to complete, or add --dry-run.")
        which = {"start": f"{start}", "end": f"{end}", "sources": list(request.names), "reprocess": reprocess.value}
        how = {"only_archive": request.only_archive, "max_active": max_active, "dry_run": dry_run, "lake": lake}
        return run_remotely("backfill", {**which, **how}, as_json=as_json)
    run = begin_run(lake)
    planned = plan_backfill(run.open_store(), request, now=now)
    if not dry_run:
        stderr().print(plan_summary(planned), style="dim")
        report = _work_here(batches_of(planned, request), run, max_active, "backfill")
        return finish(report + unreached(run.open_store(), planned, request), run, as_json)
    listed = [each.as_json() for each in planned]
    document = {"start": start, "end": end, "totals": dict(totals(planned)), "days": listed}
    return _show(document if as_json else None, plan_rows(planned), plan_summary(planned))


def maintain(
    sources: options.Sources = None,
    max_active: options.MaxActive = 2,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be repaired and what left; send no request.")
    ] = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Repair missing and partial days before today, of sources that have run before.

    Goes back as far as a source still lists its articles, 31 days at most, and asks again for pending pages that are
    due. Partitions that an older newslake wrote are written anew. If nothing is missing, it sends no request.

    [bold]Examples[/bold]

    newslake maintain tass bbc
    """
    from flows.jobs.start import begin_run
    from flows.reports.plan import repair_rows
    from infra.upkeep.repair import plan_repairs, upgrade
    from infra.work.run import RunReport

    run = begin_run(lake)
    store = run.open_store()
    repairs = plan_repairs(store, now=datetime.now(UTC), names=sources or (), relist=not dry_run)
    if not dry_run:
        stderr().print(repairs.summary(), style="dim")
        upgrade(store, repairs.old)
        report = _work_here(repairs.batches, run, max_active, "repairing")
        return finish(report + RunReport(alarms=repairs.alarms), run, as_json)
    return _show(repairs.as_json() if as_json else None, repair_rows(repairs), repairs.summary())


def _work_here(batches: "Sequence[Batch]", run: "Run", max_active: int, what: str) -> "RunReport":
    """Work on batches in this process, without Prefect; `what` names the work on the progress bar."""
    from flows.reports.plan import BatchProgress
    from infra.work.backfill.plan import require_all_done, work_through
    from infra.work.live.run_days import require_askable, run_days

    require_askable(((each.source, each.days, each.policy) for each in batches), run.settings)

    def work(batch: "Batch") -> "RunReport":
        with BatchProgress(batch.described(), lambda share, said: advance(share, description=said)) as counting:

            def on_plan(plan: "LivePlan") -> None:
                counting.pages = len(plan.wanted)

            return run_days(batch.source, batch.days, batch.policy, run, on_plan=on_plan, on_page=counting.page)

    with progress(what, len(batches)) as advance:
        report, failed = work_through(batches, work, max_active=max_active)
    require_all_done(batches, failed)
    return report


def _show(document: dict[str, object] | None, rows: "Sequence[Mapping[str, object]]", summary: str) -> int:
    from flows.reports.text import table_of

    if document:
        print_json(document)
        return ExitCode.DONE
    stdout().print(table_of(rows[:SHOWN_DAYS]))
    if len(rows) > SHOWN_DAYS:
        stdout().print(f"… and {len(rows) - SHOWN_DAYS:,} more days (--json lists all)")
    stdout().print(summary)
    return ExitCode.DONE
