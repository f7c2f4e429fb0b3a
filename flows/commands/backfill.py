"""`newslake backfill`: a range of days made right, with the same words as the form in Prefect's UI."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout
from flows.commands.live import OnlyOption, PreferOption
from flows.commands.runs import PrefectOption, finish, progress, show_rows, under_prefect
from infra.base.choices import Direction, Only, Preference, Reprocess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.work.backfill.plan import BackfillRequest, Batch, PlannedDay
    from infra.work.run import Run
    from infra.work.run_report import RunReport

ReprocessOption = Annotated[
    Reprocess,
    typer.Option(
        help="Which days: those no run has looked at as a whole; with rows of an older parser; partial, suspect "
        "or with open rejections, and the missing ones; every day.",
    ),
]
OrderOption = Annotated[Direction, typer.Option(help="At which end to start.")]
SHOWN_DAYS = 60  # lines of a dry run that fit a screen or two; --json has all


def backfill(
    start: Annotated[str, typer.Option(metavar="DATE", help="First publication day, UTC, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option(metavar="DATE", help="First publication day left out, UTC, YYYY-MM-DD.")],
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE…", help="Names of sources. None: all sources.")
    ] = None,
    reprocess: ReprocessOption = Reprocess.MISSING,
    order: OrderOption = Direction.NEWEST,
    prefer: PreferOption = Preference.ARCHIVE,
    only: OnlyOption = None,
    max_active: Annotated[int, typer.Option(metavar="N", help="Sources worked on at a time, 1 to 16.")] = 2,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print each day, its state, what would be done, about how many requests.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why this is done; recorded with a Prefect run.")] = "",
    lake: LakeOption = None,
    prefect: PrefectOption = False,
    as_json: JsonOption = False,
) -> int:
    """Make a range of days right: from what is archived first, from the sources second. The end is left out.

    Interrupt it at any time: what is done is in the lake, and the same command goes on where it stopped.

    [bold]Examples[/bold]

    newslake backfill tass theissue --start 2026-11-01 --end 2026-11-08 --dry-run

    newslake backfill --start 2017-05-01 --end 2017-06-01 --reprocess outdated --only archive
    """
    from flows.jobs.start import begin_run
    from flows.reports.report import plan_summary
    from infra.base.days import Days, parse_day, require_begun
    from infra.work.backfill.plan import BackfillRequest, batches_of, plan_backfill

    days = Days(parse_day(start, "--start"), parse_day(end, "--end"))
    require_begun(days, datetime.now(UTC))
    request = BackfillRequest(
        days=days,
        names=tuple(sources or ()),
        reprocess=reprocess,
        direction=order,
        prefer=prefer,
        only_archive=only is Only.ARCHIVE,
    )
    run = begin_run(lake)
    if not dry_run and under_prefect(prefect):
        from flows.jobs.backfill import backfill as flow

        report = flow(
            request.days.start, request.days.end, list(request.names), reprocess=reprocess.value, order=order.value,
            prefer=prefer.value, only_archive=request.only_archive, max_active=max_active, reason=reason,
            lake=run.settings.lake,
        )  # fmt: skip
        return finish(report, run, as_json)
    planned = plan_backfill(run.open_store(), request, today=datetime.now(UTC).date())
    if dry_run:
        return _show(planned, request, as_json)
    stderr().print(f"[dim]{plan_summary(planned)}[/dim]")
    return finish(work_here(batches_of(planned, request), run, max_active, "backfill"), run, as_json)


def work_here(batches: "Sequence[Batch]", run: "Run", max_active: int, what: str) -> "RunReport":
    """Work on batches in this process, without Prefect; `what` names the work on the progress bar.

    Raises:
        NewslakeError: some could not be done; the others are.
    """
    from infra.work.backfill.window import require_all_done, work_through
    from infra.work.live.run_days import run_days

    def work(batch: "Batch") -> "RunReport":
        return run_days(batch.source, batch.days, batch.policy, run)

    with progress(what, len(batches)) as advance:
        report, failed = work_through(batches, work, max_active=max_active, on_done=lambda _: advance(1))
    require_all_done(batches, failed)
    return report


def _show(planned: "Sequence[PlannedDay]", request: "BackfillRequest", as_json: bool) -> int:
    from flows.reports.report import plan_rows, plan_summary
    from infra.work.backfill.plan import totals

    if as_json:
        print_json({
            "start": request.days.start, "end": request.days.end, "totals": dict(totals(planned)),
            "days": [each.as_json() for each in planned],
        })  # fmt: skip
        return ExitCode.DONE
    out, rows = stdout(), plan_rows(planned)
    show_rows(rows[:SHOWN_DAYS])
    if len(rows) > SHOWN_DAYS:
        out.print(f"… and {len(rows) - SHOWN_DAYS:,} more days (--json lists all)")
    out.print(plan_summary(planned))
    return ExitCode.DONE
